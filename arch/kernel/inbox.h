#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/kernel/time.h"

namespace hypar {

/// Messages on their way to one component, taken in order of arrival time, then sender, then sending order. The
/// order in which the kernel runs processes within one instant therefore decides nothing.
template <typename Message>
class Inbox {
public:
    void put(Picoseconds arrival, std::uint64_t sender, const Message& message) {
        entries_.push_back({arrival, sender, next_sequence_++, message});
        std::push_heap(entries_.begin(), entries_.end(), later);
    }

    /// Arrival of the next message, kNever if there is none.
    Picoseconds next_arrival() const { return entries_.empty() ? kNever : entries_.front().arrival; }

    /// Who sent the next message; there must be one.
    std::uint64_t next_sender() const { return entries_.front().sender; }

    /// Removes the next message and returns it; there must be one.
    Message take() {
        std::pop_heap(entries_.begin(), entries_.end(), later);
        const Message message = entries_.back().message;
        entries_.pop_back();
        return message;
    }

    /// Calls `change(message)` with each message; the call must not change their order.
    template <typename Change>
    void for_each(Change change) {
        for (Entry& entry : entries_) change(entry.message);
    }

    /// Shows the arrivals in their order; `show(sender, message)` shows the rest.
    template <typename Show>
    void offer_state(StateVisitor& visitor, Show show) {
        // Sorted, it still is a heap.
        std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return later(b, a); });
        visitor.value(entries_.size());
        for (Entry& entry : entries_) {
            visitor.time(entry.arrival);
            show(entry.sender, entry.message);
        }
    }

private:
    struct Entry {
        Picoseconds arrival;
        std::uint64_t sender;
        std::uint64_t sequence;
        Message message;
    };

    static bool later(const Entry& a, const Entry& b) {
        if (a.arrival != b.arrival) return a.arrival > b.arrival;
        if (a.sender != b.sender) return a.sender > b.sender;
        return a.sequence > b.sequence;
    }

    std::vector<Entry> entries_;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace hypar
