// What the timeline shows is what the report counts: random steps on random arrays, in full and fast.

#include "sim/replay/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

#include "sim/replay/collapse.h"
#include "sim/replay/kernel_run.h"
#include "tests/sim/random_step.h"

namespace hypar {
namespace {

using tests::RandomStep;

constexpr std::uint64_t kSteps = 20;
constexpr std::size_t kPlenty = 1'000'000'000;

ReplayOptions with_timeline(Fidelity fidelity, std::size_t slices = kPlenty) {
    ReplayOptions options;
    options.fidelity = fidelity;
    options.timeline_slices = slices;
    return options;
}

template <typename Get>
std::uint64_t sum(const TimelineTrack& track, Get get) {
    return std::accumulate(track.begin(), track.end(), std::uint64_t{0},
                           [&](std::uint64_t total, const Activity& slice) { return total + get(slice); });
}

std::uint64_t busy_of(const TimelineTrack& track) {
    return sum(track, [](const Activity& slice) { return slice.busy; });
}
std::uint64_t bytes_of(const TimelineTrack& track) {
    return sum(track, [](const Activity& slice) { return slice.bytes; });
}
std::uint64_t items_of(const TimelineTrack& track) {
    return sum(track, [](const Activity& slice) { return slice.items; });
}

std::vector<const TimelineTrack*> tracks_of(const Timeline& timeline) {
    std::vector<const TimelineTrack*> tracks;
    for (const auto* list : {&timeline.units, &timeline.interfaces, &timeline.vaults, &timeline.links}) {
        for (const TimelineTrack& track : *list) tracks.push_back(&track);
    }
    return tracks;
}

/// Slices follow each other, within the step and, unless merged, within their segment.
void expect_order(const Timeline& timeline, const Clock& clock) {
    ASSERT_FALSE(timeline.segments.empty());
    const TimelineSegment& last = timeline.segments.back();
    const Picoseconds step = last.from + clock.duration(last.cycles);
    for (const TimelineTrack* track : tracks_of(timeline)) {
        Picoseconds end = 0;
        for (const Activity& slice : *track) {
            EXPECT_GE(slice.from, end);
            EXPECT_GT(slice.to, slice.from);
            end = slice.to;
            if (slice.work == Activity::kMixed) {
                EXPECT_GT(slice.merged, 1U);
                continue;
            }
            ASSERT_LT(slice.work, timeline.segments.size());
            const TimelineSegment& segment = timeline.segments[slice.work];
            EXPECT_GE(slice.from, segment.from);
            EXPECT_LE(slice.to, segment.from + clock.duration(segment.cycles));
        }
        EXPECT_LE(end, step);
    }
}

/// What the tracks show adds up to what was counted.
void expect_sums(const RandomStep& step, const ReplayResult& result) {
    const Timeline& timeline = *result.timeline;
    ASSERT_EQ(timeline.segments.size(), result.segments.size());
    Picoseconds from = 0;
    EventCounts counts;
    for (std::size_t index = 0; index < result.segments.size(); ++index) {
        EXPECT_EQ(timeline.segments[index].from, from);
        EXPECT_EQ(timeline.segments[index].cycles, result.segments[index].cycles);
        EXPECT_EQ(timeline.segments[index].memory_bytes, result.segments[index].counts.dram_bytes);
        from += step.array.clock.duration(result.segments[index].cycles);
        counts += result.segments[index].counts;
    }
    ASSERT_EQ(timeline.links.size(), result.links.size());
    for (std::size_t link = 0; link < result.links.size(); ++link) {
        EXPECT_EQ(busy_of(timeline.links[link]), result.links[link].busy_time);
        EXPECT_EQ(bytes_of(timeline.links[link]), result.links[link].payload_bytes);
        EXPECT_EQ(items_of(timeline.links[link]), result.links[link].packets);
    }
    std::uint64_t unit_time = 0;
    std::uint64_t memory_bytes = 0;
    for (std::size_t i = 0; i < step.array.accelerators; ++i) {
        unit_time += busy_of(timeline.units[i]);
        memory_bytes += bytes_of(timeline.vaults[i]);
        EXPECT_EQ(bytes_of(timeline.interfaces[i]), result.accelerators[i].sent_bytes);
    }
    EXPECT_EQ(unit_time, step.array.clock.duration(counts.unit_cycles.total()));
    EXPECT_EQ(memory_bytes, counts.dram_bytes);
}

/// Both ends of each transfer lie within the exchanges of its accelerators; nothing arrives before it was sent.
void expect_transfers(const RandomStep& step, const Timeline& timeline) {
    const auto takes_part = [&](std::uint64_t accelerator, std::size_t segment, Picoseconds time) {
        const TimelineTrack& track = timeline.interfaces[accelerator];
        return std::any_of(track.begin(), track.end(), [&](const Activity& slice) {
            return slice.work == segment && slice.from <= time && time < slice.to;
        });
    };
    std::uint64_t bytes = 0;
    for (const TimelineTransfer& transfer : timeline.transfers) {
        EXPECT_LT(transfer.sent, transfer.received);
        EXPECT_TRUE(takes_part(transfer.from, transfer.segment, transfer.sent));
        EXPECT_TRUE(takes_part(transfer.to, transfer.segment, transfer.received));
        bytes += transfer.bytes;
    }
    EXPECT_EQ(bytes, planned_traffic_bytes(step.program));
}

/// Time that a link's slices take between `from` and `to`.
Picoseconds busy_between(const TimelineTrack& track, Picoseconds from, Picoseconds to) {
    Picoseconds busy = 0;
    for (const Activity& slice : track) {
        if (slice.to > from && slice.from < to) busy += std::min(slice.to, to) - std::max(slice.from, from);
    }
    return busy;
}

auto as_tuple(const TimelineTransfer& transfer) {
    return std::make_tuple(transfer.segment, transfer.from, transfer.to, transfer.bytes, transfer.sent,
                           transfer.received);
}

auto as_tuple(const TimelineSegment& segment) {
    return std::make_tuple(segment.layer, segment.phase, segment.levels, segment.from, segment.cycles,
                           segment.memory_bytes, segment.link_bytes);
}

template <typename T>
void expect_equal(const std::vector<T>& a, const std::vector<T>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(as_tuple(a[i]), as_tuple(b[i])) << i;
}

TEST(Timeline, OfAFullReplayShowsAllThatHappened) {
    for (std::uint64_t seed = 0; seed < kSteps; ++seed) {
        SCOPED_TRACE(seed);
        const RandomStep step(seed, seed % 5 == 0);
        const ReplayResult result = step.replay_with(with_timeline(Fidelity::Full));
        expect_order(*result.timeline, step.array.clock);
        expect_sums(step, result);
        expect_transfers(step, *result.timeline);
        for (const TimelineTrack& link : result.timeline->links) {
            for (const Activity& slice : link) EXPECT_EQ(slice.busy, slice.duration());
        }
        for (const TimelineTrack* track : tracks_of(*result.timeline)) {
            for (const Activity& slice : *track) {
                EXPECT_EQ(slice.periods, 0U);
                EXPECT_EQ(slice.merged, 1U);
            }
        }
    }
}

TEST(Timeline, OfAFastReplayIsThatOfTheFullOne) {
    std::uint64_t skipped = 0;
    for (std::uint64_t seed = 0; seed < kSteps; ++seed) {
        SCOPED_TRACE(seed);
        const RandomStep step(seed);
        const ReplayResult full = step.replay_with(with_timeline(Fidelity::Full));
        const ReplayResult fast = step.replay_with(with_timeline(Fidelity::Fast));
        expect_order(*fast.timeline, step.array.clock);
        expect_sums(step, fast);
        expect_transfers(step, *fast.timeline);
        expect_equal(fast.timeline->segments, full.timeline->segments);
        expect_equal(fast.timeline->transfers, full.timeline->transfers);
        // A link was busy in each slice, skipped periods too, for as long as in the full replay at that time.
        for (std::size_t link = 0; link < full.timeline->links.size(); ++link) {
            for (const Activity& slice : fast.timeline->links[link]) {
                EXPECT_EQ(busy_between(full.timeline->links[link], slice.from, slice.to), slice.busy);
                skipped += slice.periods;
            }
        }
    }
    EXPECT_GT(skipped, 100U);
}

TEST(Timeline, ChangesNothingOfWhatIsSimulated) {
    for (std::uint64_t seed = 0; seed < kSteps; ++seed) {
        const RandomStep step(seed);
        const ReplayResult without = step.replay_with({});
        EXPECT_FALSE(without.timeline.has_value());
        EXPECT_TRUE(tests::are_equal(without, step.replay_with(with_timeline(Fidelity::Fast)))) << "seed " << seed;
    }
}

TEST(Timeline, KeepsToItsRoom) {
    constexpr std::size_t kRoom = 300;
    for (std::uint64_t seed = 0; seed < kSteps; ++seed) {
        for (const Fidelity fidelity : {Fidelity::Full, Fidelity::Fast}) {
            SCOPED_TRACE(seed);
            const RandomStep step(seed);
            const ReplayResult result = step.replay_with(with_timeline(fidelity, kRoom));
            expect_order(*result.timeline, step.array.clock);
            expect_sums(step, result);
            std::size_t slices = 0;
            const std::vector<const TimelineTrack*> tracks = tracks_of(*result.timeline);
            for (const TimelineTrack* track : tracks) slices += track->size();
            EXPECT_LE(slices, std::max(kRoom, tracks.size()));
        }
    }
}

TEST(Timeline, HasWhatEarlierRunsHaveRemembered) {
    const RandomStep step(7);
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    step.replay_with(options);
    options.timeline_slices = kPlenty;
    const ReplayResult result = step.replay_with(options);
    EXPECT_GT(result.use.events, 0U);
    expect_sums(step, result);
}

/// By accelerator the data buses' times, which the result of a whole replay does not keep.
TEST(Timeline, ShowsForHowLongVaultsMoveData) {
    for (std::uint64_t seed = 0; seed < kSteps / 2; ++seed) {
        for (const bool jumps : {false, true}) {
            const RandomStep step(seed);
            KernelRunOptions options;
            options.jumps = jumps;
            options.most_slices = kPlenty;
            const std::size_t vaults = step.array.memory.vaults;
            const Picoseconds burst_time = VaultTiming(step.array.memory).burst_time();
            std::size_t segments = 0;
            run_kernel(step.program, step.array, step.topology, options, [&](const SegmentResult& result) {
                ++segments;
                for (std::size_t i = 0; i < step.array.accelerators; ++i) {
                    const auto first = result.use.vault_bursts.begin() + static_cast<std::ptrdiff_t>(i * vaults);
                    const std::uint64_t bursts =
                        std::accumulate(first, first + static_cast<std::ptrdiff_t>(vaults), std::uint64_t{0});
                    EXPECT_EQ(busy_of(result.activity->vaults[i]), bursts * burst_time) << "seed " << seed;
                    for (const Activity& slice : result.activity->vaults[i]) {
                        EXPECT_LE(slice.busy, vaults * slice.duration()) << "seed " << seed;
                    }
                }
            });
            EXPECT_EQ(segments, step.program.segments.size());
        }
    }
}

}  // namespace
}  // namespace hypar
