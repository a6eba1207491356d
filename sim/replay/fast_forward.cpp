#include "sim/replay/fast_forward.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/checked.h"
#include "base/hash.h"

namespace hypar {
namespace {

/// Words that all snapshots may take: 32 MiB.
constexpr std::size_t kMostWords = std::size_t{4} << 20U;

/// About how many words of a state tell it from most others; which equal each other is seen by comparing all.
constexpr std::size_t kHashedWords = 1024;

/// Snapshots in a row that equal no earlier one, after which half as many are taken: what does not repeat itself
/// shall not cost much more than a full replay.
constexpr std::uint64_t kPatience = 64;

/// Earlier snapshots that a jump is looked for from, the latest first.
constexpr std::size_t kMostMatches = 16;

std::size_t words_of(const StateSnapshot& snapshot) {
    return snapshot.compared.size() + snapshot.moving.size() +
           snapshot.limits.size() * sizeof(StateSnapshot::Limit) / sizeof(std::uint64_t) +
           snapshot.leads.size() * sizeof(StateSnapshot::Lead) / sizeof(std::uint64_t);
}

class Recorder : public StateVisitor {
public:
    explicit Recorder(StateSnapshot& snapshot) : snapshot_(snapshot) {}

    Picoseconds now() const override { return snapshot_.time; }
    void value(std::uint64_t value) override { snapshot_.compared.push_back(value); }
    void time(Picoseconds& time) override {
        const bool is_ahead = time > snapshot_.time && time != kNever;
        snapshot_.compared.push_back(is_ahead ? time - snapshot_.time : (time == kNever ? kNever : 0));
    }
    void since(Picoseconds& time) override {
        snapshot_.compared.push_back(time == kNever ? kNever : snapshot_.time - time);
    }
    void counter(std::uint64_t& counter) override { snapshot_.moving.push_back(counter); }
    void remaining(std::uint64_t& remaining) override {
        snapshot_.compared.push_back(remaining == 0 ? 0 : 1);
        snapshot_.limits.push_back({snapshot_.moving.size(), nullptr, 0});
        snapshot_.moving.push_back(remaining);
    }
    void lead(std::uint64_t lead, std::uint64_t enough, std::uint64_t taken, std::uint64_t waits) override {
        snapshot_.compared.push_back(std::min(lead, enough));
        snapshot_.leads.push_back({snapshot_.moving.size(), enough, taken, waits});
        snapshot_.moving.push_back(lead);
    }
    void place(std::uint64_t& place, std::uint64_t in_work, const WorkSequence& sequence) override {
        snapshot_.compared.push_back(in_work);
        snapshot_.limits.push_back({snapshot_.moving.size(), &sequence, in_work});
        snapshot_.moving.push_back(place);
    }
    std::uint64_t turn(std::uint64_t position, std::uint64_t) override {
        snapshot_.moving.push_back(position);
        return 0;
    }
    void counters_on_ring(std::vector<std::uint64_t>& counters) override {
        snapshot_.moving.insert(snapshot_.moving.end(), counters.begin(), counters.end());
    }
    void opaque(const char* name) override { snapshot_.opaque.emplace_back(name); }

private:
    StateSnapshot& snapshot_;
};

/// Moves everything on by whole periods.
class Mover : public StateVisitor {
public:
    Mover(const StateSnapshot& earlier, Picoseconds now, std::uint64_t periods, Picoseconds duration)
        : next_(earlier.moving.data()), now_(now), periods_(periods), duration_(duration) {}

private:
    std::uint64_t earlier() { return *next_++; }

