#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/kernel/time.h"
#include "arch/network/link_use.h"
#include "arch/network/packet.h"
#include "base/checked.h"

namespace hypar {

class Router;

/// Who of a number of inputs asks for something; a word for 64 of them.
class Requests {
public:
    explicit Requests(std::size_t inputs) : words_(ceil_divide(inputs, kWordBits), 0) {}

    bool empty() const { return count_ == 0; }

    void set(std::size_t input, bool asks) {
        std::uint64_t& word = words_[input / kWordBits];
        const std::uint64_t bit = std::uint64_t{1} << input % kWordBits;
        if (((word & bit) != 0) == asks) return;
        word ^= bit;
        count_ += asks ? 1 : std::size_t{0} - 1;
    }

    /// The next input that asks after `after`, round and round. One must.
    std::size_t next(std::size_t after) const {
        std::size_t word = (after + 1) / kWordBits % words_.size();
        std::uint64_t bits = words_[word];
        if ((after + 1) / kWordBits < words_.size()) bits &= ~std::uint64_t{0} << (after + 1) % kWordBits;
        while (bits == 0) {
            if (++word == words_.size()) word = 0;
            bits = words_[word];
        }
        return word * kWordBits + static_cast<std::size_t>(__builtin_ctzll(bits));
    }

private:
    static constexpr std::size_t kWordBits = 64;

    std::vector<std::uint64_t> words_;
    std::size_t count_ = 0;
};

/// Room in a buffer, given back to who fills it.
struct Credit {
    std::size_t output = 0;  ///< of who fills it
    std::size_t lane = 0;
    std::uint64_t flits = 0;
};

/// The buffer of a virtual channel and who fills it.
struct InputBuffer {
    std::deque<FlowUnit> units;
    Router* upstream = nullptr;  ///< this router for the local port
    Credit credit;               ///< but for the flits
    Picoseconds free_at = 0;     ///< when it can be read again
    bool is_open = false;        ///< the head of a packet has left and its tail not
    std::size_t output = 0;      ///< that the first unit asks for, or its packet has
    std::size_t channel = 0;     ///< there
};

/// A virtual channel of a link.
struct Lane {
    std::uint64_t free_flits = 0;  ///< of the buffer behind
    bool is_taken = false;         ///< by a packet of which not all has left
    std::size_t last_granted = 0;  ///< input
    Requests requests;             ///< of inputs for their first unit
};

/// A packet before a local port, which it may enter at `arrival`.
struct Offered {
    Packet packet;
    Picoseconds arrival = 0;
};

/// Packets before a local port that do not wait for those of other queues.
struct InjectionQueue {
    std::deque<Offered> offered;
    std::uint64_t injected_flits = 0;  ///< of the first one
    std::size_t lane = 0;              ///< of the port, that the first one enters
    std::uint64_t bits_per_second =
        0;                    ///< at least a flit a cycle; not looked at where the port has a pace of its own
    Picoseconds free_at = 0;  ///< where queues enter side by side
};

/// A link, or a local port.
struct OutputPort {
    std::size_t link = 0;
    std::uint64_t bits_per_second = 0;
    bool takes_flit_a_cycle = false;  ///< at least
    Picoseconds latency = 0;
    Router* next = nullptr;      ///< none: packets leave the network here
    std::size_t next_input = 0;  ///< of its first virtual channel
    std::vector<Lane> lanes;     ///< by virtual channel, from the terminal by queue and virtual channel
    std::size_t last_lane = 0;   ///< that it was given to
    Picoseconds free_at = 0;
    bool is_blocked = false;  ///< all that could go lack room behind it
    Picoseconds stalled_since = kNever;
    std::uint64_t timed_flits = 0;  ///< that `timed` was worked out for
    Picoseconds timed = 0;
    LinkUse use;
    ActivityTrack* track = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
