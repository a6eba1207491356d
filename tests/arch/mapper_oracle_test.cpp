#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arch/unit/dataflow_model.h"
#include "arch/unit/mapper.h"
#include "arch/unit/mapping_search.h"
#include "base/checked.h"
#include "base/error.h"
#include "tests/arch/mapping_oracle.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using Goal = MappingGoal::Kind;
using tests::CountedMapping;
using tests::CountedTiles;
using tests::draw;

/// A unit so small, and a memory so slow now and then, that every rule is the bound of some nest.
ArraySpec random_array(tests::Random& random) {
    ArraySpec array = tests::hpca19();
    array.processing_units = draw(random, 1, 4);
    array.pe_array = {draw(random, 2, 4),  draw(random, 2, 5), draw(random, 4, 24), draw(random, 2, 6),
                      draw(random, 2, 12), draw(random, 1, 4), draw(random, 1, 4),  draw(random, 1, 4)};
    array.mapping.row_stationary_only = draw(random, 0, 3) == 0;
    array.buffer.banks = draw(random, 16, 40);
    array.buffer.capacity_bytes = array.buffer.banks * 4 * draw(random, 4, 24);
    array.buffer.bank_bytes_per_cycle = draw(random, 1, 4);
    array.memory.vaults = draw(random, 1, 4);
    array.memory.vault_bits_per_second = 1'000'000'000 * draw(random, 1, 40);
    array.memory.crossbar_cycles = draw(random, 1, 3);
    array.memory.timing.row_to_column_delay = 1000 * draw(random, 1, 60);
    array.energy = {0.9, 3.7, 1, 2, 5, 640, 3, 0, 0, 0, 0, 0, std::nullopt};
    return array;
}

std::string describe(const LoopNest& nest, const Mapping& mapping) {
    std::string text = name_of(tests::phase_of(nest));
    for (const std::uint64_t number :
         {nest.groups, nest.samples, nest.in_channels, nest.out_channels, nest.in_height, nest.in_width,
          nest.out_height, nest.out_width, nest.kernel_height, nest.kernel_width, nest.stride_height,
          nest.stride_width, nest.dilation_height, nest.dilation_width}) {
        text += " " + std::to_string(number);
    }
    text += std::string("; ") + name_of(mapping.pass.dataflow);
    for (const std::uint64_t number : {mapping.pass.e, mapping.pass.p, mapping.pass.q, mapping.pass.r, mapping.pass.t,
                                       mapping.pass.i, mapping.pass.k}) {
        text += " " + std::to_string(number);
    }
    text += "; blocks";
    for (const std::uint64_t size : mapping.block) text += " " + std::to_string(size);
    text += ", order";
    for (const Loop loop : mapping.order) text += " " + std::to_string(static_cast<int>(loop));
    return text;
}

CountedMapping counted(const ArraySpec& array, const UnitWork& work, const Mapping& mapping) {
    return count_mapping(array, work.nest, work.units, mapping, CountedTiles(array, work.nest, mapping));
}

void expect_claims(const ArraySpec& array, const UnitWork& work, const MappingChoice& choice) {
    const CountedMapping count = counted(array, work, choice.mapping);
    EXPECT_EQ(choice.cycles, count.cycles) << describe(work.nest, choice.mapping);
    EXPECT_EQ(choice.tiles, count.tiles);
    EXPECT_NEAR(choice.picojoules, count.picojoules, 1e-9 * count.picojoules) << describe(work.nest, choice.mapping);
}

PassShape random_pass(tests::Random& random, const ArraySpec& array, const LoopNest& nest) {
    PassShape pass;
    do {
        pass.dataflow = static_cast<Dataflow>(draw(random, 0, 2));
        for (auto* number : {&pass.e, &pass.p, &pass.q, &pass.r, &pass.t, &pass.i, &pass.k}) {
            *number = draw(random, 0, 2) == 0 ? draw(random, 1, 9) : draw(random, 1, 2);
        }
    } while (!tests::holds(array, nest, pass));
    return pass;
}

