#pragma once

#include <cstddef>
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
        if (entries_.size() == entries_.capacity() && 2 * first_ >= entries_.size()) forget_taken();
        // Most arrive in the order in which they are sent.
        auto place = entries_.end();
        while (place != next() && is_before(arrival, sender, *(place - 1))) --place;
        entries_.insert(place, {arrival, sender, message});
    }

    /// Arrival of the next message, kNever if there is none.
    Picoseconds next_arrival() const { return first_ == entries_.size() ? kNever : entries_[first_].arrival; }

    /// Who sent the next message; there must be one.
    std::uint64_t next_sender() const { return entries_[first_].sender; }

    /// Removes the next message and returns it; there must be one.
    Message take() {
        const Message message = entries_[first_].message;
        if (++first_ == entries_.size()) forget_taken();
        return message;
    }

    /// Calls `change(message)` with each message; the call must not change their order.
    template <typename Change>
    void for_each(Change change) {
        for (auto entry = next(); entry != entries_.end(); ++entry) change(entry->message);
    }

    /// Shows the arrivals in their order; `show(sender, message)` shows the rest.
    template <typename Show>
    void offer_state(StateVisitor& visitor, Show show) {
        visitor.value(entries_.size() - first_);
        for (auto entry = next(); entry != entries_.end(); ++entry) {
            visitor.time(entry->arrival);
            show(entry->sender, entry->message);
        }
    }

private:
    struct Entry {
        Picoseconds arrival;
        std::uint64_t sender;
        Message message;
    };

    static bool is_before(Picoseconds arrival, std::uint64_t sender, const Entry& other) {
        return arrival != other.arrival ? arrival < other.arrival : sender < other.sender;
    }
    typename std::vector<Entry>::iterator next() { return entries_.begin() + static_cast<std::ptrdiff_t>(first_); }
    void forget_taken() {
        entries_.erase(entries_.begin(), next());
        first_ = 0;
    }

    std::vector<Entry> entries_;  ///< in their order
    std::size_t first_ = 0;       ///< that has not been taken
};

}  // namespace hypar
