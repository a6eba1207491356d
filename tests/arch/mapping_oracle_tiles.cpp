// Which passes and tiles there are, and what goes to and from memory for them.
#include <algorithm>
#include <cstddef>
#include <optional>

#include "tests/arch/mapping_oracle.h"
#include "tests/arch/phases.h"

namespace hypar::tests {
namespace {

std::uint64_t rounded_up(std::uint64_t dividend, std::uint64_t divisor) {
    return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
}

/// All rows of a kernel lie on the array at once, or any fewer where it has no room for them or they leave rows idle.
bool is_allowed(std::uint64_t rows_at_once, std::uint64_t kernel, std::uint64_t rows) {
    const std::uint64_t all = std::min(kernel, rows);
    return rows_at_once == all || (rows_at_once < all && (all < kernel || rows % all != 0));
}

bool holds_row_stationary(const PeArraySpec& pes, const LoopNest& nest, const PassShape& pass) {
    // A set that is wider than the array lies on it in pieces, one above the other.
    const std::uint64_t rows_of_set = pass.k * rounded_up(pass.e, pes.columns);
    if (!is_allowed(pass.k, nest.kernel_height, pes.rows) || rows_of_set > pes.rows) return false;
    const std::uint64_t down = pes.rows / rows_of_set;
    const std::uint64_t across = std::max<std::uint64_t>(1, pes.columns / pass.e);
    // Sets that add up lie above each other, groups of them beside each other, and above where there is room.
    if (pass.r > down || pass.t * pass.i > across * (down / pass.r)) return false;
    const KernelColumns columns(nest, pes.feature_registers, pes.filter_registers);
    return pass.q * columns.words <= pes.feature_registers &&
           pass.p * pass.q * columns.count <= pes.filter_registers && pass.p <= pes.partial_sum_registers;
}

bool holds_output_stationary(const PeArraySpec& pes, const LoopNest& nest, const PassShape& pass) {
    const std::uint64_t kernel_rows = phase_of(nest) == Phase::Gradient ? nest.kernel_height : 1;
    if (!is_allowed(pass.k, kernel_rows, pes.rows)) return false;
    const std::uint64_t down = pes.rows / pass.k;
    if (pass.r > down || pass.t > pes.columns || pass.e > down / pass.r * (pes.columns / pass.t)) return false;
    const KernelColumns window(nest, pes.feature_registers, pes.partial_sum_registers);
    return pass.q * window.words <= pes.feature_registers &&
           pass.q * pass.p * window.count <= pes.partial_sum_registers && pass.p <= pes.filter_registers &&
           pass.i == 1;
}

/// Calls `visit` with every pass of a dataflow, each number from 1 to at most that of `most`.
template <typename Visit>
void for_each_pass(const PassShape& most, Visit visit) {
    PassShape pass;
    pass.dataflow = most.dataflow;
    for (pass.k = 1; pass.k <= most.k; ++pass.k) {
        for (pass.e = 1; pass.e <= most.e; ++pass.e) {
            for (pass.r = 1; pass.r <= most.r; ++pass.r) {
                for (pass.t = 1; pass.t <= most.t; ++pass.t) {
                    for (pass.i = 1; pass.i <= most.i; ++pass.i) {
                        for (pass.q = 1; pass.q <= most.q; ++pass.q) {
                            for (pass.p = 1; pass.p <= most.p; ++pass.p) visit(pass);
                        }
                    }
                }
            }
        }
    }
}

/// The bytes of one tile's tensors and of the blocks of rows in them.
struct TileBytes {
    std::array<std::uint64_t, 2> operands{};
    std::uint64_t result = 0;
    std::uint64_t store = 0;
};

std::uint64_t size_of(const TileShape& shape, bool of_inputs) {
    return shape.groups * shape.samples * (of_inputs ? shape.in_channels : shape.out_channels);
}

TileBytes bytes_of(const LoopNest& nest, const TileShape& shape, std::uint64_t first_row, std::uint64_t element) {
    const std::uint64_t end_row = first_row + shape.out_rows;
    const auto stored_above = [&](std::uint64_t row) { return nest.stored_out_plane * row / nest.out_height; };
    const auto made_above = [&](std::uint64_t row) { return nest.in_height * row / nest.out_height; };
    const std::uint64_t stored = stored_above(end_row) - stored_above(first_row);
    const std::uint64_t under = count_window_rows(nest, shape.out_rows, nest.kernel_height);
    const auto reaches_in = [&](std::uint64_t row) {  // whether a row of errors adds to one that the tile makes
        for (std::uint64_t y = 0; y < nest.kernel_height; ++y) {
            const std::uint64_t made = row * nest.stride_height + y * nest.dilation_height;
            if (made >= first_row * nest.stride_height && made < end_row * nest.stride_height) return true;
        }
        return false;
    };

    const std::uint64_t features = size_of(shape, true) * under * nest.in_width * element;
    const std::uint64_t filters =
        shape.groups * shape.in_channels * shape.out_channels * nest.kernel_height * nest.kernel_width * element;
    const std::uint64_t outputs = size_of(shape, false) * stored * element;
    switch (phase_of(nest)) {
        case Phase::Forward:
            return {{features, filters}, size_of(shape, false) * shape.out_rows * nest.out_width * element, outputs};
        case Phase::Backward: {
            std::uint64_t errors = 0;
            for (std::uint64_t row = 0; row < end_row; ++row) {
                if (reaches_in(row)) errors += stored_above(row + 1) - stored_above(row);
            }
            const std::uint64_t made = made_above(end_row) - made_above(first_row);
            const std::uint64_t result = size_of(shape, true) * made * nest.in_width * element;
            return {{size_of(shape, false) * errors * element, filters}, result, result};
        }
        case Phase::Gradient: return {{outputs, features}, filters, filters};
        case Phase::Update: break;
    }
    const std::uint64_t kept = filters * (1 + nest.state_words);
    return {{kept, filters}, kept, kept};
}

/// Indices of a tile's blocks in each loop.
using Place = std::array<std::uint64_t, kLoops>;

std::uint64_t at(const Place& place, Loop loop) { return place[static_cast<std::size_t>(loop)]; }

/// A block of a tensor, by its indices; those that the tensor does not have are 0.
using Block = std::array<std::uint64_t, 4>;

/// Which block of the features, filters and outputs a tile works on.
std::array<Block, 3> blocks_of(const Place& place) {
    const std::uint64_t group = at(place, Loop::Groups);
    const std::uint64_t sample = at(place, Loop::Samples);
    const std::uint64_t rows = at(place, Loop::Rows);
    const std::uint64_t in = at(place, Loop::InChannels);
    const std::uint64_t out = at(place, Loop::OutChannels);
    return {{{group, sample, rows, in}, {group, in, out, 0}, {group, sample, rows, out}}};
}

/// The blocks of a phase's two operands and its result.
std::array<Block, 3> operands_and_result(Phase phase, const Place& place) {
    const auto [features, filters, outputs] = blocks_of(place);
    switch (phase) {
        case Phase::Forward: return {features, filters, outputs};
        case Phase::Backward: return {outputs, filters, features};
        case Phase::Gradient: return {outputs, features, filters};
        case Phase::Update: break;
    }
    return {filters, filters, filters};
}

Place extents_of_loops(const LoopNest& nest) {
    return {nest.groups, nest.samples, nest.out_height, nest.in_channels, nest.out_channels};
}

/// The tiles of a nest in their order, as places.
std::vector<Place> places_of(const LoopNest& nest, const Mapping& mapping) {
    std::vector<Place> places{Place{}};
    const Place extents = extents_of_loops(nest);
    for (const Loop loop : mapping.order) {
        const auto number = static_cast<std::size_t>(loop);
        std::vector<Place> inner;
        for (const Place& place : places) {
            for (std::uint64_t index = 0; index * mapping.block[number] < extents[number]; ++index) {
                inner.push_back(place);
                inner.back()[number] = index;
            }
        }
        places = std::move(inner);
    }
    return places;
}

TileShape shape_at(const LoopNest& nest, const Mapping& mapping, const Place& place) {
    const Place extents = extents_of_loops(nest);
    Place sizes{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        sizes[loop] = std::min(mapping.block[loop], extents[loop] - place[loop] * mapping.block[loop]);
    }
    return {at(sizes, Loop::Groups), at(sizes, Loop::Samples), at(sizes, Loop::InChannels),
            at(sizes, Loop::OutChannels), at(sizes, Loop::Rows)};
}

}  // namespace

bool holds(const ArraySpec& array, const LoopNest& nest, const PassShape& pass) {
    switch (pass.dataflow) {
        case Dataflow::RowStationary:
            return (phase_of(nest) == Phase::Forward || phase_of(nest) == Phase::Backward) &&
                   holds_row_stationary(array.pe_array, nest, pass);
        case Dataflow::OutputStationary:
            return (phase_of(nest) == Phase::Gradient ||
                    (phase_of(nest) != Phase::Update && nest.kernel_height == 1 && nest.kernel_width == 1 &&
                     !array.mapping.row_stationary_only)) &&
                   holds_output_stationary(array.pe_array, nest, pass);
        default: break;  // streaming
    }
    return phase_of(nest) == Phase::Update;
}

std::vector<PassShape> every_pass(const ArraySpec& array, const LoopNest& nest) {
    if (phase_of(nest) == Phase::Update) return {{Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1}};
    const bool forward = phase_of(nest) == Phase::Forward;
    const std::uint64_t made = forward ? nest.out_channels : nest.in_channels;
    const std::uint64_t summed = forward ? nest.in_channels : nest.out_channels;
    const std::uint64_t positions = nest.samples * nest.out_height;
    std::vector<PassShape> passes;
    const auto add = [&](const PassShape& pass) {
        if (holds(array, nest, pass)) passes.push_back(pass);
    };
    //                                        e                p     q       r       t     i             k
    for_each_pass(
        {Dataflow::RowStationary, nest.out_height, made, summed, summed, made, nest.samples, nest.kernel_height},
        add);
    if (phase_of(nest) == Phase::Gradient) {
        for_each_pass({Dataflow::OutputStationary, positions, nest.out_channels, nest.in_channels, nest.in_channels,
                       nest.out_channels, 1, nest.kernel_height},
                      add);
    } else {
        const std::uint64_t items = positions * nest.out_width;
        for_each_pass({Dataflow::OutputStationary, summed, made, items, items, made, 1, 1}, add);
    }
    return passes;
}

std::vector<std::array<Loop, kLoops>> every_order(Phase phase) {
    const auto sums_over = [&](Loop loop) {
        switch (phase) {
            case Phase::Forward: return loop == Loop::InChannels;
            case Phase::Backward: return loop == Loop::OutChannels;
            case Phase::Gradient: return loop == Loop::Samples || loop == Loop::Rows;
            case Phase::Update: break;
        }
        return false;
    };
    std::vector<std::array<Loop, kLoops>> orders;
    std::array<Loop, kLoops> order{Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};
    do {
        if (std::is_partitioned(order.rbegin(), order.rend(), sums_over)) orders.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
    return orders;
}

CountedTiles::CountedTiles(const ArraySpec& array, const LoopNest& nest, const Mapping& mapping)
    : buffer_(array.buffer) {
    const std::vector<Place> places = places_of(nest, mapping);
    std::vector<std::array<Block, 3>> blocks;
    for (const Place& place : places) blocks.push_back(operands_and_result(phase_of(nest), place));
    count_ = places.size();
    for (std::size_t index = 0; index < places.size(); ++index) {
        const std::uint64_t first_row = at(places[index], Loop::Rows) * mapping.block[2];
        const TileShape shape = shape_at(nest, mapping, places[index]);
        const TileBytes bytes = bytes_of(nest, shape, first_row, array.precision.bytes);
        const auto is_as_in = [&](std::size_t tensor, std::size_t other) {
            return other < blocks.size() && blocks[other][tensor] == blocks[index][tensor];
        };
        for (std::size_t operand = 0; operand < 2; ++operand) {
            if (!is_as_in(operand, index - 1)) memory_bytes_ += bytes.operands[operand];
            most_operand_bytes_[operand] = std::max(most_operand_bytes_[operand], bytes.operands[operand]);
        }
        const bool opens = !is_as_in(2, index - 1);
        const bool completes = !is_as_in(2, index + 1);
        ++kinds_[{
            {shape.groups, shape.samples, shape.out_rows, shape.in_channels, shape.out_channels}, opens, completes}];
        if (completes) memory_bytes_ += bytes.store;
        most_result_bytes_ = std::max(most_result_bytes_, bytes.result);
        most_store_bytes_ = std::max(most_store_bytes_, bytes.store);
    }
}

std::uint64_t CountedTiles::buffer_bytes() const {
    const std::uint64_t bank = buffer_.capacity_bytes / buffer_.banks;
    const auto in_banks = [&](std::uint64_t bytes) { return rounded_up(bytes, bank) * bank; };
    return 2 * in_banks(most_operand_bytes_[0]) + 2 * in_banks(most_operand_bytes_[1]) + in_banks(most_result_bytes_);
}

CountedMapping count_mapping(const ArraySpec& array, const LoopNest& nest, std::uint64_t units,
                             const Mapping& mapping, const CountedTiles& tiles) {
    const double words = static_cast<double>(array.precision.bytes) / 4;
    const EnergyTable& table = array.energy;
    CountedMapping counted{0, 0, tiles.count(), tiles.memory_bytes(), tiles.buffer_bytes()};
    Cycles computing = 0;
    for (const auto& [kind, times] : tiles.kinds()) {
        const auto& [sizes, opens, completes] = kind;
        const CountedTile tile = count_tile(array, nest, shape_of(sizes), mapping.pass, {opens, completes});
        computing += times * tile.cycles;
        // Two operands and a sum are read for each multiply-accumulate, a sum written; what arrives is written.
        const std::uint64_t registers = 4 * tile.macs + tile.array_words;
        counted.picojoules +=
            static_cast<double>(times) * (static_cast<double>(tile.macs) * (table.add + table.multiply) +
                                          words * (static_cast<double>(registers) * table.register_32bit +
                                                   static_cast<double>(tile.array_words) * table.array_32bit +
                                                   static_cast<double>(tile.buffer_words) * table.buffer_32bit));
    }
    // Every byte to or from memory crosses the vaults' vias and goes into or out of the buffer as well.
    const double of_memory_word = table.dram_32bit + table.buffer_32bit + 32 * table.tsv_bit;
    counted.picojoules += static_cast<double>(counted.memory_bytes) / 4 * of_memory_word;

    const auto up = [&](Picoseconds time) { return rounded_up(time, array.clock.period); };
    const std::uint64_t share = array.memory.vaults * array.memory.vault_bits_per_second / units;
    const auto moving = [&](std::uint64_t bytes) { return up(rounded_up(bytes * 8 * kPicosecondsPerSecond, share)); };
    const Cycles access = 2 * array.memory.crossbar_cycles +
                          up(array.memory.timing.row_to_column_delay + array.memory.timing.column_latency);
    const Cycles in_turn = std::max(computing, tiles.count() * access) +
                           moving(tiles.most_operand_bytes()[0] + tiles.most_operand_bytes()[1]) +
                           moving(tiles.most_store_bytes());
    // Where memory is the bound, the last tile is still to be computed when its operands are there.
    counted.cycles = std::max(in_turn, moving(tiles.memory_bytes()) + computing / tiles.count());
    return counted;
}

}  // namespace hypar::tests
