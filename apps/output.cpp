#include "apps/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"

namespace hypar {
namespace {

bool write_all(std::FILE* file, const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

}  // namespace

void print_result(const std::string& text) {
    if (!write_all(stdout, text)) {
        throw std::runtime_error(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
}

void write_file(const std::filesystem::path& path, const std::string& content) {
    const std::filesystem::path temporary = path.string() + fmt::format(".{}.tmp", ::getpid());
    const auto fail = [&](int error) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw std::runtime_error(fmt::format("cannot write {}: {}", path.string(), std::strerror(error)));
    };
    std::FILE* file = std::fopen(temporary.c_str(), "wb");
    if (file == nullptr) fail(errno);
    const bool written = write_all(file, content) && ::fsync(::fileno(file)) == 0;
    const int write_error = errno;
    const bool closed = std::fclose(file) == 0;
    if (!written) fail(write_error);
    if (!closed || std::rename(temporary.c_str(), path.c_str()) != 0) fail(errno);
}

std::filesystem::path make_output_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error || !std::filesystem::is_directory(folder)) {
        throw ConfigError(
            "",
            fmt::format("cannot make the folder: {}", error ? error.message() : "a file of that name is in the way"),
            "-o " + folder);
    }
    return folder;
}

void check_output_file(const std::string& option, const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw ConfigError("", "expected a file, not a folder", option);
    if (!std::filesystem::is_directory(std::filesystem::absolute(path).parent_path(), ignored)) {
        throw ConfigError("", "there is no such folder", option);
    }
}

}  // namespace hypar