    Picoseconds now() const override { return now_; }
    void value(std::uint64_t) override {}
    void time(Picoseconds& time) override {
        if (time > now_ && time != kNever) time = checked_add(time, duration_);
    }
    void since(Picoseconds& time) override {
        if (time != kNever) time = checked_add(time, duration_);
    }
    void counter(std::uint64_t& counter) override {
        counter = checked_add(counter, checked_multiply(periods_, counter - earlier()));
    }
    void remaining(std::uint64_t& remaining) override { remaining -= periods_ * (earlier() - remaining); }
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override { earlier(); }
    void place(std::uint64_t& place, std::uint64_t, const WorkSequence&) override {
        place += periods_ * (place - earlier());
    }
    std::uint64_t turn(std::uint64_t position, std::uint64_t size) override {
        turned_ = (position + size - earlier()) % size;
        return periods_ % size * turned_ % size;
    }
    /// Each period counts what the one before counted, turned on.
    void counters_on_ring(std::vector<std::uint64_t>& counters) override {
        const std::uint64_t size = counters.size();
        std::vector<std::uint64_t> counted;
        counted.reserve(counters.size());
        for (const std::uint64_t counter : counters) counted.push_back(counter - earlier());
        const std::uint64_t round = size / std::gcd(turned_, size);  // periods until the turn is back
        for (std::uint64_t period = 1; period <= std::min(round, periods_); ++period) {
            const std::uint64_t times = (periods_ - period) / round + 1;
            for (std::uint64_t index = 0; index < size; ++index) {
                if (counted[index] == 0) continue;
                std::uint64_t& counter = counters[(index + period * turned_) % size];
                counter = checked_add(counter, checked_multiply(times, counted[index]));
            }
        }
    }

    void opaque(const char*) override {}

