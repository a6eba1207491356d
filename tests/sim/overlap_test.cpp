// Overlapped schedules: the whole array simulated at once, and what is composed of pieces, are the same.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/overlap/computed_tasks.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/replay/kernel_run.h"
#include "sim/run.h"
#include "tests/sim/overlap_schedules.h"
#include "tests/sim/random_operator_step.h"

namespace hypar {
namespace {

using tests::overlapped;
using tests::random_schedule;

void expect_equal(const OverlappedResult& whole, const OverlappedResult& composed) {
    ASSERT_EQ(whole.tasks.size(), composed.tasks.size());
    for (std::size_t index = 0; index < whole.tasks.size(); ++index) {
        const TaskTime& a = whole.tasks[index];
        const TaskTime& b = composed.tasks[index];
        ASSERT_TRUE(a == b) << "task " << a.task << "/" << b.task << " of accelerator " << a.accelerator << "/"
                            << b.accelerator << ": " << a.start << " to " << a.end << ", " << b.start << " to "
                            << b.end;
    }
    for (std::size_t segment = 0; segment < whole.counts.size(); ++segment) {
        EXPECT_EQ(EventCounts::numbers(whole.counts[segment]), EventCounts::numbers(composed.counts[segment]))
            << segment;
    }
    ASSERT_EQ(whole.links.size(), composed.links.size());
    for (std::size_t link = 0; link < whole.links.size(); ++link) {
        EXPECT_EQ(LinkUse::numbers(whole.links[link]), LinkUse::numbers(composed.links[link])) << link;
    }
    for (std::size_t i = 0; i < whole.accelerators.size(); ++i) {
        EXPECT_EQ(InterfaceUse::numbers(whole.accelerators[i]), InterfaceUse::numbers(composed.accelerators[i]));
    }
    EXPECT_EQ(whole.most_vault_bursts, composed.most_vault_bursts);
    EXPECT_EQ(whole.peak_buffer_bytes, composed.peak_buffer_bytes);
}

/// Of tasks that are not in one order.
void expect_same_times(const OverlappedResult& whole, const OverlappedResult& other) {
    const auto times = [](const OverlappedResult& result) {
        std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, Cycles, Cycles>> all;
        for (const TaskTime& task : result.tasks) {
            all.emplace(task.accelerator, task.task, task.step, task.start, task.end);
        }
        return all;
    };
    EXPECT_EQ(times(whole), times(other));
}

void expect_the_same_both_ways(std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RandomOperatorStep drawn(seed);
    const auto& [array, network, plan, step] = std::tie(drawn.array, drawn.network, drawn.plan, drawn.step);
    const ScheduleSpec schedule = random_schedule(drawn.random);
    try {
        const tests::OverlappedStep overlapped_step(network, plan, step, array, schedule);
        const OverlappedProgram& input = overlapped_step.input;
        const OverlappedResult whole = run_overlapped(input, tests::full());
        expect_equal(whole, run_overlapped(input, {}));
        const ComputedTasks computed(input, {});
        expect_same_times(whole, simulate_network(input, computed, {}));
        const std::optional<OverlappedResult> composed = compose_pieces(input, computed, {});
        if (composed) expect_same_times(whole, *composed);
    } catch (const ConfigError& error) {
        // A tile that does not fit the random buffer, or groups that are cut: a mistake of the input.
        SUCCEED() << error.what();
    } catch (const RunError& error) {
        ADD_FAILURE() << error.what();
    }
}

/// A step of a small network, with all of its checks.
RunReport step_of(const ArraySpec& array, const ScheduleSpec& schedule, const Network& network, const Plan& plan,
                  std::uint64_t batch) {
    const StepShape step{batch, 4, PartialSums::Pooled};
    RunInput input{network, array, plan, "test", step, tests::kAllPhases};
    input.schedule = schedule;
    return run_step(input);
}

struct SmallStep {
    tests::Random random{7};
    Network network = tests::random_network(random);

