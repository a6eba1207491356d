#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sweep/point/point_result.h"

namespace hypar {

/// Results of points on their way from tasks to the sweep that waits for them: a file each in a folder that all see,
/// named by the point's identity. So it does not matter who writes one, how often, or for which submission.
class TaskResults {
public:
    explicit TaskResults(std::filesystem::path folder) : folder_(std::move(folder)) {}

    bool has(const std::string& identity) const;
    /// Whole or not at all. Throws RunError.
    void write(const std::string& identity, const PointResult& result) const;
    /// Nothing if it is not there or not whole.
    std::optional<PointResult> read(const std::string& identity) const;
    /// Makes a network file system look for what others have written: one that caches the folder finds it changed.
    void refresh() const;

private:
    std::filesystem::path folder_;
};

/// Writes a file under a temporary name, to the disk, then gives it its own. Throws RunError.
void write_whole(const std::filesystem::path& target, const std::string& content);

/// The content of a file; empty if there is none.
std::string read_whole(const std::filesystem::path& file);

}  // namespace hypar
