#pragma once

#include <cstdint>
#include <vector>

#include "arch/kernel/time.h"

namespace hypar {

/// Items of work that are taken up one after the other.
class WorkSequence {
public:
    /// How many items in a row, from `first` on and at most `at_most`, equal the one `distance` further on.
    virtual std::uint64_t repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const = 0;

protected:
    ~WorkSequence() = default;
};

/// Is shown the state of the hardware, field by field, always in the same order.
///
/// What a component does from an instant on must follow from the fields that it shows and from what reaches it, and
/// every field that is a time or moves on with the work must be shown as such: a jump over whole periods changes it
/// through the reference. docs/fast-forward.md has the rules; sim/replay/fast_forward.cpp the visitors.
class StateVisitor {
public:
    /// The instant at which it looks. What is at rest by then need not be shown, as long as it shows that it is.
    virtual Picoseconds now() const = 0;
    /// Compared as it is.
    virtual void value(std::uint64_t value) = 0;
    /// Compared as the time from now on; past times are alike. A jump moves it, unless it is past or kNever.
    virtual void time(Picoseconds& time) = 0;
    /// A time past from which a statistic counts, or kNever. Compared as the time since; a jump moves it along.
    virtual void since(Picoseconds& time) = 0;
    /// A statistic that decides nothing. A jump adds what the skipped periods count.
    virtual void counter(std::uint64_t& counter) = 0;
    /// Work that is left, of which only matters whether there is any. A jump takes away what the skipped periods do,
    /// and leaves some.
    virtual void remaining(std::uint64_t& remaining) = 0;
    /// By how much what was provided is ahead of what was taken, of which `taken` says how much that is: it matters
    /// whether it is less than `enough`, and what it is where it is less. `waits` counts how often it was too little.
    /// Follows from what is shown elsewhere, so that a jump need not change it.
    virtual void lead(std::uint64_t lead, std::uint64_t enough, std::uint64_t taken, std::uint64_t waits) = 0;
    /// A place in a sequence: the component is at work on `in_work` items from there on, of which it shows nothing,
    /// and takes up those behind them. A jump moves it on over periods in which the items repeat themselves.
    virtual void place(std::uint64_t& place, std::uint64_t in_work, const WorkSequence& sequence) = 0;
    /// The turn of a ring of `size` equal things, shown in full relative to it. Returns by how many a jump turns it.
    virtual std::uint64_t turn(std::uint64_t position, std::uint64_t size) = 0;
    /// A counter of each thing on the ring that was shown last, from its fixed beginning on.
    virtual void counters_on_ring(std::vector<std::uint64_t>& counters) = 0;
    /// A component that cannot show its state, which rules out every jump.
    virtual void opaque(const char* name) = 0;

protected:
    ~StateVisitor() = default;
};

}  // namespace hypar