    RunReport on(const ArraySpec& array, const ScheduleSpec& schedule, std::uint64_t batch = 12) const {
        return step_of(array, schedule, network,
                       tests::data_plan(tests::level_count(array.accelerators), network.size()), batch);
    }
};

TEST(Overlap, AddsInTheOrderOfStagesThatDoNotWaitForEachOther) {
    // Without a barrier sums of a later stage may come first. Halving of 8 accelerators has three that add.
    const SmallStep step;
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 8);
    array.interconnect.collectives = CollectiveSpec::all(CollectiveAlgorithm::Pairwise);
    const Program program = lower(step.network, tests::data_plan(3, step.network.size()),
                                  {16, 4, PartialSums::Pooled}, tests::kAllPhases, array, overlapped());
    std::size_t waiting = 0;
    for (const Segment& segment : program.segments) {
        std::map<std::uint64_t, std::uint32_t> last;  // that adds, by where it enters
        for (std::uint32_t number = 0; number < segment.flows.size(); ++number) {
            const Flow& flow = segment.flows[number];
            if (flow.added_bytes == 0) continue;
            const auto found = last.find(flow.to);
            const std::vector<std::uint32_t> before =
                found == last.end() ? std::vector<std::uint32_t>{} : std::vector<std::uint32_t>{found->second};
            EXPECT_EQ(flow.adds_after, before);
            waiting += before.size();
            last[flow.to] = number;
        }
    }
    EXPECT_GE(waiting, 2 * 8U);
}

TEST(Overlap, OfOneAcceleratorIsTheSequentialStep) {
    const SmallStep step;
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    const RunReport report = step.on(array, overlapped());
    EXPECT_EQ(report.cycles(), step.on(array, {}).cycles());
    EXPECT_EQ(report.cycles(), report.overlap->sequential_cycles);
    EXPECT_EQ(report.overlap->accelerators.front().computing, report.cycles());
    EXPECT_EQ(report.overlap->reserved, 0);
}

TEST(Overlap, KeepsGradientsUntilTheirLateUpdates) {
    // 2x4x4 -> 3x2x2 -> 5: weights 54 and 60; of 8 samples 8 x 32 and 8 x 12 elements of feature maps, 4 B each.
    const Network network =
        tests::network_of({2, 4, 4}, {tests::convolution("conv1", 3, 3), tests::fully_connected("fc1", 5)});
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    const RunReport report = step_of(array, overlapped(), network, Plan(), 8);
    const std::vector<std::pair<std::size_t, Phase>> order = {
        {0, Phase::Forward},  {1, Phase::Forward},  {1, Phase::Backward}, {1, Phase::Gradient},
        {0, Phase::Backward}, {0, Phase::Gradient}, {1, Phase::Update},   {0, Phase::Update}};
    const std::uint64_t input = 8 * 32 * 4;
    const std::uint64_t both = input + 8 * 12 * 4;
    const std::vector<std::uint64_t> features = {both, both, both, both, input, input, 0, 0};
    const std::vector<std::uint64_t> gradients = {0, 0, 0, 60 * 4, 60 * 4, 114 * 4, 114 * 4, 54 * 4};
    ASSERT_EQ(report.step_segments.size(), order.size());
    for (std::size_t index = 0; index < order.size(); ++index) {
        SCOPED_TRACE(index);
        EXPECT_EQ(report.step_segments[index].layer, order[index].first);
        EXPECT_EQ(report.step_segments[index].phase, order[index].second);
        EXPECT_EQ(report.memory_use[index].weights, 114 * 4);
        EXPECT_EQ(report.memory_use[index].feature_maps, features[index]);
        EXPECT_EQ(report.memory_use[index].gradients, gradients[index]);
    }
}

TEST(Overlap, TakesWhatIsComputedWhereLinksAreFast) {
    const SmallStep step;
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    array.interconnect.bits_per_second = 100'000'000'000'000;
    array.interconnect.flit_bytes = 1024;
    array.interconnect.port_bits_per_second = 10'000'000'000;  // what memories have to keep up with
    array.memory.vaults = 64;
    const RunReport slow_port = step.on(array, overlapped());
    EXPECT_LT(slow_port.overlap->reserved, 0.01);
    array.interconnect.port_bits_per_second.reset();
    const RunReport report = step.on(array, overlapped());
    EXPECT_EQ(report.overlap->reserved, kMostReserved);
    EXPECT_LT(report.cycles(), slow_port.cycles());
    // What is left is latency, which does not grow with what is computed.
    const auto beyond_computing = [](const RunReport& of) {
        return static_cast<double>(of.cycles() - of.overlap->bound.computing);
    };
    const RunReport larger = step.on(array, overlapped(), 120);
    EXPECT_GT(larger.overlap->bound.computing, 3 * report.overlap->bound.computing);
    EXPECT_NEAR(beyond_computing(larger), beyond_computing(report), beyond_computing(report) / 10);
}

TEST(Overlap, TakesWhatIsExchangedWhereLinksAreSlow) {
    const SmallStep step;
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    array.interconnect.bits_per_second = 10'000'000;
    const RunReport report = step.on(array, overlapped());
    const Cycles exchanges = step.on(array, {}).communication_cycles();
    EXPECT_GE(report.cycles(), report.communication_bound() / array.clock.period);
    EXPECT_LT(report.cycles(), exchanges + report.overlap->bound.computing);
    EXPECT_LE(report.cycles(), report.overlap->sequential_cycles);
    array.interconnect.bits_per_second /= 2;
    const auto twice = static_cast<double>(2 * report.cycles());
    EXPECT_NEAR(static_cast<double>(step.on(array, overlapped()).cycles()), twice, twice / 100);
}

TEST(Overlap, OfSeveralStepsReportsTheLast) {
    const SmallStep step;
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    const RunReport one = step.on(array, overlapped());
    const RunReport ten = step.on(array, overlapped(10));
    EXPECT_EQ(ten.overlap->steps, 10U);
    EXPECT_LE(ten.cycles(), one.cycles());  // forward phases begin beside the last sums of gradients
    EXPECT_LE(ten.overlap->all_cycles, 10 * one.cycles());
    EXPECT_EQ(tests::as_tuple(ten.counts()), tests::as_tuple(one.counts()));
    EXPECT_EQ(ten.traffic_bytes, one.traffic_bytes);
}

TEST(Overlap, SumsUpGradientsInBuckets) {
    const SmallStep step;
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    const auto gradients = [](const RunReport& report) {
        return std::count_if(report.collectives.begin(), report.collectives.end(), [](const CollectiveReport& entry) {
            return entry.collective.tensor == Tensor::Gradient;
        });
    };
    const RunReport all_at_once = step.on(array, overlapped(1, 1'000'000'000));
    EXPECT_EQ(gradients(all_at_once), 1);
    const RunReport each = step.on(array, overlapped(1, 1));
    EXPECT_EQ(gradients(each), static_cast<std::ptrdiff_t>(step.network.size()));
    EXPECT_EQ(each.traffic_bytes, all_at_once.traffic_bytes);
}

TEST(Overlap, IsTheSameAsAWholeAndComposed) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) expect_the_same_both_ways(seed);
}

TEST(OverlapLong, IsTheSameAsAWholeAndComposed) {
    for (std::uint64_t seed = 1001; seed <= 1300; ++seed) expect_the_same_both_ways(seed);
}

}  // namespace
}  // namespace hypar
