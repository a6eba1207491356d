// Plans of all splits over levels of all sizes, as they are run.

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "partition/search/plan_space.h"
#include "partition/search/strategy.h"
#include "sim/fastest_plan.h"
#include "sim/plan_time.h"
#include "sim/run.h"
#include "tests/partition/paper_networks.h"
#include "tests/partition/support.h"
#include "tests/sim/support.h"

namespace hypar::tests {
namespace {

/// Sizes whose product is `accelerators`, in any order.
Levels random_levels(std::mt19937& random, std::uint64_t accelerators) {
    std::vector<std::uint32_t> sizes;
    while (accelerators > 1) {
        std::vector<std::uint32_t> divisors;
        for (std::uint32_t size = 2; size <= accelerators; ++size) {
            if (accelerators % size == 0) divisors.push_back(size);
        }
        sizes.push_back(divisors[random() % divisors.size()]);
        accelerators /= sizes.back();
    }
    return Levels(sizes);
}

/// Of all splits; rows half as often again where `likes_rows`.
Plan possible_plan(std::mt19937& random, const Network& network, const Levels& levels, bool likes_rows) {
    std::vector<LayerPlan> layers;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        LayerPlan choices;
        for (int trial = 0; trial == 0 || why_impossible(network, layer, choices, levels); ++trial) {
            choices.assign(levels.count(), Parallelism::Data);
            for (Parallelism& choice : choices) {
                if (trial > 40) continue;
                choice = likes_rows && random() % 2 == 0 ? Parallelism::Spatial
                                                         : static_cast<Parallelism>(random() % kSplitsOfWeighted);
            }
        }
        layers.push_back(std::move(choices));
    }
    return plan_of(layers, levels);
}

/// One random step: what is sent is what is received and what was planned (which every run checks), and nothing
/// depends on the fidelity.
void run_randomly(std::uint32_t seed) {
    constexpr std::array<std::uint64_t, 8> kAccelerators = {2, 3, 4, 6, 8, 12, 16, 36};
    constexpr std::array<TopologyKind, 6> kTopologies = {TopologyKind::HTree,   TopologyKind::Torus,
                                                         TopologyKind::Ring,    TopologyKind::Mesh,
                                                         TopologyKind::FatTree, TopologyKind::FullyConnected};
    std::mt19937 random(seed);
    const Network network = RandomNetworks(random, seed % 2 == 0 ? Branches::None : Branches::Some).next(6);
    const std::uint64_t accelerators = kAccelerators[random() % kAccelerators.size()];
    const Levels levels = random_levels(random, accelerators);
    const Plan plan = possible_plan(random, network, levels, seed % 3 == 0);
    StepShape step;
    step.batch = random_between(random, 1, 40);
    step.partial_sums = random() % 2 == 0 ? PartialSums::Pooled : PartialSums::BeforePooling;
    const ArraySpec array = hpca19(kTopologies[random() % kTopologies.size()], accelerators);
    const RunInput input{network, array, plan, "random", step, kAllPhases, CapacityRule::Report};
    const std::vector<std::uint64_t> planned = traffic_bytes(plan_exchanges(network, plan, step), levels.count());
    const RunReport fast = run_step(input);
    ReplayOptions full;
    full.fidelity = Fidelity::Full;
    EXPECT_EQ(fast.traffic_bytes, std::accumulate(planned.begin(), planned.end(), std::uint64_t{0})) << seed;
    EXPECT_EQ(fast.cycles(), run_step(input, full).cycles()) << seed;
}

TEST(RandomPlans, SendWhatTheyPlanAndTakeAsLongFastAsFull) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) run_randomly(seed);
}

TEST(RandomPlansLong, SendWhatTheyPlanAndTakeAsLongFastAsFull) {
    for (std::uint32_t seed = 61; seed <= 1000; ++seed) run_randomly(seed);
}

Plan plan_of_strategy(const std::string& name, const Network& network, const StepShape& step, const Levels& levels) {
    const StrategyEntry& strategy = find_strategy(name);
    PlanSpace space(network, step, levels);
    space.restrict_to(strategy.splits);
    return strategy.search(space).plan;
}

