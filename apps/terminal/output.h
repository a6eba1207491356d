#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "report/text_style.h"

namespace hypar {

/// One result in each of its forms.
struct Renderings {
    std::function<std::string(const TextStyle& style)> text;
    std::string json;
    std::string csv;
    std::vector<std::pair<std::string, std::string>> more = {};  ///< further files of a folder: name and content

    /// For standard output; `format` is text, json or csv.
    std::string of(const std::string& format) const;
};

/// Writes results to standard output; throws std::runtime_error if they do not all get there.
void print_result(const std::string& text);

/// Writes a file piece by piece, whole or not at all: under a temporary name beside it until it is committed. What
/// fails throws std::runtime_error.
class FileWriter {
public:
    explicit FileWriter(const std::filesystem::path& target);
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    void append(const std::string& text);
    void commit();

private:
    [[noreturn]] void fail(int error) const;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    std::FILE* file_ = nullptr;
};

/// Removes what processes that are gone left of `target` under temporary names.
void remove_leftovers(const std::filesystem::path& target);

/// Writes a file whole or not at all. Throws std::runtime_error.
void write_file(const std::filesystem::path& target, const std::string& content);

/// Throws ConfigError naming `option` unless `path` can be written: its folder is there and open for writing, and
/// what is there by its name is a regular file.
void check_output_file(const std::string& option, const std::filesystem::path& path);

/// A folder for results, made if it is not there. Throws ConfigError naming `option` if it cannot be, or if one of
/// the `files` to come cannot be written there.
std::filesystem::path make_output_folder(const std::string& folder, const std::vector<std::string>& files,
                                         const std::string& option = "-o");

}  // namespace hypar
