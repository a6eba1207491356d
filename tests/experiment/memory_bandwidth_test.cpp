#include "experiment/memory_bandwidth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "experiment/sweep/sweep.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

/// hpca19's 32 vaults with bursts of 32 bytes and a clock of 0.8 ns, with this of its memory.
MemorySpec memory_with(const std::string& own) {
    const TemporaryFolder folder;
    return load_array(folder.write("array.yaml", "base: hpca19\nmemory: {" + own + "}\n")).memory;
}

std::string mistake_with(const std::string& own) {
    return message_of([&] { memory_with(own); });
}

TEST(MemoryBandwidth, IsThatOfAllVaultsInWholeClocks) {
    const MemorySpec twice = memory_with("bandwidth: 640 GB/s");
    EXPECT_EQ(twice.vault_bits_per_second, 160'000'000'000U);  // 5120 Gb/s / 32
    EXPECT_EQ(twice.timing.column_spacing, 1600U);             // 32 x 32 B / 640 GB/s
    const MemorySpec third = memory_with("bandwidth: 426.7 GB/s");
    EXPECT_EQ(third.vault_bits_per_second, 106'675'000'000U);
    EXPECT_EQ(third.timing.column_spacing, 2400U);  // 2399.8 ps, of 0.8 ns within 0.1 %
    EXPECT_EQ(memory_with("bandwidth: 160 GB/s, vaults: 16").timing.column_spacing, 3200U);
}

TEST(MemoryBandwidth, ThatTakesNoWholeClocksNamesOneThatDoesAndTheClock) {
    // 1024 B / 900 GB/s = 1137.78 ps, nearest to one clock: 1024 B in 0.8 ns.
    EXPECT_EQ(mistake_with("bandwidth: 900 GB/s"),
              "array.yaml:2:21: memory.bandwidth: this is a burst of 32 B in each of 32 vaults every 1.13778 ns, no "
              "multiple of tCK, which is 0.8 ns; expected 1280 GB/s, or another tCK");
    EXPECT_THAT(mistake_with("bandwidth: 5 TB/s"), HasSubstr("every 0.2048 ns"));
    const MemorySpec slower = memory_with("bandwidth: 900 GB/s, timing: {tCK: 1.138 ns}");
    EXPECT_EQ(slower.timing.column_spacing, 1138U);
    EXPECT_EQ(slower.vault_bits_per_second, 225'000'000'000U);
}

TEST(MemoryBandwidth, TakesThePlaceOfWhatFollowsFromItAndTheOtherWayRound) {
    const auto with = [](const std::vector<std::pair<std::string, std::string>>& settings) {
        std::vector<Override> overrides;
        for (const auto& [key, value] : settings) overrides.push_back({"array.memory." + key, value, "--set " + key});
        return load_array("hpca19", overrides).memory;
    };
    EXPECT_EQ(with({{"bandwidth", "640 GB/s"}}).timing.column_spacing, 1600U);
    EXPECT_EQ(with({{"bandwidth", "640 GB/s"}, {"burst", "64 B"}}).timing.column_spacing, 3200U);
    EXPECT_EQ(
        message_of([&] {
            with({{"bandwidth", "640 GB/s"}, {"timing.tCCD", "1.6 ns"}});
        }),
        "--set timing.tCCD: array.memory: expected either bandwidth, of all vaults, or vault_bandwidth, of each, "
        "with timing.tCCD");
    EXPECT_EQ(message_of([&] {
                  with({{"bandwidth", "640 GB"}});
              }),
              "--set bandwidth: array.memory.bandwidth: expected a bandwidth, such as \"10 GB/s\", not the size "
              "\"640 GB\"");
    const TemporaryFolder folder;
    folder.write("fast.yaml", "base: hpca19\nmemory: {bandwidth: 640 GB/s}\n");
    folder.write("slow.yaml", "base: fast.yaml\nmemory: {vault_bandwidth: 8 GB/s, timing: {tCCD: 4 ns}}\n");
    EXPECT_EQ(load_array("slow.yaml").memory.timing.column_spacing, 4000U);
}

TEST(MemoryBandwidth, MakesTheSameExperimentAsWhatFollowsFromIt) {
    const TemporaryFolder folder;
    folder.write("one.yaml", "base: hpca19\nmemory: {bandwidth: 640 GB/s}\n");
    folder.write("two.yaml", "base: hpca19\nmemory: {vault_bandwidth: 20 GB/s, timing: {tCCD: 1600 ps}}\n");
    folder.write("s.yaml", "base: {network: lenet-c}\nvary: {array: [./one.yaml, ./two.yaml]}\n");
    const Sweep sweep = load_sweep("s.yaml");
    EXPECT_EQ(sweep.inputs(0), sweep.inputs(1));
}

TEST(MemoryBandwidth, NeedsWhatItIsDividedBy) {
    const TemporaryFolder folder;
    folder.write("a.yaml", replaced(replaced(replaced(project_file("configs/arrays/hpca19.yaml"),
                                                      "  vault_bandwidth: \"10 GB/s\"\n", "  bandwidth: 320 GB/s\n"),
                                             "    tCCD:", "    # tCCD:"),
                                    "  burst: \"32 B\"\n", ""));
    EXPECT_THAT(message_of([] { load_array("a.yaml"); }),
                HasSubstr("memory: missing key \"burst\"; expected a quantity with its unit"));
}

}  // namespace
}  // namespace hypar
