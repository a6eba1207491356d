#include "experiment/yaml/file_bytes.h"

#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

namespace hypar {
namespace {

constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kBlock = std::size_t{64} << 10U;

class OpenFile {
public:
    /// Opening a pipe waits for its writer, unless it is opened not to wait; reading it waits all the same.
    explicit OpenFile(const std::filesystem::path& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (descriptor_ >= 0) ::fcntl(descriptor_, F_SETFL, 0);
    }
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    bool is_open() const { return descriptor_ >= 0; }

    /// Appends the next block; false at the end, and where reading fails, which errno tells.
    bool read_into(std::string& text) const {
        std::vector<char> block(kBlock);
        ssize_t count = 0;
        do {
            errno = 0;
            count = ::read(descriptor_, block.data(), block.size());
        } while (count < 0 && errno == EINTR);
        if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
        return count > 0;
    }

private:
    int descriptor_;
};

}  // namespace

std::string file_bytes(const std::filesystem::path& path, const std::string& label, std::size_t most_mebibytes) {
    const auto unreadable = [&](const std::string& why) {
        return ConfigError({}, fmt::format("cannot be read: {}", why), printable(label, kLongestPath));
    };
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw unreadable("it is a directory");
    const OpenFile file(path);
    if (!file.is_open()) throw unreadable(std::generic_category().message(errno));
    std::string bytes;
    while (file.read_into(bytes)) {
        if (bytes.size() > most_mebibytes << 20U) {
            throw unreadable(fmt::format("it is larger than {} MiB", most_mebibytes));
        }
    }
    if (errno != 0) throw unreadable(std::generic_category().message(errno));
    return bytes;
}

}  // namespace hypar
