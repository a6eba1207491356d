// Skipping what repeats itself must change no integer: random steps on random arrays, in full and fast.

#include "sim/replay/fast_forward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "arch/array/array_model.h"
#include "arch/kernel/kernel_scope.h"
#include "sim/replay/replay.h"
#include "tests/sim/hiding.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::expect_fast_as_full;
using tests::fails_in_child;
using tests::full;
using tests::RandomStep;

constexpr int kCases = 80;

/// The full replay of a random step; several tests compare with it.
const ReplayResult& whole_of(std::uint64_t seed) {
    static std::map<std::uint64_t, ReplayResult> known;
    const auto found = known.find(seed);
    return found != known.end() ? found->second
                                : known.emplace(seed, RandomStep(seed).replay_with(full())).first->second;
}

void expect_same_as_full_replay(std::uint64_t first, int cases) {
    int skipping = 0;
    int jumping = 0;
    for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(cases); ++seed) {
        const RandomStep step(seed);
        const ReplayResult& whole = whole_of(seed);
        const ReplayResult fast = step.replay_with({});
        ASSERT_TRUE(are_equal(whole, fast)) << "seed " << seed;
        EXPECT_EQ(whole.use.jumps, 0U);
        skipping += fast.use.events < whole.use.events ? 1 : 0;
        jumping += fast.use.jumps > 0 ? 1 : 0;
    }
    EXPECT_GT(skipping, cases * 9 / 10);
    EXPECT_GT(jumping, cases / 2);
}

TEST(FastForward, FindsTheSameIntegersAsTheFullReplay) { expect_same_as_full_replay(0, kCases); }

TEST(FastForwardLong, FindsTheSameIntegersAsTheFullReplay) { expect_same_as_full_replay(kCases, 220); }

TEST(FastForward, FindsTheSameIntegersForEveryKindOfProcessingElements) {
    for (const Choice<PeArrayKind>& kind : PeArraySpec::kKinds) {
        SCOPED_TRACE(kind.name);
        expect_fast_as_full(0, 20, 8, [&](std::uint64_t seed) { return RandomStep(seed, false, kind.value); });
    }
}

RandomStep step_where_vaults_reorder(std::uint64_t seed) {
    RandomStep step(seed);
    step.array.memory.scheduler = VaultScheduler::FrFcfs;
    step.array.memory.window = std::uint64_t{1} << seed % 6;
    return step;
}

TEST(FastForward, FindsTheSameIntegersWhereVaultsReorder) {
    expect_fast_as_full(0, 50, 50 / 3, step_where_vaults_reorder);
}

TEST(FastForwardLong, FindsTheSameIntegersWhereVaultsReorder) {
    expect_fast_as_full(50, 200, 200 / 3, step_where_vaults_reorder);
}

TEST(FastForward, IsExactWhereAdaptivePacketsChooseAmongBusyLinks) {
    // Among thousands of steps those in which a choice shows whether it followed from the state alone: routers that
    // chose as soon as a packet came, by the credits that they had seen by then, did not repeat themselves.
    for (const std::uint64_t seed : {2115U, 2462U}) {
        const RandomStep step(seed, true);
        EXPECT_TRUE(are_equal(step.replay_with(full()), step.replay_with({}))) << "seed " << seed;
    }
}

TEST(FastForward, RemembersPiecesFromRunToRun) {
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const RandomStep step(seed);
        const ReplayResult first = step.replay_with(options);
        const ReplayResult again = step.replay_with(options);
        EXPECT_TRUE(are_equal(first, whole_of(seed))) << "seed " << seed;
        EXPECT_TRUE(are_equal(first, again)) << "seed " << seed;
        EXPECT_EQ(again.use.events, 0U);
        EXPECT_EQ(again.use.simulated_pieces, 0U);
    }
}

TEST(FastForward, MixesNothingUpBetweenArrays) {
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    RandomStep step(7);
    step.replay_with(options);
    const auto expect_anew = [&] {
        step.topology = Topology::make(step.array.interconnect, step.array.accelerators);
        EXPECT_TRUE(are_equal(step.replay_with(options), step.replay_with(full())));
    };
    step.array.memory.timing.column_latency += 50'000;
    expect_anew();
    step.array.memory.page = step.array.memory.page == PagePolicy::Open ? PagePolicy::Closed : PagePolicy::Open;
    expect_anew();
    step.array.memory.scheduler = VaultScheduler::FrFcfs;
    expect_anew();
    step.array.memory.window = 2;
    expect_anew();
    step.array.interconnect.bits_per_second *= 2;
    expect_anew();
    InterconnectSpec& interconnect = step.array.interconnect;
    interconnect.header_bytes += 8;
    interconnect.buffer_flits = 4 * interconnect.flits_of(interconnect.packet_bytes);
    expect_anew();
    interconnect.buffer_flits -= 1;
    expect_anew();
    interconnect.flit_bytes += 3;
    expect_anew();
    interconnect.flow_control =
        interconnect.flow_control == FlowControl::Wormhole ? FlowControl::VirtualCutThrough : FlowControl::Wormhole;
    expect_anew();
    interconnect.virtual_channels = 4;
    interconnect.routing = interconnect.routing == RoutingRule::Deterministic ? RoutingRule::MinimalAdaptive
                                                                              : RoutingRule::Deterministic;
    expect_anew();
    step.array.pe_array.columns += 1;
    expect_anew();
}

