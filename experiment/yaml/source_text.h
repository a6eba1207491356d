#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"

namespace hypar {

/// What YAML is read from: a file, or the value of an option.
struct SourceText {
    std::shared_ptr<const std::string> label;  ///< as messages name it
    std::string text;
    bool is_file = true;  ///< only in a file has a place a line and a column
};

/// Reads a file. Throws ConfigError, placed at `label`, where it cannot be read or is larger than 4 MiB.
SourceText read_source(const std::filesystem::path& path, const std::string& label);

/// Throws ConfigError at the first byte that is no part of a text: not UTF-8, a control character, or a tab that
/// indents a line, which YAML forbids and its parser misreads.
void check_characters(const SourceText& source);

}  // namespace hypar
