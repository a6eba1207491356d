#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/kernel/time.h"

namespace hypar {

/// A stretch of time in which something of the hardware was at work: a link, or one or more of equal members, the
/// processing units or the vaults of an accelerator.
struct Activity {
    /// The `work` of a slice that is of several kinds of work.
    static constexpr std::uint64_t kMixed = UINT64_MAX;

    Picoseconds from = 0;
    Picoseconds to = 0;
    Picoseconds busy = 0;  ///< sum of the times in which each member was at work
    std::uint64_t bytes = 0;
    std::uint64_t items = 0;    ///< tiles, blocks of memory, packets, transfers: those that began in it
    std::uint64_t work = 0;     ///< which work it is part of
    std::uint64_t periods = 0;  ///< periods of a steady state that a jump skipped in it
    std::uint64_t merged = 1;   ///< slices that were merged into this one for want of room

    Picoseconds duration() const { return to - from; }
};

/// What happened on one track, in slices that follow each other and do not overlap, at most so many.
///
/// Back-to-back work of one kind is one slice. Where there are too many, neighbours are merged as long as what they
/// make is no longer than the track's resolution, which doubles until at most half of them are left.
class ActivitySlices {
public:
    explicit ActivitySlices(std::size_t most = SIZE_MAX) : most_(most) {}

    /// Slices must come in the order in which they begin; what overlaps the last one becomes part of it.
    void add(const Activity& slice);
    /// Merges until there are at most `most`, at least 1.
    void shrink_to(std::size_t most);

    const std::vector<Activity>& slices() const { return slices_; }
    std::vector<Activity>& slices() { return slices_; }

private:
    void append(const Activity& slice);
    void coarsen(std::size_t most);

    std::size_t most_;
    std::vector<Activity> slices_;
    Picoseconds resolution_ = 0;  ///< what merged slices may last at most
};

/// Writes down what one track of the hardware does while a segment runs, jumps over whole periods included.
class ActivityTrack {
public:
    explicit ActivityTrack(std::size_t most_slices) : most_(most_slices), slices_(most_slices) {}

    /// A member begins an item, now or on the next clock edge: it is at work `from` .. `to`, of which it is busy for
    /// `busy`.
    void work(Picoseconds from, Picoseconds to, Picoseconds busy, std::uint64_t bytes, std::uint64_t items = 1);

    /// Shows what it has counted, so that a jump counts on.
    void offer_state(StateVisitor& visitor);
    /// A jump at `now` over `periods` that take `duration` in all. What was under way goes on behind it.
    void jumped(Picoseconds now, Picoseconds duration, std::uint64_t periods);

    /// What has happened since the last call, which was at `origin` or before; times count from `origin` on.
    std::vector<Activity> take(Picoseconds origin);

private:
    struct Counts {
        Picoseconds busy = 0;
        std::uint64_t bytes = 0;
        std::uint64_t items = 0;
    };
    /// An item that may not have ended.
    struct Item {
        Picoseconds from;
        Picoseconds to;
        Picoseconds busy;
    };

    std::size_t most_;
    ActivitySlices slices_;
    std::vector<Item> under_way_;
    Counts counted_;   ///< all that happened; jumps move it on
    Counts recorded_;  ///< the part of `counted_` that is in slices
};

/// When an accelerator's network interface took part in an exchange.
struct TransferTimes {
    Picoseconds begin = kNever;
    Picoseconds end = kNever;                ///< when all was sent, and all that came was in memory
    std::vector<Picoseconds> first_read;     ///< by flow that leaves: when its first packet began to be read
    std::vector<Picoseconds> last_received;  ///< by flow that enters: when its last packet came

    void start(Picoseconds now, std::size_t leaving, std::size_t entering) {
        begin = now;
        first_read.assign(leaving, kNever);
        last_received.assign(entering, kNever);
    }
};

/// What every part of an array did in one segment, from the segment's start on.
struct SegmentActivity {
    std::vector<std::vector<Activity>> units;         ///< processing units, by accelerator
    std::vector<std::vector<Activity>> vector_units;  ///< by accelerator
    std::vector<std::vector<Activity>> vaults;        ///< by accelerator
    std::vector<std::vector<Activity>> links;         ///< by link of the topology
    std::vector<TransferTimes> transfers;             ///< by accelerator
};

/// The tracks of an array.
struct ArrayActivity {
    ArrayActivity(std::size_t accelerators, std::size_t link_count, std::size_t most_slices);

    void offer_state(StateVisitor& visitor);
    void jumped(Picoseconds now, Picoseconds duration, std::uint64_t periods);
    /// What happened in the segment that began at `origin` and has ended.
    SegmentActivity take(Picoseconds origin);

    std::vector<ActivityTrack> units;         ///< processing units, by accelerator
    std::vector<ActivityTrack> vector_units;  ///< by accelerator
    std::vector<ActivityTrack> vaults;        ///< by accelerator
    std::vector<ActivityTrack> links;         ///< by link of the topology
    std::vector<TransferTimes> transfers;     ///< by accelerator
};

}  // namespace hypar
