#include "arch/tile_schedule.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

using Dependence = std::array<bool, kLoops>;  // by Loop: Samples, Rows, InChannels, OutChannels
constexpr Dependence kFeatures{true, true, true, false};
constexpr Dependence kFilters{false, false, true, true};
constexpr Dependence kOutputs{true, true, false, true};

/// The tensors of a phase: two operands, then the result.
std::array<Dependence, 3> tensors_of(Phase phase) {
    switch (phase) {
        case Phase::Forward: return {kFeatures, kFilters, kOutputs};
        case Phase::Backward: return {kOutputs, kFilters, kFeatures};
        case Phase::Gradient: return {kFeatures, kOutputs, kFilters};
        case Phase::Update: return {kFilters, kFilters, kFilters};
    }
    return {};
}

std::size_t at(Loop loop) { return static_cast<std::size_t>(loop); }

bool touches(const Dependence& depends_on, const std::array<bool, kLoops>& changed) {
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        if (depends_on[loop] && changed[loop]) return true;
    }
    return false;
}

}  // namespace

TileSchedule::TileSchedule(const LoopNest& nest, const Blocking& blocking, std::uint64_t element_bytes)
    : nest_(nest),
      blocking_(blocking),
      element_bytes_(element_bytes),
      extent_{nest.samples, nest.out_height, nest.in_channels, nest.out_channels},
      size_(1) {
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        trips_[loop] = ceil_divide(extent_[loop], blocking.block[loop]);
        size_ = checked_multiply(size_, trips_[loop]);
    }
}

TileSchedule::Indices TileSchedule::indices(std::uint64_t index) const {
    Indices found{};
    for (std::size_t position = kLoops; position-- > 0;) {
        const std::size_t loop = at(blocking_.order[position]);
        found[loop] = index % trips_[loop];
        index /= trips_[loop];
    }
    return found;
}

TileShape TileSchedule::shape_at(const Indices& indices) const {
    Indices sizes{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        sizes[loop] = std::min(blocking_.block[loop], extent_[loop] - indices[loop] * blocking_.block[loop]);
    }
    return {sizes[at(Loop::Samples)], sizes[at(Loop::InChannels)], sizes[at(Loop::OutChannels)],
            sizes[at(Loop::Rows)]};
}

/// Elements in memory of rows `first_row` to `end_row` of the outputs; consecutive pieces add up to the plane.
std::uint64_t TileSchedule::out_elements(const TileShape& shape, std::uint64_t first_row,
                                         std::uint64_t end_row) const {
    const std::uint64_t plane =
        nest_.stored_out_plane * end_row / nest_.out_height - nest_.stored_out_plane * first_row / nest_.out_height;
    return checked_multiply(shape.samples, shape.out_channels, plane);
}

void TileSchedule::fill_bytes(Tile& tile, std::uint64_t first_row) const {
    const TileShape& shape = tile.shape;
    const std::uint64_t end_row = first_row + shape.out_rows;
    const std::uint64_t planes_in = shape.samples * shape.in_channels;
    const std::uint64_t filters =
        checked_multiply(shape.in_channels, shape.out_channels, nest_.kernel * nest_.kernel, element_bytes_);
    const std::uint64_t rows_under = std::min(nest_.in_height, (shape.out_rows - 1) * nest_.stride + nest_.kernel);
    const std::uint64_t features = checked_multiply(planes_in, rows_under, nest_.in_width, element_bytes_);
    switch (nest_.phase) {
        case Phase::Forward:
            tile.operand_bytes = {features, filters};
            tile.result_bytes =
                checked_multiply(shape.samples, shape.out_channels, shape.out_rows * nest_.out_width, element_bytes_);
            tile.store_bytes = out_elements(shape, first_row, end_row) * element_bytes_;
            break;
        case Phase::Backward: {
            // Errors of the rows whose kernels reach into this block from above come along.
            const std::uint64_t halo = std::min(first_row, (nest_.kernel - 1) / nest_.stride);
            const std::uint64_t made_rows =
                nest_.in_height * end_row / nest_.out_height - nest_.in_height * first_row / nest_.out_height;
            tile.operand_bytes = {out_elements(shape, first_row - halo, end_row) * element_bytes_, filters};
            tile.result_bytes = checked_multiply(planes_in, made_rows, nest_.in_width, element_bytes_);
            tile.store_bytes = tile.result_bytes;
            break;
        }
        case Phase::Gradient:
            tile.operand_bytes = {features, out_elements(shape, first_row, end_row) * element_bytes_};
            tile.result_bytes = filters;
            tile.store_bytes = filters;
            break;
        case Phase::Update:
            tile.operand_bytes = {filters, filters};
            tile.result_bytes = 0;  // in place of the old weights
            tile.store_bytes = filters;
            break;
    }
}