TEST(FastForward, IsCaughtWhenAComponentHidesItsQueues) {
    ReplayOptions broken;
    broken.offer_state = [](ArrayModel& model, StateVisitor& visitor) {
        tests::ValueCounter counter(visitor.now());
        model.accelerators().front()->offer_state(counter);
        tests::QueueHider hider(visitor, counter.values());
        model.offer_state(hider);
    };
    int caught = 0;
    for (std::uint64_t seed = 0; seed < kCases && caught <= kCases / 20; ++seed) {
        const RandomStep step(seed);
        const ReplayResult& whole = whole_of(seed);
        caught += fails_in_child([&] { return are_equal(whole, step.replay_with(broken)); }) ? 1 : 0;
    }
    EXPECT_GT(caught, kCases / 20);
}

/// Five items in a row that equal the one two further on.
class FiveRepeats final : public WorkSequence {
public:
    std::uint64_t repeats(std::uint64_t, std::uint64_t distance, std::uint64_t at_most) const override {
        return distance == 2 ? std::min<std::uint64_t>(5, at_most) : 0;
    }
};

TEST(FastForward, CountsTheItemsInWorkOfEveryUnit) {
    // Of five, the items in work and one beyond are needed beside whole periods of two: with one in work there is
    // room for (5 - 2) / 2 = 1 period, with three for (5 - 4) / 2 = 0, whoever is shown first.
    const auto jumps = [](const std::vector<std::uint64_t>& in_work) {
        const KernelScope kernel;
        Calendar calendar("calendar");
        const FiveRepeats sequence;
        std::vector<std::uint64_t> places(in_work.size(), 10);
        FastForward fast_forward(calendar, Clock{1000}, [&](StateVisitor& visitor) {
            for (std::size_t unit = 0; unit < in_work.size(); ++unit) {
                visitor.place(places[unit], in_work[unit], sequence);
            }
        });
        fast_forward.look(4000);
        for (std::uint64_t& place : places) place += 2;
        fast_forward.look(6000);
        return fast_forward.use().jumps;
    };
    EXPECT_EQ(jumps({1, 1}), 1U);
    EXPECT_EQ(jumps({3, 1}), 0U);
    EXPECT_EQ(jumps({1, 3}), 0U);
}

/// How far a jump goes in which what is left, plenty of it, shrinks by 10 of 1000 in each period of 1000 ps, and a
/// lead changes from `before` to `after` when 10 have been taken, of which 4 are enough. `waits` are those of the
/// period.
Picoseconds jump_with_lead(std::uint64_t before, std::uint64_t after, std::uint64_t waits) {
    const KernelScope kernel;
    Calendar calendar("calendar");
    std::uint64_t left = 1000;
    std::uint64_t lead = before;
    std::uint64_t waited = 7;
    FastForward fast_forward(calendar, Clock{1000}, [&](StateVisitor& visitor) {
        visitor.remaining(left);
        visitor.lead(lead, 4, 1000 - left, waited);
    });
    fast_forward.look(4000);
    left -= 10;
    lead = after;
    waited += waits;
    fast_forward.look(5000);
    return fast_forward.use().skipped_time;
}

TEST(FastForward, JumpsAsFarAsALeadLasts) {
    // 990 are left, of which one must stay: 98 periods.
    constexpr Picoseconds kAll = 98'000;
    // A lead that comes back is the same in every period, whether it is waited for or not.
    EXPECT_EQ(jump_with_lead(3, 3, 5), kAll);
    EXPECT_EQ(jump_with_lead(50, 50, 5), kAll);
    // One that grows and has never been too small never will be; if it has been, it will be no more.
    EXPECT_EQ(jump_with_lead(50, 53, 0), kAll);
    EXPECT_EQ(jump_with_lead(50, 53, 1), 0U);
    EXPECT_EQ(jump_with_lead(4, 5, 0), kAll);
    // One that shrinks by 3 to 50 must not fall below 4 when all 10 of a period are taken: from 14 on it may. (50 -
    // 14) / 3 = 12 periods; from 16 on none, from 17 on one.
    EXPECT_EQ(jump_with_lead(53, 50, 0), 12'000U);
    EXPECT_EQ(jump_with_lead(53, 50, 1), 0U);
    EXPECT_EQ(jump_with_lead(20, 17, 0), 1000U);
    EXPECT_EQ(jump_with_lead(19, 16, 0), 0U);
    EXPECT_EQ(jump_with_lead(15, 12, 0), 0U);
    // Below what is enough, states of different leads are different.
    EXPECT_EQ(jump_with_lead(3, 2, 0), 0U);
    EXPECT_EQ(jump_with_lead(3, 4, 0), 0U);
}

TEST(FastForward, MovesWhatIsShownBehindALeadByItsOwnGrowth) {
    const KernelScope kernel;
    Calendar calendar("calendar");
    std::uint64_t left = 1000;
    std::uint64_t counter = 5;
    FastForward fast_forward(calendar, Clock{1000}, [&](StateVisitor& visitor) {
        visitor.remaining(left);
        visitor.lead(left + 100, 4, 1000 - left, 0);
        visitor.counter(counter);
    });
    fast_forward.look(4000);
    left -= 10;
    counter += 2;
    fast_forward.look(5000);
    EXPECT_EQ(left, 990U - 98 * 10);
    EXPECT_EQ(counter, 7U + 98 * 2);
}

TEST(FastForward, ReplaysInFullWhatDoesNotShowItsState) {
    ReplayOptions opaque;
    opaque.offer_state = [](ArrayModel& model, StateVisitor& visitor) {
        model.offer_state(visitor);
        visitor.opaque("array.secret");
    };
    const RandomStep step(2);
    const ReplayResult result = step.replay_with(opaque);
    EXPECT_TRUE(are_equal(result, step.replay_with(full())));
    EXPECT_EQ(result.use.jumps, 0U);
    EXPECT_EQ(result.use.without_state, std::set<std::string>{"array.secret"});
    EXPECT_GT(step.replay_with({}).use.jumps, 0U);
}

}  // namespace
}  // namespace hypar
