#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "arch/kernel/calendar.h"
#include "arch/kernel/state.h"
#include "arch/kernel/time.h"

namespace hypar {

/// Shows the complete state of what is simulated to a visitor.
using OfferState = std::function<void(StateVisitor&)>;

/// Told of each jump at `now`, over `periods` that take `duration` in all.
using OnJump = std::function<void(Picoseconds now, Picoseconds duration, std::uint64_t periods)>;

/// The state at one instant, in the order in which it was shown.
struct StateSnapshot {
    Picoseconds time = 0;
    std::uint64_t hash = 0;               ///< of words of `compared`
    std::vector<std::uint64_t> compared;  ///< equal in equal states
    std::vector<std::uint64_t> moving;    ///< counters, places, work left, turns: grows or shrinks steadily
    /// Something that moves on until its end.
    struct Limit {
        std::size_t index = 0;                   ///< in `moving`
        const WorkSequence* sequence = nullptr;  ///< that it is a place in; null for work that shrinks
        std::uint64_t in_work = 0;               ///< items
    };
    std::vector<Limit> limits;
    /// A lead (StateVisitor::lead).
    struct Lead {
        std::size_t index = 0;  ///< in `moving`
        std::uint64_t enough = 0;
        std::uint64_t taken = 0;
        std::uint64_t waits = 0;
    };
    std::vector<Lead> leads;
    std::vector<std::string> opaque;  ///< components that did not show their state
};

/// How often, and how far, a replay was moved on.
struct FastForwardUse {
    std::uint64_t jumps = 0;
    Picoseconds skipped_time = 0;
    std::set<std::string> opaque;  ///< names of components that ruled jumps out
};

/// Jumps over what repeats itself. At anchors it takes snapshots of the state; when one equals an earlier one, all
/// that happened between them happens again and again until the work runs out: whole periods are added to the clock,
/// to the counters and to the work at once. Exact, see docs/fast-forward.md.
class FastForward {
public:
    FastForward(Calendar& calendar, const Clock& clock, OfferState offer_state, OnJump on_jump = {});

    /// An anchor: everything due at `now` has happened. Jumps if it can.
    void look(Picoseconds now);

    /// Begins anew: what follows has nothing to do with what was.
    void forget();

    const FastForwardUse& use() const { return use_; }

private:
    /// A jump from the last snapshot on, over `periods` times what happened since `earlier`.
    struct Jump {
        std::size_t earlier = 0;
        std::uint64_t periods = 0;
        Picoseconds time = 0;
    };

    StateSnapshot take_snapshot(Picoseconds now);
    Jump longest_jump(const StateSnapshot& now);
    void jump(const StateSnapshot& now, const Jump& jump);
    void keep(StateSnapshot snapshot);
    StateSnapshot empty_snapshot();

    Calendar& calendar_;
    Clock clock_;
    OfferState offer_state_;
    OnJump on_jump_;
    std::vector<StateSnapshot> snapshots_;
    std::vector<StateSnapshot> spare_;  ///< whose room is used again
    std::size_t kept_words_ = 0;
    std::uint64_t looks_ = 0;
    std::uint64_t stride_ = 1;     ///< one look in so many is an anchor
    std::uint64_t unmatched_ = 0;  ///< snapshots in a row that equal no earlier one
    FastForwardUse use_;
};

}  // namespace hypar