/// The loops whose indices differ between tile `here` and its neighbour: a step carries from the innermost loop
/// outwards through every loop that is at its end.
TileSchedule::Changes TileSchedule::changes(const Indices& here, bool to_next) const {
    Changes changed{};
    for (std::size_t position = kLoops; position-- > 0;) {
        const std::size_t loop = at(blocking_.order[position]);
        const std::uint64_t turn = to_next ? trips_[loop] - 1 : 0;
        changed[loop] = trips_[loop] > 1;
        if (here[loop] != turn) break;
    }
    return changed;
}

Tile TileSchedule::tile(std::uint64_t index) const {
    const Indices here = indices(index);
    const auto tensors = tensors_of(nest_.phase);
    Tile tile;
    tile.shape = shape_at(here);
    fill_bytes(tile, here[at(Loop::Rows)] * blocking_.block[at(Loop::Rows)]);
    tile.loads = {true, true};
    tile.opens_result = true;
    tile.stores_result = true;
    if (index > 0) {
        const Changes changed = changes(here, false);
        tile.loads = {touches(tensors[0], changed), touches(tensors[1], changed)};
        tile.opens_result = touches(tensors[2], changed);
    }
    if (index + 1 < size_) tile.stores_result = touches(tensors[2], changes(here, true));
    return tile;
}

Tile TileSchedule::largest() const {
    Tile largest = tile(0);
    const std::uint64_t row_block = blocking_.block[at(Loop::Rows)];
    Tile lower = largest;
    for (std::uint64_t first_row = row_block; first_row < nest_.out_height; first_row += row_block) {
        lower.shape.out_rows = std::min(row_block, nest_.out_height - first_row);
        fill_bytes(lower, first_row);
        for (std::size_t operand = 0; operand < 2; ++operand) {
            largest.operand_bytes[operand] = std::max(largest.operand_bytes[operand], lower.operand_bytes[operand]);
        }
        largest.result_bytes = std::max(largest.result_bytes, lower.result_bytes);
        largest.store_bytes = std::max(largest.store_bytes, lower.store_bytes);
    }
    return largest;
}

/// How often a tensor's blocks are loaded, for each time that all of them pass: once for every trip of an outer
/// loop that it does not depend on.
std::uint64_t TileSchedule::loads_of(const std::array<bool, kLoops>& depends_on) const {
    std::uint64_t repeats = 1;
    std::uint64_t outer_repeats = 1;
    for (const Loop loop : blocking_.order) {
        if (!depends_on[at(loop)]) {
            outer_repeats = checked_multiply(outer_repeats, trips_[at(loop)]);
        } else if (trips_[at(loop)] > 1) {
            repeats = outer_repeats;
        }
    }
    return repeats;
}

std::uint64_t TileSchedule::memory_bytes() const {
    // Whole tensors, with the rows that neighbouring blocks share loaded once for each block.
    const auto tensors = tensors_of(nest_.phase);
    Tile column{};  // all samples and channels of one block of rows
    std::array<std::uint64_t, 3> bytes{};
    const std::uint64_t row_block = blocking_.block[at(Loop::Rows)];
    for (std::uint64_t first_row = 0; first_row < nest_.out_height; first_row += row_block) {
        column.shape = {nest_.samples, nest_.in_channels, nest_.out_channels,
                        std::min(row_block, nest_.out_height - first_row)};
        fill_bytes(column, first_row);
        const std::array<std::uint64_t, 3> block{column.operand_bytes[0], column.operand_bytes[1],
                                                 column.store_bytes};
        for (std::size_t tensor = 0; tensor < 3; ++tensor) {
            if (first_row == 0 || tensors[tensor][at(Loop::Rows)]) bytes[tensor] += block[tensor];
        }
    }
    return checked_add(checked_add(checked_multiply(bytes[0], loads_of(tensors[0])),
                                   checked_multiply(bytes[1], loads_of(tensors[1]))),
                       bytes[2]);
}

}  // namespace hypar
