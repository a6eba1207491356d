// Skipping what repeats itself must change no integer: random steps on random arrays, in full and fast.

#include "sim/fast_forward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <tuple>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/kernel_scope.h"
#include "sim/lowering.h"
#include "sim/replay.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

constexpr int kCases = 300;

/// A divisor of `value`.
std::uint64_t random_divisor(tests::Random& random, std::uint64_t value) {
    std::vector<std::uint64_t> divisors;
    for (std::uint64_t divisor = 1; divisor <= value; ++divisor) {
        if (value % divisor == 0) divisors.push_back(divisor);
    }
    return divisors[tests::draw(random, 0, divisors.size() - 1)];
}

/// Vaults of all layouts: blocks larger and smaller than all banks' rows, rows that blocks share and that they do
/// not. Their clock often divides the array's, which `clock` is.
MemorySpec random_memory(tests::Random& random, Picoseconds clock) {
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    MemorySpec memory;
    memory.capacity_bytes = 8'000'000'000;
    memory.vaults = draw(1, 6);
    memory.crossbar_cycles = draw(1, 3);
    memory.banks = draw(1, 9);
    memory.burst_bytes = draw(16, 64);
    memory.bank_interleave_bytes = memory.burst_bytes * draw(1, 4);
    memory.row_bytes = memory.bank_interleave_bytes * (draw(0, 2) == 0 ? draw(1, 4) : 1);
    const std::uint64_t rows = memory.stripe_bytes() / memory.row_bytes;
    switch (draw(0, 7)) {
        case 0: memory.interleave_bytes = memory.row_bytes * random_divisor(random, rows); break;
        case 1: {
            const std::uint64_t bursts = memory.stripe_bytes() / memory.burst_bytes;
            memory.interleave_bytes = memory.burst_bytes * random_divisor(random, bursts);
            break;
        }
        default: memory.interleave_bytes = memory.stripe_bytes() * draw(1, 1 + 2000 / memory.stripe_bytes());
    }
    memory.page = draw(0, 1) == 0 ? PagePolicy::Open : PagePolicy::Closed;
    const auto time = [&](std::uint64_t most) { return draw(1, most); };
    const Picoseconds period = draw(0, 11) == 0 ? draw(300, 1200) : clock / draw(1, 8);
    memory.timing = {period,       time(20'000), time(20'000), time(20'000), time(15'000),
                     time(30'000), time(40'000), time(5000),   time(10'000), time(8000),
                     time(8000),   time(4000),   time(30'000), time(60'000), 0};
    memory.timing.refresh_interval = memory.timing.refresh_time * draw(2, 150) + 2 * period;
    memory.vault_bits_per_second = 8 * memory.burst_bytes * kPicosecondsPerSecond / memory.timing.column_spacing;
    return memory;
}

/// Every topology of a name and a default size, either flow control, with buffers from those of which every link
/// waits to those of which none does.
InterconnectSpec random_interconnect(tests::Random& random, bool is_adaptive) {
    constexpr TopologyKind kKinds[] = {TopologyKind::HTree,          TopologyKind::Torus,   TopologyKind::Mesh,
                                       TopologyKind::Ring,           TopologyKind::FatTree, TopologyKind::Dragonfly,
                                       TopologyKind::FullyConnected, TopologyKind::HTree,   TopologyKind::Torus};
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    InterconnectSpec spec;
    spec.topology.kind = kKinds[draw(0, std::size(kKinds) - 1)];
    spec.is_per_link = draw(0, 3) == 0;
    spec.bits_per_second = draw(1, 40) * (spec.is_per_link ? 50'000'000 : 800'000'000);
    spec.link_latency = draw(1, 9000);
    spec.router_cycles = draw(1, 4);
    spec.packet_bytes = draw(3, 20) * 32;
    spec.header_bytes = draw(0, 1) * 16;
    spec.virtual_channels = draw(2, 4);
    if (is_adaptive || draw(0, 4) == 0) {
        spec.routing = RoutingRule::MinimalAdaptive;
        spec.virtual_channels = draw(3, 4);  // a ring's way out takes two
    }
    if (draw(0, 2) == 0) {
        spec.flow_control = FlowControl::Wormhole;
        spec.flit_bytes = draw(2, 8) * 32;
        spec.buffer_flits = draw(1, 12);
    } else {
        spec.flit_bytes = draw(1, 16) * 10;
        spec.buffer_flits = spec.flits_of(spec.packet_bytes) * draw(1, 5) + draw(0, 2);
    }
    return spec;
}

/// Accelerators small enough for many tiles and packets, no number of which divides another by intention.
ArraySpec random_array(tests::Random& random, bool is_adaptive) {
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    ArraySpec array;
    array.accelerators = std::uint64_t{1} << draw(0, 4);
    array.clock.period = draw(1, 6) * 1000;
    array.processing_units = draw(1, 4);
    array.pe_array = {draw(3, 12), draw(3, 14), draw(20, 224), draw(4, 12),
                      draw(6, 24), draw(1, 4),  draw(1, 4),    draw(1, 4)};
    array.buffer = {draw(6, 12) * 1024, draw(1, 3) * 64, draw(1, 8)};
    array.dma.outstanding_requests = draw(1, 8);
    array.memory = random_memory(random, array.clock.period);
    array.interconnect = random_interconnect(random, is_adaptive);
    return array;
}

/// A step with everything that it refers to.
struct RandomStep {
    explicit RandomStep(std::uint64_t seed, bool is_adaptive = false)
        : random(seed),
          array(random_array(random, is_adaptive)),
          network(tests::random_network(random)),
          plan(tests::random_plan(random, level_count(array.accelerators), network.size())),
          topology(Topology::make(array.interconnect, array.accelerators)) {
        const std::uint64_t batch = tests::draw(random, 1, 200);
        const PartialSums sums = tests::draw(random, 0, 1) == 0 ? PartialSums::Pooled : PartialSums::BeforePooling;
        program = lower(network, plan, {batch, 4, sums}, tests::kAllPhases, array);
    }

    ReplayResult replay_with(const ReplayOptions& options) const { return replay(program, array, topology, options); }

    tests::Random random;
    ArraySpec array;
    Network network;
    Plan plan;
    Topology topology;
    Program program;
};

auto as_tuple(const LinkUse& use) {
    return std::make_tuple(use.payload_bytes, use.packets, use.flits, use.busy_time, use.stalled_time,
                           use.peak_flits);
}
auto as_tuple(const InterfaceUse& use) { return std::make_tuple(use.sent_bytes, use.received_bytes); }

bool are_equal(const ReplayResult& a, const ReplayResult& b) {
    const auto equal = [](const auto& x, const auto& y, auto tuple_of) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [&](const auto& left, const auto& right) { return tuple_of(left) == tuple_of(right); });
    };
    const auto segment_tuple = [](const SegmentTotals& segment) {
        const LastWorker last = segment.last.value_or(LastWorker{});
        return std::tuple_cat(
            std::make_tuple(segment.cycles), tests::as_tuple(segment.counts),
            std::make_tuple(segment.last.has_value(), last.accelerator, last.unit, last.at, last.spent.multiply,
                            last.spent.fill, last.spent.delivery, last.spent.buffer, last.spent.drain),
            std::make_tuple(segment.busiest_link_time, segment.busiest_link, segment.busiest_vault));
    };
    return equal(a.segments, b.segments, segment_tuple) &&
           equal(a.accelerators, b.accelerators, [](const InterfaceUse& use) { return as_tuple(use); }) &&
           equal(a.links, b.links, [](const LinkUse& use) { return as_tuple(use); }) &&
           a.busiest_vault_time == b.busiest_vault_time && a.peak_buffer_bytes == b.peak_buffer_bytes;
}

ReplayOptions full() {
    ReplayOptions options;
    options.fidelity = Fidelity::Full;
    return options;
}

TEST(FastForward, FindsTheSameIntegersAsTheFullReplay) {
    int skipping = 0;
    int jumping = 0;
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
        const RandomStep step(seed);
        const ReplayResult whole = step.replay_with(full());
        const ReplayResult fast = step.replay_with({});
        ASSERT_TRUE(are_equal(whole, fast)) << "seed " << seed;
        EXPECT_EQ(whole.use.jumps, 0U);
        skipping += fast.use.events < whole.use.events ? 1 : 0;
        jumping += fast.use.jumps > 0 ? 1 : 0;
    }
    EXPECT_GT(skipping, kCases * 9 / 10);
    EXPECT_GT(jumping, kCases * 6 / 10);
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
        EXPECT_TRUE(are_equal(first, step.replay_with(full()))) << "seed " << seed;
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
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
        const RandomStep step(seed);
        const ReplayResult whole = step.replay_with(full());
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
