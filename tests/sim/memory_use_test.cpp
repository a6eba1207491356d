#include "sim/analysis/memory_use.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/program/lowering.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using Bytes = std::vector<std::uint64_t>;

std::vector<MemoryUse> use_of(const Network& network, const StepShape& step, const std::vector<Phase>& phases) {
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    const Program program = lower(network, Plan(), step, phases, array);
    const MemoryLayout layout = fullest_layout(network, Plan(), step, phases);
    return memory_over_step(network, Plan(), step, phases, layout, program);
}

Bytes column(const std::vector<MemoryUse>& uses, std::uint64_t MemoryUse::*member) {
    Bytes bytes;
    for (const MemoryUse& use : uses) bytes.push_back(use.*member);
    return bytes;
}

/// 2x4x4 -> 3x2x2 -> 5: weights 2 x 3 x 9 = 54 and 12 x 5 = 60, feature maps of a sample 32 and 12 elements.
Network two_layers() {
    return tests::network_of({2, 4, 4}, {tests::convolution("conv1", 3, 3), tests::fully_connected("fc1", 5)});
}

TEST(MemoryUse, FollowsWhatIsKeptThroughATrainingStep) {
    StepShape step{8, 4, PartialSums::Pooled};
    step.optimizer_words = 2;
    // Segments: forward 1, 2; backward, gradient, update 2; the same of 1.
    const std::vector<MemoryUse> uses = use_of(two_layers(), step, tests::kAllPhases);
    EXPECT_EQ(column(uses, &MemoryUse::weights), Bytes(8, 114 * 4));
    EXPECT_EQ(column(uses, &MemoryUse::optimizer_state), Bytes(8, 2 * 114 * 4));
    EXPECT_EQ(column(uses, &MemoryUse::gradients), (Bytes{0, 0, 0, 60 * 4, 60 * 4, 0, 54 * 4, 54 * 4}));
    // The input is there until conv1's gradient, conv1's output from its making until fc1's.
    const std::uint64_t input = 8 * 32 * 4;
    const std::uint64_t both = input + 8 * 12 * 4;
    EXPECT_EQ(column(uses, &MemoryUse::feature_maps), (Bytes{both, both, both, both, input, input, input, 0}));
    EXPECT_EQ(peak_in_use(uses), 3 * 114 * 4 + 60 * 4 + both);
}

TEST(MemoryUse, IsOneLayersInputAndOutputWithoutAGradient) {
    const std::vector<MemoryUse> uses = use_of(two_layers(), {8, 4, PartialSums::Pooled}, {Phase::Forward});
    EXPECT_EQ(column(uses, &MemoryUse::feature_maps), (Bytes{8 * (32 + 12) * 4, 8 * (12 + 5) * 4}));
    EXPECT_EQ(column(uses, &MemoryUse::gradients), (Bytes{0, 0}));
}

TEST(MemoryUse, KeepsAConcatenationFromItsFirstProducerOn) {
    std::vector<LayerSpec> layers{tests::convolution("first", 2, 1), tests::convolution("left", 3, 1),
                                  tests::convolution("right", 5, 1), tests::convolution("joined", 1, 1)};
    layers[2].inputs = std::vector<std::string>{"first"};
    layers[3].inputs = std::vector<std::string>{"left", "right"};
    const Network network = tests::network_of({1, 2, 2}, layers);
    const std::vector<MemoryUse> uses =
        use_of(network, {1, 4, PartialSums::Pooled}, {Phase::Forward, Phase::Gradient});
    // Of 4 pixels and 4 bytes: the input 16; first's output 32, once for both readers; left's and right's 128.
    // Forward from first to joined, then gradients of joined, right, left, first; each frees what its layer has read.
    EXPECT_EQ(column(uses, &MemoryUse::feature_maps), (Bytes{48, 176, 176, 176, 176, 48, 48, 16}));
}

TEST(MemoryUse, NeverExceedsTheLayout) {
    tests::Random random(5);
    for (int round = 0; round < 10; ++round) {
        const Network network = tests::random_network(random);
        const ArraySpec array = tests::hpca19(TopologyKind::HTree, 8);
        const Plan plan = tests::random_plan(random, 3, network.size());
        const StepShape step{64, 4, PartialSums::Pooled};
        const Program program = lower(network, plan, step, tests::kAllPhases, array);
        const MemoryLayout layout = fullest_layout(network, plan, step, tests::kAllPhases);
        const std::vector<MemoryUse> uses = memory_over_step(network, plan, step, tests::kAllPhases, layout, program);
        ASSERT_EQ(uses.size(), program.segments.size());
        EXPECT_LE(peak_in_use(uses), layout.bytes());
    }
}

}  // namespace
}  // namespace hypar