    const std::uint64_t* next_;
    Picoseconds now_;
    std::uint64_t periods_;
    Picoseconds duration_;
    std::uint64_t turned_ = 0;
};

/// For how many more periods leads stay such that nobody waits. One that a period changes must not have been too
/// small in it, and gets lower within a period by no more than is taken in it.
std::uint64_t periods_in_the_lead(const StateSnapshot& earlier, const StateSnapshot& now) {
    std::uint64_t periods = UINT64_MAX;
    for (std::size_t index = 0; index < now.leads.size(); ++index) {
        const StateSnapshot::Lead& lead = now.leads[index];
        const std::uint64_t before = earlier.moving[lead.index];
        const std::uint64_t after = now.moving[lead.index];
        if (before == after) continue;
        if (lead.waits != earlier.leads[index].waits) return 0;
        if (before < after) continue;
        const std::uint64_t least = lead.enough + (lead.taken - earlier.leads[index].taken);
        if (after < least) return 0;
        periods = std::min(periods, (after - least) / (before - after));
    }
    return periods;
}

/// For how many more periods the work lasts in which the state of `earlier` came back `now`.
std::uint64_t periods_ahead(const StateSnapshot& earlier, const StateSnapshot& now) {
    std::uint64_t periods = periods_in_the_lead(earlier, now);
    if (periods == 0) return 0;
    StateSnapshot::Limit last;
    std::uint64_t last_before = 0;
    std::uint64_t last_after = 0;
    for (const StateSnapshot::Limit& limit : now.limits) {
        const std::uint64_t before = earlier.moving[limit.index];
        const std::uint64_t after = now.moving[limit.index];
        if (before == after) continue;
        if (limit.sequence == nullptr) {
            if (before < after) return 0;
            periods = std::min(periods, (after - 1) / (before - after));
        } else {
            const std::uint64_t distance = after - before;
            const bool is_known = limit.sequence == last.sequence && limit.in_work == last.in_work &&
                                  before == last_before && after == last_after;
            if (is_known) continue;  // units often go in step
            // What is in work, what a period takes up, and the one item beyond that it may look at.
            const std::uint64_t beside = limit.in_work + 1;
            const std::uint64_t enough =
                periods < (UINT64_MAX - beside) / distance ? periods * distance + beside : UINT64_MAX;
            const std::uint64_t repeated = limit.sequence->repeats(before, distance, enough);
            periods = std::min(periods, repeated < beside ? 0 : (repeated - beside) / distance);
            last = limit;
            last_before = before;
            last_after = after;
        }
        if (periods == 0) return 0;
    }
    return periods;
}

}  // namespace

FastForward::FastForward(Calendar& calendar, const Clock& clock, OfferState offer_state, OnJump on_jump)
    : calendar_(calendar), clock_(clock), offer_state_(std::move(offer_state)), on_jump_(std::move(on_jump)) {}

void FastForward::forget() {
    std::move(snapshots_.begin(), snapshots_.end(), std::back_inserter(spare_));
    snapshots_.clear();
    kept_words_ = 0;
    looks_ = 0;
    stride_ = 1;
    unmatched_ = 0;
}

void FastForward::look(Picoseconds now) {
    if (looks_++ % stride_ != 0 || !use_.opaque.empty()) return;
    StateSnapshot snapshot = take_snapshot(now);
    use_.opaque.insert(snapshot.opaque.begin(), snapshot.opaque.end());
    if (!use_.opaque.empty()) return;
    const Jump longest = longest_jump(snapshot);
    if (longest.periods > 0) jump(snapshot, longest);
    keep(std::move(snapshot));
}

StateSnapshot FastForward::take_snapshot(Picoseconds now) {
    StateSnapshot snapshot = empty_snapshot();
    snapshot.time = now;
    snapshot.compared.push_back(now % clock_.period);
    Recorder recorder(snapshot);
    offer_state_(recorder);
    const std::size_t stride = 1 + snapshot.compared.size() / kHashedWords;
    for (std::size_t index = 0; index < snapshot.compared.size(); index += stride) {
        snapshot.hash = mixed(snapshot.hash, snapshot.compared[index]);
    }
    return snapshot;
}

StateSnapshot FastForward::empty_snapshot() {
    if (spare_.empty()) return {};
    StateSnapshot snapshot = std::move(spare_.back());
    spare_.pop_back();
    snapshot.hash = 0;
    snapshot.compared.clear();
    snapshot.moving.clear();
    snapshot.limits.clear();
    snapshot.leads.clear();
    return snapshot;
}

FastForward::Jump FastForward::longest_jump(const StateSnapshot& now) {
    Jump longest;
    std::size_t matches = 0;
    for (std::size_t index = snapshots_.size(); index-- > 0 && matches < kMostMatches;) {
        const StateSnapshot& earlier = snapshots_[index];
        if (earlier.hash != now.hash || earlier.compared != now.compared) continue;
        if (earlier.moving.size() != now.moving.size()) continue;
        ++matches;
        const std::uint64_t periods = periods_ahead(earlier, now);
        // Nothing moves on but time: a segment that never ends. It is left to stand still.
        if (periods == UINT64_MAX) continue;
        const Picoseconds time = checked_multiply(periods, now.time - earlier.time);
        if (time > longest.time) longest = {index, periods, time};
    }
    if (matches > 0) {
        unmatched_ = 0;
        stride_ = 1;
    } else if (++unmatched_ % kPatience == 0) {
        stride_ *= 2;
    }
    return longest;
}

void FastForward::jump(const StateSnapshot& now, const Jump& jump) {
    Mover mover(snapshots_[jump.earlier], now.time, jump.periods, jump.time);
    offer_state_(mover);
    calendar_.rebuild();
    if (on_jump_) on_jump_(now.time, jump.time, jump.periods);
    ++use_.jumps;
    use_.skipped_time = checked_add(use_.skipped_time, jump.time);
}

/// Keeps a snapshot; where they become too many, every second one of the older half goes.
void FastForward::keep(StateSnapshot snapshot) {
    kept_words_ += words_of(snapshot);
    snapshots_.push_back(std::move(snapshot));
    if (kept_words_ <= kMostWords) return;
    const std::size_t half = snapshots_.size() / 2;
    std::size_t kept = 0;
    for (std::size_t index = 0; index < snapshots_.size(); ++index) {
        if (index < half && index % 2 == 1) {
            kept_words_ -= words_of(snapshots_[index]);
            spare_.push_back(std::move(snapshots_[index]));
        } else {
            if (kept != index) snapshots_[kept] = std::move(snapshots_[index]);
            ++kept;
        }
    }
    snapshots_.resize(kept);
}

}  // namespace hypar
