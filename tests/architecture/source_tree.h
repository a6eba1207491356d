#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hypar::tests {

struct Include {
    std::size_t line;
    std::string header;
    bool is_quoted;
};

/// What a file with this text includes.
std::vector<Include> includes_of(const std::string& text);

std::vector<std::string> lines_of(const std::string& text);

/// The text of every C++ file of the project and of every script of its pages, by its path from the root.
const std::map<std::filesystem::path, std::string>& source_tree();

bool is_cpp(const std::filesystem::path& path);

/// "tests" and "bench" are no part of the program.
bool is_of_program(const std::filesystem::path& path);

}  // namespace hypar::tests
