// Whole steps, carried out element by element.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "tests/partition/random_operators.h"
#include "tests/partition/support.h"
#include "tests/partition/tracked_transfers.h"

namespace hypar {
namespace {

/// What networks are drawn.
enum class Graphs { Chains, Branches, Operators };

struct TrackedCase {
    Graphs graphs = Graphs::Chains;
    PartialSums partial_sums = PartialSums::Pooled;
    bool is_reversed = false;
    unsigned seed = 0;
    int trials = 60;
    bool has_shares = false;  ///< of H1's parts
};

/// Random networks, plans of all splits and batches on 2 to 36 accelerators, at levels of sizes from 2 to 6; shares
/// are empty where there are fewer items.
void carry_out_random_steps(const TrackedCase& tracked) {
    std::mt19937 random(tracked.seed);
    RandomNetworks networks(random, tracked.graphs == Graphs::Chains ? Branches::None : Branches::Some);
    RandomOperators operators(random);
    for (int trial = 0; trial < tracked.trials; ++trial) {
        Levels levels = random_levels(random, trial % 3 == 0 ? 36 : 12);
        if (tracked.has_shares) levels = with_random_shares(random, levels);
        const Network network = tracked.graphs == Graphs::Operators ? operators.next(8) : networks.next(4);
        // Reversed, rows meet with other neighbours.
        const SplitSet splits = tracked.is_reversed ? kBatchInOut : kAllSplits;
        const Plan plan = random_plan_of_operators(random, network, levels, splits);
        const std::vector<std::uint64_t> batches = {5, 7, 12, 1, 3, 6};
        StepShape step{batches[static_cast<std::size_t>(trial) % 6], 4, tracked.partial_sums};
        if (trial % 2 == 1) step.optimizer_state = OptimizerState::Sharded;
        const LevelSet reversed = static_cast<LevelSet>(random()) & (level_bit(levels.count()) - 1);
        SCOPED_TRACE("trial " + std::to_string(trial));
        TrackedStep carried_out(network, plan, step, tracked.is_reversed ? reversed : 0);
        carried_out.carry_out();
        if (testing::Test::HasFailure()) {
            std::string described = "levels";
            for (const std::uint32_t size : levels.sizes()) described += " " + std::to_string(size);
            for (const std::string& text : plan.to_strings()) described += " " + text;
            for (const Layer& layer : network.layers()) described += std::string(" ") + layer.kind().name;
            ADD_FAILURE() << described << ", batch " << step.batch;
            return;
        }
        ASSERT_EQ(carried_out.traffic_bytes(), traffic_bytes(plan_exchanges(network, plan, step), plan.levels()));
    }
}

TEST(Transfers, BringWhatEveryTaskNeedsOnChains) {
    carry_out_random_steps({Graphs::Chains, PartialSums::Pooled, false, 51});
}

TEST(Transfers, BringWhatEveryTaskNeedsOnBranches) {
    carry_out_random_steps({Graphs::Branches, PartialSums::Pooled, false, 52});
}

TEST(Transfers, BringWhatEveryTaskNeedsWithPartialSumsBeforePooling) {
    carry_out_random_steps({Graphs::Chains, PartialSums::BeforePooling, false, 53});
    carry_out_random_steps({Graphs::Branches, PartialSums::BeforePooling, false, 54});
}

TEST(Transfers, BringWhatEveryTaskNeedsOfGraphsOfOperators) {
    carry_out_random_steps({Graphs::Operators, PartialSums::Pooled, false, 57, 80});
    carry_out_random_steps({Graphs::Operators, PartialSums::BeforePooling, false, 58, 40});
}

TEST(Transfers, BringWhatEveryTaskNeedsWhereSharesAreUneven) {
    carry_out_random_steps({Graphs::Branches, PartialSums::Pooled, false, 60, 80, true});
    carry_out_random_steps({Graphs::Chains, PartialSums::BeforePooling, false, 61, 80, true});
    carry_out_random_steps({Graphs::Operators, PartialSums::Pooled, false, 62, 80, true});
}

// The same array with its parts renamed, at the root or at any levels: as many bytes, accelerator by accelerator.
TEST(Transfers, MoveTheSameBytesWhenPartsChangePlaces) {
    carry_out_random_steps({Graphs::Branches, PartialSums::Pooled, true, 55, 40});
    carry_out_random_steps({Graphs::Branches, PartialSums::BeforePooling, true, 56, 40});
    carry_out_random_steps({Graphs::Operators, PartialSums::BeforePooling, true, 59, 40});
}

TEST(TransfersLong, BringWhatEveryTaskNeeds) {
    for (unsigned seed = 100; seed < 104; ++seed) {
        for (const Graphs graphs : {Graphs::Chains, Graphs::Branches, Graphs::Operators}) {
            carry_out_random_steps({graphs, PartialSums::Pooled, false, seed, 300});
            carry_out_random_steps({graphs, PartialSums::BeforePooling, false, seed + 50, 300});
        }
    }
}

}  // namespace
}  // namespace hypar
