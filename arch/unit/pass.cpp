#include "arch/unit/pass.h"

#include <algorithm>
#include <numeric>

#include "arch/unit/dataflow_model.h"
#include "base/checked.h"

namespace hypar {

void wait_for_banks(ArrayCycles& cycles, const UnitSpec& unit, std::uint64_t words) {
    const Cycles needed = ceil_divide(checked_multiply(words, unit.element_bytes), unit.buffer.bytes_per_cycle());
    cycles.buffer = unit.cycles_of(Ideal::Buffer, std::max(needed, cycles.total()) - cycles.total());
}

std::uint64_t macs_of(const LoopNest& nest, const TileShape& tile) {
    return checked_multiply(tile.groups, tile.samples, tile.in_channels, tile.out_channels, nest.kernel_height,
                            nest.kernel_width, tile.out_rows, nest.out_width);
}

namespace {

/// What of a product's length one summed channel has, and of its items one input channel whose filters are made.
std::uint64_t words_per_channel(const LoopNest& nest) {
    if (!nest.is_transposed()) return nest.kernel_height * nest.kernel_width;
    return row_phases(nest).taps * column_phases(nest).taps;
}

}  // namespace

MatrixProduct lowered(const LoopNest& nest, const TileShape& tile) {
    const std::uint64_t positions = checked_multiply(tile.samples, tile.out_rows, nest.out_width);
    const std::uint64_t words = words_per_channel(nest);
    if (nest.result == NestTensor::Filters) return {tile.in_channels * words, tile.out_channels, positions};
    if (!nest.is_transposed()) return {positions, tile.out_channels, tile.in_channels * words};
    return {checked_multiply(positions, row_phases(nest).count, column_phases(nest).count), tile.in_channels,
            tile.out_channels * words};
}

MatrixProduct lowered(const LoopNest& nest) { return lowered(nest, whole_of(nest)); }

std::uint64_t channels_of(const LoopNest& nest, std::uint64_t size) {
    return size / std::gcd(size, words_per_channel(nest));
}

std::vector<std::uint64_t> fractions_of(std::uint64_t count) {
    std::vector<std::uint64_t> fractions;
    for (std::uint64_t parts = 1; parts <= count; parts = count / fractions.back() + 1) {
        fractions.push_back(count / parts);
    }
    return fractions;
}

std::vector<std::uint64_t> even_pieces_of(std::uint64_t extent) {
    std::vector<std::uint64_t> pieces;
    for (std::uint64_t steps = 1;; ++steps) {
        const std::uint64_t piece = ceil_divide(extent, steps);
        pieces.push_back(piece);
        if (piece == 1) return pieces;
        steps = (extent - 1) / (piece - 1);  // the most that need so large a piece
    }
}

std::vector<std::uint64_t> kernel_rows_at_once(const UnitSpec& unit, std::uint64_t kernel_height) {
    const std::uint64_t whole = std::min(kernel_height, unit.pe_array.rows);
    if (unit.mapping.whole_sets || (whole == kernel_height && unit.pe_array.rows % whole == 0)) return {whole};
    std::vector<std::uint64_t> rows;
    for (const std::uint64_t at_once : even_pieces_of(kernel_height)) {
        if (at_once <= whole) rows.push_back(at_once);
    }
    return rows;
}

}  // namespace hypar
