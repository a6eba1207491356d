// Flows that pass on what comes to them: a fast replay finds what a full one finds, and all bytes go where they
// should.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "arch/array/array_model.h"
#include "sim/replay/replay.h"
#include "tests/sim/conserved.h"
#include "tests/sim/hiding.h"
#include "tests/sim/random_flows.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::full;
using tests::RandomExchange;

/// One exchange on the paper's array with wires of so many Gb/s between its accelerators, packets of 1 KiB.
struct Exchange {
    Exchange(const std::vector<std::tuple<std::size_t, std::size_t, std::uint64_t>>& wires,
             std::uint64_t accelerators, std::vector<Flow> flows)
        : array(tests::hpca19(TopologyKind::Graph, accelerators)) {
        for (const auto& [from, to, gigabits] : wires) {
            array.interconnect.topology.edges.push_back(
                {"acc" + std::to_string(from), "acc" + std::to_string(to), true, gigabits * 1'000'000'000, {}, {}});
        }
        topology = Topology::make(array.interconnect, accelerators);
        program.segments.emplace_back();
        program.segments.front().flows = std::move(flows);
    }

    ReplayResult replay_with(const ReplayOptions& options) const { return replay(program, array, topology, options); }

    ArraySpec array;
    Topology topology;
    Program program;
};

constexpr std::uint64_t kPacket = 1024;

/// 2 passes on to 3 what comes from 0 and 1. From 0 it comes early and slowly; from 1 late, when 3 has sent to 1, and
/// faster, so that it overtakes what comes from 0.
Exchange overtaking() {
    constexpr std::uint64_t kBytes = 300 * kPacket;
    Flow late = plain_flow(1, 2, kBytes, false);
    late.after = {1};
    return Exchange(
        {{0, 2, 1}, {1, 2, 4}, {2, 3, 8}, {1, 3, 1}}, 4,
        {plain_flow(0, 2, kBytes, false), plain_flow(3, 1, kBytes / 2, false), late, {2, 3, kBytes, 0, 0, {0, 2}}});
}

/// 1 passes on to 2 the first 100.9 packets of what comes from 0, of which 10.4 are added. So when a full packet has
/// come, 0.4 of one have been there before; the last half packet may go with the one before it.
Exchange small_last_packet() {
    constexpr std::uint64_t kTenth = kPacket / 10;
    Flow passed_on{1, 2, 100 * kPacket + 9 * kTenth, 10 * kPacket + 4 * kTenth, 0, {0}};
    return Exchange({{0, 1, 1}, {1, 2, 4}}, 3, {plain_flow(0, 1, 200 * kPacket, false), std::move(passed_on)});
}

/// 2 adds what comes from 1 behind what comes from 0. From 0 it comes early and slowly, from 1 late and faster, so
/// that from some time on its packets wait.
Exchange catching_up() {
    constexpr std::uint64_t kBytes = 300 * kPacket;
    Flow late = plain_flow(1, 2, kBytes, true);
    late.after = {1};
    late.adds_behind = {0};
    return Exchange({{0, 2, 1}, {1, 2, 4}, {1, 3, 1}}, 4,
                    {plain_flow(0, 2, kBytes, true), plain_flow(3, 1, kBytes / 2, false), late});
}

TEST(Flows, AreTheSameInFullAndFastWhereWhatTheyWaitForChanges) {
    for (const Exchange& exchange : {overtaking(), small_last_packet(), catching_up()}) {
        const ReplayResult fast = exchange.replay_with({});
        EXPECT_TRUE(are_equal(exchange.replay_with(full()), fast));
        EXPECT_GT(fast.use.jumps, 0U);
    }
}

TEST(Flows, AreCaughtWhenTheyHideHowFarTheyMayGo) {
    ReplayOptions broken;
    broken.offer_state = [](ArrayModel& model, StateVisitor& visitor) {
        tests::LeadHider hider(visitor);
        model.offer_state(hider);
    };
    for (const Exchange& exchange : {overtaking(), small_last_packet(), catching_up()}) {
        const ReplayResult whole = exchange.replay_with(full());
        EXPECT_FALSE(tests::fails_in_child([&] { return are_equal(whole, exchange.replay_with({})); }));
        EXPECT_TRUE(tests::fails_in_child([&] { return are_equal(whole, exchange.replay_with(broken)); }));
    }
}

void expect_same_in_full_and_fast(std::uint64_t first, std::uint64_t cases) {
    tests::expect_same_in_full_and_fast<RandomExchange>(first, cases, [](const auto&, const auto&) {});
}

TEST(Flows, OfAnyKindAreTheSameInFullAndFast) { expect_same_in_full_and_fast(0, 30); }

TEST(FlowsLong, OfAnyKindAreTheSameInFullAndFast) { expect_same_in_full_and_fast(30, 500); }

TEST(Flows, AreShownAtTheSameTimesInFullAndFast) {
    const auto times_of = [](const RandomExchange& exchange, Fidelity fidelity) {
        ReplayOptions options;
        options.fidelity = fidelity;
        options.timeline_slices = 1000;
        const ReplayResult result = exchange.replay_with(options);
        std::vector<Picoseconds> times;
        for (const TimelineTransfer& transfer : result.timeline->transfers) {
            EXPECT_LT(transfer.sent, transfer.received);
            times.insert(times.end(), {transfer.from, transfer.to, transfer.bytes, transfer.sent, transfer.received});
        }
        EXPECT_EQ(times.size(), 5 * exchange.program.segments.front().flows.size());
        return times;
    };
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const RandomExchange exchange(seed, 100);
        EXPECT_EQ(times_of(exchange, Fidelity::Full), times_of(exchange, Fidelity::Fast)) << "seed " << seed;
    }
}

TEST(Flows, AreKnownByAllTheirNumbers) {
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    Exchange exchange = overtaking();
    const auto expect_anew = [&] {
        EXPECT_TRUE(are_equal(exchange.replay_with(options), exchange.replay_with(full())));
    };
    expect_anew();
    std::vector<Flow>& flows = exchange.program.segments.front().flows;
    flows[2].after.clear();
    expect_anew();
    flows[3].follows = {0};
    expect_anew();
    flows[3].own_bytes = flows[3].bytes / 2;
    expect_anew();
    flows[3].added_bytes = flows[3].bytes / 3;
    expect_anew();
    flows[0].added_bytes = flows[0].bytes;
    flows[2].added_bytes = flows[2].bytes;
    expect_anew();
    flows[2].adds_behind = {0};
    expect_anew();
    flows[2].adds_behind.clear();
    flows[2].adds_after = {0};
    expect_anew();
    flows[2].adds_after.clear();
    std::swap(flows[0], flows[1]);
    flows[3].follows = {1};
    expect_anew();
}

}  // namespace
}  // namespace hypar
