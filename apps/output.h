#pragma once

#include <filesystem>
#include <string>

namespace hypar {

/// Writes results to standard output; throws std::runtime_error if they do not all get there.
void print_result(const std::string& text);

/// Writes a file whole or not at all: under a temporary name beside it first. Throws std::runtime_error.
void write_file(const std::filesystem::path& path, const std::string& content);

/// A folder for results, made if it is not there. Throws ConfigError naming the option -o if it cannot be.
std::filesystem::path make_output_folder(const std::string& folder);

/// Throws ConfigError naming `option` unless `path` can be a file: its folder is there and it is no folder itself.
void check_output_file(const std::string& option, const std::filesystem::path& path);

}  // namespace hypar
