// Skipping what repeats itself must change no integer: random steps on random arrays, in full and fast.

#include "sim/replay/fast_forward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "arch/array/array_model.h"
#include "arch/kernel/kernel_scope.h"
#include "base/error.h"
#include "sim/replay/replay.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
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
    EXPECT_GT(jumping, cases * 6 / 10);
}

TEST(FastForward, FindsTheSameIntegersAsTheFullReplay) { expect_same_as_full_replay(0, kCases); }

TEST(FastForwardLong, FindsTheSameIntegersAsTheFullReplay) { expect_same_as_full_replay(kCases, 220); }

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

/// Lets pass all but what lies in the queues of the component that is shown first: its values that are no times.
class QueueHider final : public StateVisitor {
public:
    QueueHider(StateVisitor& visitor, std::uint64_t hidden_values)
        : visitor_(visitor), hidden_values_(hidden_values) {}

    Picoseconds now() const override { return visitor_.now(); }
    void value(std::uint64_t value) override { visitor_.value(seen_++ < hidden_values_ ? 0 : value); }
    void time(Picoseconds& time) override { visitor_.time(time); }
    void since(Picoseconds& time) override { visitor_.since(time); }
    void counter(std::uint64_t& counter) override { visitor_.counter(counter); }
    void remaining(std::uint64_t& remaining) override { visitor_.remaining(remaining); }
    void lead(std::uint64_t lead, std::uint64_t enough, std::uint64_t taken, std::uint64_t waits) override {
        visitor_.lead(lead, enough, taken, waits);
    }
    void place(std::uint64_t& place, std::uint64_t in_work, const WorkSequence& sequence) override {
        visitor_.place(place, in_work, sequence);
    }
    std::uint64_t turn(std::uint64_t position, std::uint64_t size) override { return visitor_.turn(position, size); }
    void counters_on_ring(std::vector<std::uint64_t>& counters) override { visitor_.counters_on_ring(counters); }
    void opaque(const char* name) override { visitor_.opaque(name); }

private:
    StateVisitor& visitor_;
    std::uint64_t hidden_values_;
    std::uint64_t seen_ = 0;
};

/// Counts the values that it is shown.
class Counter final : public StateVisitor {
public:
    explicit Counter(Picoseconds now) : now_(now) {}

    Picoseconds now() const override { return now_; }
    void value(std::uint64_t) override { ++values_; }
    void time(Picoseconds&) override {}
    void since(Picoseconds&) override {}
    void counter(std::uint64_t&) override {}
    void remaining(std::uint64_t&) override {}
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
    void place(std::uint64_t&, std::uint64_t, const WorkSequence&) override {}
    std::uint64_t turn(std::uint64_t, std::uint64_t) override { return 0; }
    void counters_on_ring(std::vector<std::uint64_t>&) override {}
    void opaque(const char*) override {}

    std::uint64_t values() const { return values_; }

private:
    Picoseconds now_;
    std::uint64_t values_ = 0;
};

/// Whether `check` fails, in a process of its own: what has been broken may also end it, or never end.
template <typename Check>
bool fails_in_child(Check check) {
    const pid_t child = fork();
    if (child == 0) {
        std::fclose(stderr);
        alarm(60);
        try {
            _exit(check() ? 0 : 1);
        } catch (const RunError&) {  // a standstill
            _exit(1);
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status != 0;
}

TEST(FastForward, IsCaughtWhenAComponentHidesItsQueues) {
    ReplayOptions broken;
    broken.offer_state = [](ArrayModel& model, StateVisitor& visitor) {
        Counter counter(visitor.now());
        model.accelerators().front()->offer_state(counter);
        QueueHider hider(visitor, counter.values());
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
