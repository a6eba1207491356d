#include "arch/unit/neurocube.h"

#include <gtest/gtest.h>

#include "tests/arch/support.h"

namespace hypar {
namespace {

UnitSpec unit_of(std::uint64_t macs) {
    UnitSpec unit = tests::hpca19().unit();
    unit.pe_array = {1, macs, 1, 1, 1, 4096, 4096, 4096, PeArrayKind::Neurocube, {}};
    unit.buffer.bank_bytes_per_cycle = 1 << 20;
    return unit;
}

/// With the only pass that there is.
TileTiming time_whole(const UnitSpec& unit, const LoopNest& nest, Accumulation accumulation = {}) {
    const std::vector<PassShape> sets = array_sets(unit, nest);
    EXPECT_EQ(sets.size(), 1U);
    return time_tile(unit, nest, whole_of(nest), sets.front(), accumulation);
}

TEST(Neurocube, MakesAResultInEachUnit) {
    // 40 items on 16 units: 3 steps of 14 items for each of 3 columns, each of 5 words.
    UnitSpec unit = unit_of(16);
    const LoopNest nest = tests::product(40, 5, 3);
    const TileTiming timing = time_whole(unit, nest);
    EXPECT_EQ(timing.passes, 9U);
    EXPECT_EQ(timing.active_pes, 14U);
    EXPECT_EQ(timing.cycles.total(), 45U + 1 + 1);
    EXPECT_EQ(timing.buffer_words, 45U * (14 + 1) + 9 * 14);
    EXPECT_EQ(timing.array_words, 45U * 2 * 14);
    EXPECT_EQ(time_whole(unit, nest, {false, true}).buffer_words, timing.buffer_words + 9 * 14);
    // Seven words a cycle for fourteen units.
    unit.pe_array.feature_words_per_cycle = 7;
    EXPECT_EQ(time_whole(unit, nest).cycles.total(), 2U * 45 + 2 + 1);
}

TEST(Neurocube, MultipliesWhatAConvolutionDoesWithinItsBound) {
    tests::Random random(1);
    for (int round = 0; round < 200; ++round) {
        const LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 3]);
        const TileTiming alone = time_whole(unit_of(1), nest);
        EXPECT_GE(alone.cycles.multiply, tests::macs_of(nest));
        if (!nest.is_transposed()) {
            EXPECT_EQ(alone.cycles.multiply, tests::macs_of(nest));
        }
        const UnitSpec unit = unit_of(tests::draw(random, 1, 20));
        const TileTiming timing = time_whole(unit, nest);
        EXPECT_EQ(timing.macs, tests::macs_of(nest));
        EXPECT_GE(timing.cycles.multiply * unit.pe_array.size(), timing.macs);
        EXPECT_EQ(kNeurocube.at_least(unit, nest, array_sets(unit, nest).front()), timing.cycles.multiply);
    }
}

}  // namespace
}  // namespace hypar