TEST(MapperOracle, AnyMappingTakesAndCostsWhatIsCounted) {
    tests::Random random(21);
    for (int round = 0; round < 300; ++round) {
        const ArraySpec array = random_array(random);
        const LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 4]);
        const auto orders = tests::every_order(tests::phase_of(nest));
        Mapping mapping;
        mapping.block = {draw(random, 1, nest.groups), draw(random, 1, nest.samples),
                         draw(random, 1, nest.out_height), draw(random, 1, nest.in_channels),
                         draw(random, 1, nest.out_channels)};
        if (tests::phase_of(nest) == Phase::Update)
            mapping.block[4] = draw(random, nest.out_channels / 9 + 1, nest.out_channels);
        mapping.order = orders[draw(random, 0, orders.size() - 1)];
        mapping.pass = random_pass(random, array, nest);
        const UnitWork work{nest, draw(random, 1, 4)};
        const MappingTarget target = array.mapping_target();
        const MappingChoice choice = evaluate_mapping(target, work, mapping);
        expect_claims(array, work, choice);
        EXPECT_LE(model_of(mapping.pass.dataflow).at_least(target.unit, nest, mapping.pass), choice.cycles)
            << describe(nest, mapping);
    }
}

TEST(MapperOracle, AChoiceFitsTheArrayAndTheBufferAndTakesWhatItClaims) {
    tests::Random random(22);
    int refused = 0;
    for (int round = 0; round < 100; ++round) {
        ArraySpec array = random_array(random);
        array.mapping.minimise.kind = round % 2 == 0 ? Goal::LeastCycles : Goal::LeastEnergy;
        const UnitWork work{tests::random_nest(random, kPhases[static_cast<std::size_t>(round) / 2 % 4]), 2};
        try {
            const MappingChoice choice = search_mapping(array.mapping_target(), {work}).mapping;
            EXPECT_TRUE(tests::holds(array, work.nest, choice.mapping.pass)) << describe(work.nest, choice.mapping);
            EXPECT_LE(counted(array, work, choice.mapping).buffer_bytes, array.buffer.capacity_bytes);
            expect_claims(array, work, choice);
        } catch (const ConfigError&) {
            ++refused;
            EXPECT_GT(counted(array, work, Mapping()).buffer_bytes, array.buffer.capacity_bytes);
        }
    }
    EXPECT_LT(refused, 50);
}

/// All that fits, found by brute force.
using Everything = std::vector<CountedMapping>;

/// Of a nest's blocks, each in the order in which least moves: nothing else depends on the order.
template <typename Visit>
void for_each_tiling(const ArraySpec& array, const LoopNest& nest, Visit visit) {
    const auto orders = tests::every_order(tests::phase_of(nest));
    const auto try_orders = [&](const ByLoop& block) {
        std::optional<CountedTiles> least;
        for (const auto& order : orders) {
            const CountedTiles tiles(array, nest, {block, order, {}});
            if (tiles.buffer_bytes() > array.buffer.capacity_bytes) return;
            if (!least || tiles.memory_bytes() < least->memory_bytes()) least = tiles;
        }
        visit(block, *least);
    };
    if (tests::phase_of(nest) == Phase::Update) {
        for (std::uint64_t tiles = 1; tiles <= nest.out_channels; tiles *= 2) {
            try_orders({1, 1, 1, 1, ceil_divide(nest.out_channels, tiles)});
        }
        return;
    }
    for (std::uint64_t samples = 1; samples <= nest.samples; ++samples) {
        for (std::uint64_t rows = 1; rows <= nest.out_height; ++rows) {
            for (std::uint64_t in_channels = 1; in_channels <= nest.in_channels; ++in_channels) {
                for (std::uint64_t out_channels = 1; out_channels <= nest.out_channels; ++out_channels) {
                    try_orders({nest.groups, samples, rows, in_channels, out_channels});
                }
            }
        }
    }
}

Everything try_everything(const ArraySpec& array, const UnitWork& work) {
    Everything all;
    const std::vector<PassShape> passes = tests::every_pass(array, work.nest);
    for_each_tiling(array, work.nest, [&](const ByLoop& block, const CountedTiles& tiles) {
        for (const PassShape& pass : passes) {
            all.push_back(count_mapping(array, work.nest, work.units, {block, {}, pass}, tiles));
        }
    });
    return all;
}

