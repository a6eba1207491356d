#include "sim/program/memory_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

/// 2x4x4 -> 3x2x2 -> 5: weights 2 x 3 x 9 = 54 and 12 x 5 = 60, feature maps of a sample 32 and 12 elements.
Network two_layers() {
    return tests::network_of({2, 4, 4}, {tests::convolution("conv1", 3, 3), tests::fully_connected("fc1", 5)});
}

std::vector<std::uint64_t> sizes_of(const MemoryLayout& layout) {
    std::vector<std::uint64_t> sizes;
    for (const MemoryRegion& region : layout.regions) sizes.push_back(region.bytes);
    return sizes;
}

TEST(MemoryLayout, HasAPlaceForEverythingThatATrainingStepKeeps) {
    const Network network = two_layers();
    StepShape step{8, 4, PartialSums::Pooled};
    const MemoryLayout sgd = fullest_layout(network, Plan(), step, tests::kAllPhases);
    EXPECT_EQ(sizes_of(sgd), (std::vector<std::uint64_t>{54 * 4, 60 * 4, 54 * 4, 60 * 4, 8 * 32 * 4, 8 * 12 * 4}));
    std::uint64_t end = 0;
    for (const MemoryRegion& region : sgd.regions) {
        EXPECT_EQ(region.address, end);
        end += region.bytes;
    }
    EXPECT_EQ(sgd.bytes(), end);

    step.optimizer_words = 2;
    const MemoryLayout adam = fullest_layout(network, Plan(), step, tests::kAllPhases);
    EXPECT_EQ(adam.bytes(), sgd.bytes() + 2 * (54 + 60) * 4);
    EXPECT_EQ(adam.regions[2].tensor, StoredTensor::OptimizerState);
    EXPECT_EQ(adam.regions[2].bytes, 2U * 54 * 4);
}

TEST(MemoryLayout, KeepsNoFeatureMapsWithoutAGradient) {
    const MemoryLayout layout = fullest_layout(two_layers(), Plan(), {8, 4, PartialSums::Pooled}, {Phase::Forward});
    // The first layer's input and output are the largest that lie there at once: 32 + 12 elements a sample.
    EXPECT_EQ(sizes_of(layout), (std::vector<std::uint64_t>{54 * 4, 60 * 4, 8 * 44 * 4}));
    EXPECT_EQ(layout.regions.back().tensor, StoredTensor::Working);
}

TEST(MemoryLayout, NamesTheFirstTensorWithoutRoom) {
    const Network network = two_layers();
    const MemoryLayout layout = fullest_layout(network, Plan(), {8, 4, PartialSums::Pooled}, tests::kAllPhases);
    MemorySpec memory;
    memory.capacity_bytes = layout.bytes();
    EXPECT_NO_THROW(check_capacity(layout, network, memory));
    const auto problem_with = [&](std::uint64_t capacity) {
        memory.capacity_bytes = capacity;
        try {
            check_capacity(layout, network, memory);
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.key(), "array.memory.capacity");
            return error.problem();
        }
        return std::string();
    };
    EXPECT_THAT(problem_with(layout.bytes() - 1), HasSubstr("no room for the feature maps of fc1"));
    EXPECT_THAT(problem_with(54 * 4), HasSubstr("no room for the weights of fc1"));
    EXPECT_THAT(problem_with(114 * 4 + 54 * 4 - 1), HasSubstr("no room for the gradients of conv1"));
}

TEST(Optimizer, MovesAndComputesWhatItKeeps) {
    const Network network = two_layers();
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    StepShape step{8, 4, PartialSums::Pooled};
    const auto update = static_cast<std::size_t>(Phase::Update);
    const RunReport sgd = run_step({network, array, Plan(), "a plan", step, tests::kAllPhases});
    step.optimizer_words = 1;
    const RunReport momentum = run_step({network, array, Plan(), "a plan", step, tests::kAllPhases});
    // Weights and gradients are read, weights written: 3 words; momentum reads and writes one more.
    EXPECT_EQ(sgd.layers[1].phases[update].counts.dram_bytes, 3U * 60 * 4);
    EXPECT_EQ(momentum.layers[1].phases[update].counts.dram_bytes, 5U * 60 * 4);
    EXPECT_EQ(momentum.layers[1].phases[update].counts.macs, 2U * 60);
}

}  // namespace
}  // namespace hypar
