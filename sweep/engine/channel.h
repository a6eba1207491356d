#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/words.h"

namespace hypar {

/// One end of a pair of sockets that carries messages of words between a parent and its worker.
class Channel {
public:
    /// The two ends; throws std::system_error.
    static std::pair<Channel, Channel> make_pair();

    Channel() = default;
    ~Channel();
    Channel(Channel&& other) noexcept;
    Channel& operator=(Channel&& other) noexcept;

    int descriptor() const { return descriptor_; }

    /// Waits until all is sent; false if the other end is gone.
    bool send(const Words& message);
    /// Waits for a message; nothing if the other end is gone.
    std::optional<Words> receive();
    /// Takes what has come so far, without waiting; false if the other end is gone.
    bool collect();
    /// A message of what was collected, if one is complete.
    std::optional<Words> take();

private:
    explicit Channel(int descriptor) : descriptor_(descriptor) {}
    bool read_some(int flags);

    int descriptor_ = -1;
    std::vector<char> collected_;
};

}  // namespace hypar
