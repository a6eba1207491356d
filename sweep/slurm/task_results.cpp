#include "sweep/slurm/task_results.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace hypar {
namespace {

/// First in a file: what its other words are, with their number behind it.
constexpr std::uint64_t kMark = 0x3154'4c53'5259'5048;  // "HPYRSLT1"

bool write_all(int descriptor, const char* next, std::size_t left) {
    while (left > 0) {
        const ssize_t written = ::write(descriptor, next, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        next += written;
        left -= static_cast<std::size_t>(written);
    }
    return true;
}

}  // namespace

bool TaskResults::has(const std::string& identity) const {
    std::error_code ignored;
    return std::filesystem::exists(folder_ / identity, ignored);
}

void TaskResults::write(const std::string& identity, const PointResult& result) const {
    Words words{kMark, 0};
    append_result(words, result);
    words[1] = words.size() - 2;
    write_whole(folder_ / identity,
                {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t)});
}

std::optional<PointResult> TaskResults::read(const std::string& identity) const {
    const std::string bytes = read_whole(folder_ / identity);
    Words words(bytes.size() / sizeof(std::uint64_t));
    if (words.size() < 2) return std::nullopt;
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::uint64_t));
    WordReader reader(words);
    if (reader.next() != kMark || reader.next() != words.size() - 2) return std::nullopt;
    return read_result(reader);
}

void TaskResults::refresh() const {
    std::string name = (folder_ / ".refresh-XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return;
    ::close(descriptor);
    ::unlink(name.c_str());
}

void write_whole(const std::filesystem::path& target, const std::string& content) {
    std::string temporary = target.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    const bool is_written = descriptor >= 0 && ::fchmod(descriptor, 0644) == 0 &&
                            write_all(descriptor, content.data(), content.size()) && ::fsync(descriptor) == 0;
    const int error = errno;
    const bool is_closed = descriptor < 0 || ::close(descriptor) == 0;
    if (is_written && is_closed && std::rename(temporary.c_str(), target.c_str()) == 0) return;
    const std::string reason = std::strerror(is_written ? errno : error);
    if (descriptor >= 0) ::unlink(temporary.c_str());
    throw RunError(fmt::format("cannot write {}: {}", target.string(), reason));
}

std::string read_whole(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

}  // namespace hypar
