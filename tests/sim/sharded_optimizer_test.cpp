// Optimizer state that is divided among those that sum up a gradient: less memory, shorter updates, as many bytes.

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/plan_time.h"
#include "sim/run.h"
#include "tests/sim/random_step.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using tests::draw;

constexpr std::uint64_t kWordsOfAdam = 2;

StepShape step_with(OptimizerState state, std::uint64_t batch = 12) {
    return {batch, 4, PartialSums::Pooled, kWordsOfAdam, state};
}

/// 2x4x4 -> 3x2x2 -> 5: weights 2 x 3 x 9 = 54 and 12 x 5 = 60.
Network two_layers() {
    return tests::network_of({2, 4, 4}, {tests::convolution("conv1", 3, 3), tests::fully_connected("fc1", 5)});
}

ScheduleSpec overlapped(std::uint64_t steps = 1, std::uint64_t bucket = 25'000'000) {
    ScheduleSpec schedule;
    schedule.kind = ScheduleKind::Overlapped;
    schedule.steps = steps;
    schedule.bucket_bytes = bucket;
    return schedule;
}

RunReport run_with(OptimizerState state, const ArraySpec& array, const Network& network, const Plan& plan,
                   const ScheduleSpec& schedule = {}) {
    RunInput input{network, array, plan, "test", step_with(state), tests::kAllPhases};
    input.schedule = schedule;
    return run_step(input);
}

/// Of a kind of tensor, by layer, in the fullest accelerator.
std::vector<std::uint64_t> stored(const Network& network, const Plan& plan, OptimizerState state,
                                  StoredTensor tensor) {
    std::vector<std::uint64_t> bytes;
    for (const MemoryRegion& region : fullest_layout(network, plan, step_with(state), tests::kAllPhases).regions) {
        if (region.tensor == tensor) bytes.push_back(region.bytes);
    }
    return bytes;
}