/// A nest of which the search tries every block, too: loops of up to three are cut anywhere.
LoopNest tiny_nest(tests::Random& random, Phase phase) {
    LoopNest nest = tests::random_nest(random, phase);
    if (phase == Phase::Update) return nest;
    nest.groups = 1;
    nest.samples = std::min<std::uint64_t>(nest.samples, 3);
    nest.in_channels = std::min<std::uint64_t>(nest.in_channels, 3);
    nest.out_channels = std::min<std::uint64_t>(nest.out_channels, 3);
    if (nest.out_height > 3) {
        nest.out_height = 3;
        const std::uint64_t reach = (nest.kernel_height - 1) * nest.dilation_height + 1;
        nest.in_height = std::max(reach, 2 * nest.stride_height + reach - draw(random, 0, 2));
        nest.stored_out_plane = nest.out_height * nest.out_width;
    }
    return nest;
}

double cycles_of(const CountedMapping& mapping) { return static_cast<double>(mapping.cycles); }
double energy_of(const CountedMapping& mapping) { return mapping.picojoules; }
double product_of(const CountedMapping& mapping) { return cycles_of(mapping) * energy_of(mapping); }
double tiles_of(const CountedMapping& mapping) { return static_cast<double>(mapping.tiles); }

using Value = double (*)(const CountedMapping&);

double least_of(const Everything& mappings, Value value) {
    const auto less = [&](const CountedMapping& a, const CountedMapping& b) { return value(a) < value(b); };
    return value(*std::min_element(mappings.begin(), mappings.end(), less));
}

constexpr double kTolerated = 1.01;

Everything nearly_least(const Everything& mappings, Value value) {
    Everything good;
    const double most = kTolerated * least_of(mappings, value);
    std::copy_if(mappings.begin(), mappings.end(), std::back_inserter(good),
                 [&](const CountedMapping& mapping) { return value(mapping) <= most; });
    return good;
}

/// What takes up to so many times the least cycles.
Everything within(const Everything& mappings, double times) {
    Everything fast;
    const double most = times * least_of(mappings, cycles_of);
    std::copy_if(mappings.begin(), mappings.end(), std::back_inserter(fast),
                 [&](const CountedMapping& mapping) { return cycles_of(mapping) <= most; });
    return fast;
}

/// Whether a choice is, of what is within 1 % of the least, within 1 % of the least of the other, and of this one of
/// the fewest tiles.
bool is_best(const Everything& all, const CountedMapping& choice, Value objective, Value other) {
    const Everything good = nearly_least(all, objective);
    return objective(choice) <= kTolerated * least_of(all, objective) &&
           other(choice) <= kTolerated * least_of(good, other) &&
           tiles_of(choice) <= least_of(nearly_least(good, other), tiles_of);
}

TEST(MapperOracle, NearlyAllChoicesAreTheBestThatThereAre) {
    // Not all: p and q cut channels evenly, and a pass has as many replicas as the array has room for.
    constexpr std::size_t kRounds = 40;
    constexpr std::size_t kMostPasses = 400;  // nests with more take long
    tests::Random random(23);
    std::size_t misses = 0;
    for (std::size_t round = 0; round < kRounds;) {
        ArraySpec array = random_array(random);
        const UnitWork work{tiny_nest(random, kPhases[round % 4]), 1};
        if (tests::every_pass(array, work.nest).size() > kMostPasses) continue;
        const Everything all = try_everything(array, work);
        if (all.empty()) continue;
        ++round;
        for (const auto& [goal, objective] : {std::pair<Goal, Value>{Goal::LeastCycles, cycles_of},
                                              {Goal::LeastEnergy, energy_of},
                                              {Goal::LeastProduct, product_of},
                                              {Goal::EnergyWithin, energy_of}}) {
            array.mapping.minimise = {goal, 1000};
            const Mapping mapping = search_mapping(array.mapping_target(), {work}).mapping.mapping;
            const CountedMapping choice = counted(array, work, mapping);
            const Everything allowed = goal == Goal::EnergyWithin ? within(all, 1.1) : all;
            if (goal == Goal::EnergyWithin) {
                EXPECT_LE(cycles_of(choice), 1.02 * 1.1 * least_of(all, cycles_of)) << describe(work.nest, mapping);
            }
            if (!is_best(allowed, choice, objective, goal == Goal::LeastCycles ? energy_of : cycles_of)) ++misses;
            EXPECT_LE(objective(choice), 1.125 * least_of(allowed, objective)) << describe(work.nest, mapping);
        }
    }
    EXPECT_LE(misses, 4 * kRounds / 10);
}

}  // namespace
}  // namespace hypar
