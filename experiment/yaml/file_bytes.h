#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace hypar {

/// What a file holds, or a pipe that somebody writes to: one without a writer is empty. Throws ConfigError, placed at
/// `label`, where it cannot be read or is larger than `most_mebibytes`.
std::string file_bytes(const std::filesystem::path& path, const std::string& label, std::size_t most_mebibytes);

}  // namespace hypar