std::uint64_t sum_of(const std::vector<std::uint64_t>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

/// "all-reduce gradient", in the program's order.
std::vector<std::string> collectives_of(const Program& program) {
    std::vector<std::string> names;
    for (const ProgramCollective& collective : program.collectives) {
        if (collective.tensor == Tensor::FeatureMaps || collective.tensor == Tensor::Error) continue;
        names.push_back(std::string(name_of(collective.kind)) + " " + name_of(collective.tensor));
    }
    return names;
}

TEST(ShardedOptimizer, KeepsAPartOfItsState) {
    const Network network = two_layers();
    // Of 54 and 60 weights: thirds are 18 and 20; halves of halves 14 at most, and 15.
    const Plan thirds = Plan::from_strings({"00"}, 2, Levels({3}));
    EXPECT_THAT(stored(network, thirds, OptimizerState::Whole, StoredTensor::OptimizerState),
                ElementsAre(2 * 54 * 4, 2 * 60 * 4));
    EXPECT_THAT(stored(network, thirds, OptimizerState::Sharded, StoredTensor::OptimizerState),
                ElementsAre(2 * 18 * 4, 2 * 20 * 4));
    EXPECT_THAT(
        stored(network, Plan::from_strings({"00", "00"}, 2), OptimizerState::Sharded, StoredTensor::OptimizerState),
        ElementsAre(2 * 14 * 4, 2 * 15 * 4));
    // What several hold alike is divided, at levels of data and of rows: conv1's 54, and 40 of fc1's, whose inputs
    // are the three channels of conv1 after rows were split, two for one half and one for the other.
    EXPECT_THAT(
        stored(network, Plan::from_strings({"31", "00"}, 2), OptimizerState::Sharded, StoredTensor::OptimizerState),
        ElementsAre(2 * 14 * 4, 2 * 20 * 4));
    for (const StoredTensor tensor : {StoredTensor::Weights, StoredTensor::Gradients, StoredTensor::FeatureMaps}) {
        EXPECT_EQ(stored(network, thirds, OptimizerState::Whole, tensor),
                  stored(network, thirds, OptimizerState::Sharded, tensor));
    }
}

TEST(ShardedOptimizer, FitsWhereAWholeOneDoesNot) {
    const Network network = two_layers();
    const Plan plan = Plan::from_strings({"00", "00"}, 2);
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    array.memory.capacity_bytes =
        fullest_layout(network, plan, step_with(OptimizerState::Sharded), tests::kAllPhases).bytes();
    EXPECT_NO_THROW(run_with(OptimizerState::Sharded, array, network, plan));
    EXPECT_THROW(run_with(OptimizerState::Whole, array, network, plan), ConfigError);
}

TEST(ShardedOptimizer, UpdatesAPart) {
    const Network network = tests::network_of({3, 1, 1}, {tests::fully_connected("fc1", 100'000)});
    const Plan plan = tests::data_plan(3, 1);
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 8);
    const RunReport whole = run_with(OptimizerState::Whole, array, network, plan);
    const RunReport sharded = run_with(OptimizerState::Sharded, array, network, plan);
    const auto update = [](const RunReport& report) {
        return report.layers[0].phases[static_cast<std::size_t>(Phase::Update)];
    };
    EXPECT_EQ(update(whole).counts.macs, 8U * 3 * 300'000);
    EXPECT_EQ(update(sharded).counts.macs, 3U * 300'000);
    EXPECT_NEAR(static_cast<double>(update(sharded).compute_cycles),
                static_cast<double>(update(whole).compute_cycles) / 8,
                static_cast<double>(update(whole).compute_cycles) / 80);
    EXPECT_EQ(sharded.traffic_bytes, whole.traffic_bytes);
    EXPECT_EQ(update(sharded).counts.sent_bytes, whole.traffic_bytes / 2);
}

TEST(ShardedOptimizer, IsNoOtherWhereNobodySumsUpAGradient) {
    const Network network = two_layers();
    const Plan plan = Plan::from_strings({"11", "22"}, 2);
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    for (const ScheduleSpec& schedule : {ScheduleSpec{}, overlapped()}) {
        const RunReport whole = run_with(OptimizerState::Whole, array, network, plan, schedule);
        const RunReport sharded = run_with(OptimizerState::Sharded, array, network, plan, schedule);
        EXPECT_EQ(sharded.cycles(), whole.cycles());
        EXPECT_EQ(sharded.memory.bytes(), whole.memory.bytes());
        EXPECT_EQ(tests::as_tuple(sharded.counts()), tests::as_tuple(whole.counts()));
    }
}

TEST(ShardedOptimizer, GathersWeightsBehindTheirUpdate) {
    const Network network = two_layers();
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    const Plan plan = Plan::from_strings({"00", "00"}, 2);
    const auto program_of = [&](OptimizerState state, const ScheduleSpec& schedule) {
        return lower(network, plan, step_with(state), tests::kAllPhases, array, schedule);
    };
    EXPECT_THAT(collectives_of(program_of(OptimizerState::Whole, {})),
                ElementsAre("all-reduce gradient", "all-reduce gradient"));
    EXPECT_THAT(collectives_of(program_of(OptimizerState::Sharded, {})),
                ElementsAre("reduce-scatter gradient", "all-gather weights", "reduce-scatter gradient",
                            "all-gather weights"));
    EXPECT_THAT(collectives_of(program_of(OptimizerState::Sharded, overlapped())),
                ElementsAre("reduce-scatter gradient", "all-gather weights"));
    EXPECT_THAT(collectives_of(program_of(OptimizerState::Sharded, overlapped(1, 240))),
                ElementsAre("reduce-scatter gradient", "all-gather weights", "reduce-scatter gradient",
                            "all-gather weights"));
    const Program without_update =
        lower(network, plan, step_with(OptimizerState::Sharded), {Phase::Forward, Phase::Gradient}, array);
    EXPECT_THAT(collectives_of(without_update), ElementsAre("reduce-scatter gradient", "reduce-scatter gradient"));
}

/// When the last accelerator has done a task of a step.
Cycles end_of(const OverlappedResult& result, std::uint32_t task, std::uint32_t step) {
    Cycles end = 0;
    for (const TaskTime& time : result.tasks) {
        if (time.task == task && time.step == step) end = std::max(end, time.end);
    }
    return end;
}

Cycles start_of(const OverlappedResult& result, std::uint32_t task, std::uint32_t step) {
    Cycles start = UINT64_MAX;
    for (const TaskTime& time : result.tasks) {
        if (time.task == task && time.step == step) start = std::min(start, time.start);
    }
    return start;
}

TEST(ShardedOptimizer, LetsTheNextStepBeginWithWholeWeights) {
    const Network network = two_layers();
    const Plan plan = tests::data_plan(1, 2);
    const StepShape step = step_with(OptimizerState::Sharded);
    const ScheduleSpec schedule = overlapped(2, 1);
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    const Program program = lower(network, plan, step, tests::kAllPhases, array, schedule);
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    const StepGraph graph = derive_step(network, tests::kAllPhases, step.batch, step.optimizer_words);
    const OverlappedProgram input(program, task_graph(network, graph, program), share_memory(array, topology),
                                  topology, schedule);
    const OverlappedResult result = run_overlapped(input, {});
    const auto segment_of = [&](std::size_t layer, Phase phase, Tensor tensor) {
        for (const ProgramCollective& collective : program.collectives) {
            if (collective.layer == layer && collective.phase == phase && collective.tensor == tensor) {
                return static_cast<std::uint32_t>(collective.first_segment);
            }
        }
        ADD_FAILURE() << "nothing moves";
        return std::uint32_t{0};
    };
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const auto part = [&](Phase phase) {
            for (std::size_t number = 0; number < graph.operators.size(); ++number) {
                const StepOperator& found = graph.operators[number];
                if (found.layer == layer && found.phase == phase) {
                    return static_cast<std::uint32_t>(program.operator_segments[number]);
                }
            }
            return UINT32_MAX;
        };
        const std::uint32_t sums = segment_of(layer, Phase::Gradient, Tensor::Gradient);
        const std::uint32_t weights = segment_of(layer, Phase::Update, Tensor::Weights);
        EXPECT_GE(start_of(result, part(Phase::Update), 0), end_of(result, sums, 0));
        EXPECT_GE(start_of(result, weights, 0), end_of(result, part(Phase::Update), 0));
        EXPECT_GE(start_of(result, part(Phase::Forward), 1), end_of(result, weights, 0));
    }
}

/// An embedding, whose table a head uses as well, and a layer between them.
Network tied() {
    LayerSpec table;
    table.name = "table";
    table.type = LayerType::Embedding;
    table.vocabulary = 11;
    table.out_channels = 6;
    LayerSpec head = tests::fully_connected("head", 11);
    head.weights_of = "table";
    return tests::network_of(FeatureShape::sequence(5, 1), {table, tests::fully_connected("between", 6), head});
}

TEST(ShardedOptimizer, OfWeightsThatTwoLayersUseIsOne) {
    const Network network = tied();
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    const auto program_of = [&](const std::vector<std::string>& plan) {
        return lower(network, Plan::from_strings(plan, 3), step_with(OptimizerState::Sharded), tests::kAllPhases,
                     array);
    };
    // Of all three layers' gradients the head's is a part of the table's.
    const Program alike = program_of({"000", "000"});
    EXPECT_THAT(collectives_of(alike), ElementsAre("reduce-scatter gradient", "all-gather weights",
                                                   "reduce-scatter gradient", "all-gather weights"));
    // A head that divides its inputs at H1 has a copy of half of the table, which is summed up for itself.
    EXPECT_THAT(collectives_of(program_of({"001", "000"})),
                ElementsAre("all-reduce gradient", "reduce-scatter gradient", "all-gather weights",
                            "reduce-scatter gradient", "all-gather weights"));
    for (const ScheduleSpec& schedule : {ScheduleSpec{}, overlapped(2)}) {
        for (const std::vector<std::string>& plan :
             {std::vector<std::string>{"000", "000"}, {"001", "000"}, {"302", "120"}}) {
            const RunReport whole =
                run_with(OptimizerState::Whole, array, network, Plan::from_strings(plan, 3), schedule);
            const RunReport sharded =
                run_with(OptimizerState::Sharded, array, network, Plan::from_strings(plan, 3), schedule);
            EXPECT_EQ(sharded.traffic_bytes, whole.traffic_bytes);
        }
    }
}

/// Full and fast are the same, the bytes are the plan's, with every algorithm; the runs' own checks hold.
void expect_sharded_step(std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::Random random(seed);
    ArraySpec array = tests::random_array(random, false);
    constexpr CollectiveAlgorithm kAlgorithms[] = {CollectiveAlgorithm::Pairwise, CollectiveAlgorithm::Ring,
                                                   CollectiveAlgorithm::Bucket,   CollectiveAlgorithm::Direct,
                                                   CollectiveAlgorithm::Tree,     CollectiveAlgorithm::Best};
    array.interconnect.collectives = CollectiveSpec::all(kAlgorithms[seed % std::size(kAlgorithms)]);
    const Network network = tests::random_network(random);
    const Plan plan = tests::random_plan(random, tests::level_count(array.accelerators), network.size());
    RunInput input{network,          array, plan, "random", step_with(OptimizerState::Sharded, draw(random, 1, 40)),
                   tests::kAllPhases};
    if (draw(random, 0, 1) == 1) input.schedule = overlapped(draw(random, 1, 2), draw(random, 1, 5000));
    input.capacity = CapacityRule::Report;
    try {
        const RunReport fast = run_step(input);
        const RunReport full = run_step(input, tests::full());
        EXPECT_EQ(fast.cycles(), full.cycles());
        EXPECT_EQ(tests::as_tuple(fast.counts()), tests::as_tuple(full.counts()));
        EXPECT_EQ(fast.traffic_bytes,
                  sum_of(traffic_bytes(plan_exchanges(network, plan, input.step), plan.levels())));
        input.step.optimizer_state = OptimizerState::Whole;
        const RunReport whole = run_step(input);
        EXPECT_EQ(fast.traffic_bytes, whole.traffic_bytes);
        EXPECT_EQ(fast.counts().adds, whole.counts().adds);
        EXPECT_LE(fast.memory.bytes(), whole.memory.bytes());
    } catch (const ConfigError& error) {
        SUCCEED() << error.what();  // a tile that does not fit the random buffer
    } catch (const RunError& error) {
        ADD_FAILURE() << error.what();
    }
}

TEST(ShardedOptimizer, RepeatsTheSameFullAndFast) {
    for (std::uint64_t seed = 1; seed <= 24; ++seed) expect_sharded_step(seed);
}

TEST(ShardedOptimizerLong, RepeatsTheSameFullAndFast) {
    for (std::uint64_t seed = 1001; seed <= 1300; ++seed) expect_sharded_step(seed);
}

TEST(ShardedOptimizer, HasAPredictedTime) {
    const Network network = tests::network_of({3, 1, 1}, {tests::fully_connected("fc1", 100'000)});
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    const Plan plan = tests::data_plan(2, 1);
    Mapper mapper(array.mapping_target());
    const auto predicted = [&](OptimizerState state) {
        const StepShape step = step_with(state);
        return PlanTime(network, step, tests::kAllPhases, array, plan.division(), {&mapper}).of(plan);
    };
    EXPECT_LT(predicted(OptimizerState::Sharded), predicted(OptimizerState::Whole));
}

}  // namespace
}  // namespace hypar
