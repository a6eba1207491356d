#include "apps/terminal/output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/terminal/terminal.h"
#include "base/error.h"

namespace hypar {
namespace {

bool write_all(std::FILE* file, const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

/// What a link points to, so that the link stays one when it is written; at most as many links as the system follows.
std::filesystem::path without_links(std::filesystem::path path) {
    constexpr int kMostLinks = 40;
    for (int links = 0; links < kMostLinks && std::filesystem::is_symlink(path); ++links) {
        path = path.parent_path() / std::filesystem::read_symlink(path);
    }
    return path;
}

std::string temporary_name(const std::filesystem::path& path, const std::string& process) {
    return path.string() + "." + process + ".tmp";
}

}  // namespace

std::string Renderings::of(const std::string& format) const {
    if (format == "json") return json;
    return format == "csv" ? csv : text(style_of(STDOUT_FILENO));
}

void print_result(const std::string& text) {
    if (!write_all(stdout, text)) {
        throw std::runtime_error(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
}

FileWriter::FileWriter(const std::filesystem::path& target)
    : path_(without_links(target)), temporary_(temporary_name(path_, std::to_string(::getpid()))) {
    // What is there by this name, a link perhaps that somebody else put there, is not written.
    ::unlink(temporary_.c_str());
    file_ = std::fopen(temporary_.c_str(), "wbx");
    if (file_ == nullptr) fail(errno);
}

FileWriter::~FileWriter() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
}

void FileWriter::fail(int error) const {
    throw std::runtime_error(fmt::format("cannot write {}: {}", path_.string(), std::strerror(error)));
}

void FileWriter::append(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(errno);
}

void FileWriter::commit() {
    if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail(errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail(errno);
    std::fclose(file_);
    file_ = nullptr;
}

void remove_leftovers(const std::filesystem::path& target) {
    for (const auto& entry : std::filesystem::directory_iterator(target.parent_path())) {
        const std::string process = entry.path().stem().extension().string();
        const bool is_number = process.size() > 1 && process.find_first_not_of("0123456789", 1) == std::string::npos;
        if (!is_number || entry.path() != temporary_name(target, process.substr(1))) continue;
        const auto id = static_cast<pid_t>(std::strtol(process.c_str() + 1, nullptr, 10));
        if (::kill(id, 0) != 0 && errno == ESRCH) std::filesystem::remove(entry.path());
    }
}

void write_file(const std::filesystem::path& target, const std::string& content) {
    FileWriter writer(target);
    writer.append(content);
    writer.commit();
}

void check_output_file(const std::string& option, const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    if (!std::filesystem::is_directory(folder, ignored)) {
        throw ConfigError("", fmt::format("there is no folder {}", folder.string()), option);
    }
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
        throw ConfigError("", fmt::format("{} is no regular file", path.string()), option);
    }
    if (::access(folder.c_str(), W_OK) != 0) {
        throw ConfigError("", fmt::format("cannot write into {}: {}", folder.string(), std::strerror(errno)), option);
    }
}

std::filesystem::path make_output_folder(const std::string& folder, const std::vector<std::string>& files,
                                         const std::string& name) {
    const std::string option = name + " " + folder;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (std::error_code ignored; !std::filesystem::is_directory(folder, ignored)) {
        throw ConfigError("", fmt::format("cannot make the folder: {}", error.message()), option);
    }
    for (const std::string& file : files) check_output_file(option, std::filesystem::path(folder) / file);
    return folder;
}

}  // namespace hypar
