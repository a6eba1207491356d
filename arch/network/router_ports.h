#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/kernel/time.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/link_use.h"
#include "arch/network/packet.h"
#include "base/checked.h"

namespace hypar {

class Router;

/// In place of who had the last turn: the first one is next.
constexpr std::size_t kNobody = SIZE_MAX;

/// Whether, round and round from the one behind `last`, `a` comes before `b`.
inline bool comes_before(std::size_t a, std::size_t b, std::size_t last) {
    return (a > last) == (b > last) ? a < b : a > last;
}

/// Who of a number of inputs asks for something; a word for 64 of them.
class Requests {
public:
    explicit Requests(std::size_t inputs) : words_(ceil_divide(inputs, kWordBits), 0) {}

    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }

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

/// A queue whose memory is used again.
template <typename Item>
class ReusedQueue {
public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    Item& front() { return items_[first_]; }
    const Item& front() const { return items_[first_]; }
    Item& operator[](std::size_t index) { return items_[(first_ + index) & (items_.size() - 1)]; }
    const Item& operator[](std::size_t index) const { return items_[(first_ + index) & (items_.size() - 1)]; }

    void push_back(const Item& item) {
        if (size_ == items_.size()) grow();
        (*this)[size_++] = item;
    }
    void pop_front() {
        first_ = (first_ + 1) & (items_.size() - 1);
        --size_;
    }

private:
    void grow() {
        std::vector<Item> larger(std::max<std::size_t>(2, 2 * items_.size()));
        for (std::size_t index = 0; index < size_; ++index) larger[index] = (*this)[index];
        items_.swap(larger);
        first_ = 0;
    }

    std::vector<Item> items_;  ///< a power of two
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

/// The pipeline of a router.
///
/// Where inputs are read one at a time, a head passes route computation, virtual-channel allocation, switch
/// allocation and the switch, each in a cycle of a router of four. In a shorter router the first of them share a
/// cycle, in a longer one a head takes the rest to come to them. What follows a head passes the last two alone, and a
/// packet behind another one in the same buffer begins when that has left. Where all are read the pipeline is but a
/// delay.
struct Stages {
    Stages(const InterconnectSpec& spec, const Clock& clock) {
        const Cycles cycles = spec.router_cycles;
        const bool is_delay = spec.input_reads == InputReads::All;
        head = clock.duration(cycles);
        body = clock.duration(is_delay ? cycles : std::min<Cycles>(cycles, 2));
        route = !is_delay && cycles >= 4 ? clock.period : 0;
        channel = !is_delay && cycles >= 3 ? clock.period : 0;
    }

    /// From a unit's arrival until it may leave.
    Picoseconds of(const FlowUnit& unit) const { return unit.is_head ? head : body; }

    Picoseconds head = 0;
    Picoseconds body = 0;
    Picoseconds route = 0;    ///< before a head asks for a virtual channel
    Picoseconds channel = 0;  ///< from when it has been given one until it may leave
};

/// Room in a buffer, given back to who fills it.
struct Credit {
    std::size_t output = 0;  ///< of who fills it
    std::size_t lane = 0;
    std::uint64_t flits = 0;
};

/// The buffer of a virtual channel and who fills it.
struct InputBuffer {
    ReusedQueue<FlowUnit> units;
    Router* upstream = nullptr;  ///< this router for the local port
    Credit credit;               ///< but for the flits
    std::size_t reader = 0;
    std::size_t output = 0;    ///< that the first unit asks for, or its packet has
    std::size_t channel = 0;   ///< there, of the packet's way or that it has been given
    bool has_channel = false;  ///< it has been given one
    bool is_open = false;      ///< the head of a packet has left and its tail not
    Picoseconds ready = 0;     ///< when the first unit may ask for what it needs next
};

/// Reads one buffer, or one at a time of those of a link or of a queue before the local port.
struct Reader {
    Picoseconds free_at = 0;
    std::size_t output = kNobody;      ///< that it read for last
    std::size_t last_input = kNobody;  ///< buffer that it read last
    std::size_t granted_by = kNobody;  ///< the output, of those that it may read for now, whose turn it is
};

/// A packet in the buffer behind a virtual channel, or on its way there.
struct Behind {
    const Route* route = nullptr;
    std::uint64_t flits = 0;
};

/// A virtual channel of a link.
struct Lane {
    explicit Lane(std::uint64_t buffer_flits, std::size_t inputs) : free_flits(buffer_flits), requests(inputs) {}

    /// Flits have left the buffer behind: of its first packets, though the news of one that went on over a slow link
    /// may come after that of the next.
    void leave(std::uint64_t flits) {
        for (; flits > 0 && behind.front().flits <= flits; behind.pop_front()) flits -= behind.front().flits;
        if (flits > 0) behind.front().flits -= flits;
    }

    std::uint64_t free_flits;      ///< of the buffer behind
    bool is_taken = false;         ///< by a packet of which not all has left
    std::size_t last_granted = 0;  ///< input
    Requests requests;             ///< of inputs for their first unit, where all are read
    Picoseconds free_at = 0;       ///< when it may be given to another packet, where one is read
    ReusedQueue<Behind> behind;    ///< where one is read
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
    std::size_t lane = kNobody;        ///< of the port, that the first one enters, or the one before entered
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
    Router* next = nullptr;             ///< none: packets leave the network here
    std::size_t next_input = 0;         ///< of its first virtual channel
    std::vector<Lane> lanes;            ///< by virtual channel, from the terminal by queue and virtual channel
    std::size_t last_lane = 0;          ///< that it was given to, or, where one is read, that was given
    Requests heads{0};                  ///< of inputs for a virtual channel, where one is read
    std::size_t last_head = kNobody;    ///< that was given one
    std::size_t last_reader = kNobody;  ///< that it was given to
    std::size_t granted = kNobody;      ///< the input that may be read for it now
    Picoseconds free_at = 0;
    Picoseconds due = kNever;  ///< when to look at it again, if no credit comes before
    bool is_blocked = false;   ///< all that could go lack room behind it, or others have what they need
    Picoseconds stalled_since = kNever;
    std::uint64_t timed_flits = 0;  ///< that `timed` was worked out for
    Picoseconds timed = 0;
    LinkUse use;
    ActivityTrack* track = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