/// Column-row pairs: outputs that are split are the next layer's input channels, and its sums are complete before
/// anything else moves. Forward and backward, nothing moves at that level between the two.
TEST(OptimalPlans, HaveColumnRowPairsInFullyConnectedLayersThatMoveNothingBetween) {
    for (const char* name : {"alexnet", "vgg-a", "vgg-e"}) {
        const Network network = paper_network(name);
        const Levels levels = Levels::halving(kPaperLevels);
        const StepShape step{kPaperBatch};
        const ArraySpec array = hpca19();
        const Plan plan = plan_of_strategy("optimal", network, step, levels);
        const Program program = lower(network, plan, step, kAllPhases, array);
        int pairs = 0;
        for (std::size_t layer = 0; layer + 1 < network.size(); ++layer) {
            for (std::size_t level = 0; level < levels.count(); ++level) {
                const bool is_pair =
                    plan.at(level, layer) == Parallelism::Output && plan.at(level, layer + 1) == Parallelism::Model;
                if (!is_pair) continue;
                if (network.layer(layer).type == LayerType::FullyConnected) ++pairs;
                for (const Segment& segment : program.segments) {
                    const bool is_between = segment.layer == layer && contains_level(segment.levels, level) &&
                                            (segment.phase == Phase::Forward || segment.phase == Phase::Backward);
                    EXPECT_FALSE(!segment.is_compute() && is_between) << name << " " << layer << " " << level;
                }
            }
        }
        EXPECT_GT(pairs, 0) << name;
    }
}

Cycles simulated(const Network& network, const ArraySpec& array, const Plan& plan, const StepShape& step) {
    return run_step({network, array, plan, "", step, kAllPhases, CapacityRule::Report}).cycles();
}

TEST(FastestPlan, IsNeverSlowerThanTheLeastTrafficHyparsOrAccparsPlan) {
    for (const auto& [topology, accelerators] :
         {std::pair(TopologyKind::HTree, 6U), std::pair(TopologyKind::Torus, 16U)}) {
        for (const char* name : {"sfc", "lenet-c"}) {
            const Network network = paper_network(name);
            const Levels levels = default_levels(accelerators);
            const StepShape step{100};
            const ArraySpec array = hpca19(topology, accelerators);
            const PlanSpace space(network, step, levels);
            const Plan fastest = fastest_plan(space, {array, kAllPhases, CapacityRule::Report}).plan;
            const Cycles cycles = simulated(network, array, fastest, step);
            for (const char* other : {"hypar", "accpar", "optimal"}) {
                const Plan plan = plan_of_strategy(other, network, step, levels);
                EXPECT_LE(cycles, simulated(network, array, plan, step)) << name << " " << other;
            }
        }
    }
}

/// The array of the paper spends nearly all of a step in computing and on its busiest links, which the prediction
/// knows; it leaves out how tiles wait for each other, and packets for the memories.
TEST(PlanTime, IsWithinATwentiethOfTheReplay) {
    for (const TopologyKind topology : {TopologyKind::HTree, TopologyKind::Torus}) {
        for (const char* name : {"sfc", "lenet-c", "alexnet", "vgg-a"}) {
            const Network network = paper_network(name);
            const Levels levels = Levels::halving(kPaperLevels);
            const StepShape step{kPaperBatch};
            const ArraySpec array = hpca19(topology);
            Mapper mapper(array.mapping_target());
            PlanTime time(network, step, kAllPhases, array, levels, {&mapper});
            for (const char* strategy : {"data", "hypar", "optimal"}) {
                const Plan plan = plan_of_strategy(strategy, network, step, levels);
                const auto expected = static_cast<double>(time.of(plan));
                const auto found = static_cast<double>(array.clock.duration(simulated(network, array, plan, step)));
                EXPECT_NEAR(expected / found, 1, 0.05) << name << " " << strategy;
            }
        }
    }
}

}  // namespace
}  // namespace hypar::tests
