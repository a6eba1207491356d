#include "sweep/engine/channel.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/socket.h>
#include <unistd.h>

namespace hypar {

std::pair<Channel, Channel> Channel::make_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot talk to a worker process");
    }
    return {Channel(ends[0]), Channel(ends[1])};
}

Channel::~Channel() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Channel::Channel(Channel&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), collected_(std::move(other.collected_)) {}

Channel& Channel::operator=(Channel&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    collected_.swap(other.collected_);
    return *this;
}

bool Channel::send(const Words& message) {
    Words framed{message.size()};
    framed.insert(framed.end(), message.begin(), message.end());
    const char* next = reinterpret_cast<const char*>(framed.data());
    for (std::size_t left = framed.size() * sizeof(std::uint64_t); left > 0;) {
        const ssize_t sent = ::send(descriptor_, next, left, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        next += sent;
        left -= static_cast<std::size_t>(sent);
    }
    return true;
}

std::optional<Words> Channel::receive() {
    while (true) {
        if (auto message = take()) return message;
        if (!read_some(0)) return std::nullopt;
    }
}

bool Channel::collect() {
    while (true) {
        const std::size_t before = collected_.size();
        if (!read_some(MSG_DONTWAIT)) return false;
        if (collected_.size() == before) return true;
    }
}

std::optional<Words> Channel::take() {
    std::uint64_t size = 0;
    if (collected_.size() < sizeof size) return std::nullopt;
    std::memcpy(&size, collected_.data(), sizeof size);
    const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(std::uint64_t);
    if (collected_.size() - sizeof size < bytes) return std::nullopt;
    Words message(static_cast<std::size_t>(size));
    if (bytes > 0) std::memcpy(message.data(), collected_.data() + sizeof size, bytes);
    collected_.erase(collected_.begin(), collected_.begin() + static_cast<std::ptrdiff_t>(sizeof size + bytes));
    return message;
}

/// False at the end; with MSG_DONTWAIT true, and nothing more collected, where nothing has come.
bool Channel::read_some(int flags) {
    constexpr std::size_t kAtOnce = 65536;
    const std::size_t before = collected_.size();
    collected_.resize(before + kAtOnce);
    ssize_t received = -1;
    do {
        received = ::recv(descriptor_, collected_.data() + before, kAtOnce, flags);
    } while (received < 0 && errno == EINTR);
    const bool is_empty = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    collected_.resize(before + (received > 0 ? static_cast<std::size_t>(received) : 0));
    return received > 0 || is_empty;
}

}  // namespace hypar
