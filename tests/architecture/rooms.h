#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hypar::tests {

/// A folder with files of its own.
struct Room {
    std::string path;
    std::vector<std::string> arrows;  ///< what it may include: rooms of its own folder, and other folders as a whole
};

/// Whether `arrow`, one of those of `room`, leads to the room `target`.
bool means(const Room& room, const std::string& arrow, const std::string& target);

/// Every room. Arrows run one way: a room names only rooms above it.
const std::vector<Room>& rooms();

/// Whether `path` is `folder` or below it.
bool is_within(const std::string& path, const std::string& folder);

/// The room or, for a test or benchmark, the folder whose rules hold for the file at `path`: tests/sim/... and
/// bench/sim_noc.cpp count as sim. May be unknown.
std::string room_of(const std::filesystem::path& path);

/// Whether the file at `path` may include headers of `room`; a test or benchmark may what any room of its folder may.
bool may_include(const std::filesystem::path& path, const std::string& room);

}  // namespace hypar::tests
