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

std::array<std::uint64_t, kLoops> extents_of(const LoopNest& nest) {
    return {nest.samples, nest.out_height, nest.in_channels, nest.out_channels};
}

bool touches(const Dependence& depends_on, const std::array<bool, kLoops>& changed) {
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        if (depends_on[loop] && changed[loop]) return true;
    }
    return false;
}

RowBlock row_block_of(const LoopNest& nest, std::uint64_t first_row, std::uint64_t end_row) {
    const auto elements_before = [&](std::uint64_t row) { return nest.stored_out_plane * row / nest.out_height; };
    const auto made_before = [&](std::uint64_t row) { return nest.in_height * row / nest.out_height; };
    const std::uint64_t halo = std::min(first_row, (nest.kernel - 1) / nest.stride);
    RowBlock block;
    block.out_rows = end_row - first_row;
    block.feature_rows = std::min(nest.in_height, (block.out_rows - 1) * nest.stride + nest.kernel);
    // Consecutive blocks add up to the plane.
    block.out_elements = elements_before(end_row) - elements_before(first_row);
    block.halo_elements = elements_before(end_row) - elements_before(first_row - halo);
    block.made_rows = made_before(end_row) - made_before(first_row);
    return block;
}

}  // namespace

RowBlocks::RowBlocks(const LoopNest& nest, std::uint64_t rows) {
    for (std::uint64_t first_row = 0; first_row < nest.out_height; first_row += rows) {
        blocks.push_back(row_block_of(nest, first_row, std::min(first_row + rows, nest.out_height)));
        const RowBlock& block = blocks.back();
        for (const auto field : {&RowBlock::out_rows, &RowBlock::feature_rows, &RowBlock::out_elements,
                                 &RowBlock::halo_elements, &RowBlock::made_rows}) {
            largest.*field = std::max(largest.*field, block.*field);
            total.*field += block.*field;
        }
    }
}

Tile tile_of(const LoopNest& nest, const TileShape& shape, const RowBlock& rows, std::uint64_t element_bytes) {
    Tile tile;
    tile.shape = shape;
    const std::uint64_t planes_in = shape.samples * shape.in_channels;
    const std::uint64_t planes_out = shape.samples * shape.out_channels;
    const std::uint64_t filters =
        checked_multiply(shape.in_channels, shape.out_channels, nest.kernel * nest.kernel, element_bytes);
    const std::uint64_t features = checked_multiply(planes_in, rows.feature_rows, nest.in_width, element_bytes);
    switch (nest.phase) {
        case Phase::Forward:
            tile.operand_bytes = {features, filters};
            tile.result_bytes = checked_multiply(planes_out, rows.out_rows * nest.out_width, element_bytes);
            tile.store_bytes = checked_multiply(planes_out, rows.out_elements, element_bytes);
            break;
        case Phase::Backward:
            tile.operand_bytes = {checked_multiply(planes_out, rows.halo_elements, element_bytes), filters};
            tile.result_bytes = checked_multiply(planes_in, rows.made_rows, nest.in_width, element_bytes);
            tile.store_bytes = tile.result_bytes;
            break;
        case Phase::Gradient:
            tile.operand_bytes = {features, checked_multiply(planes_out, rows.out_elements, element_bytes)};
            tile.result_bytes = filters;
            tile.store_bytes = filters;
            break;
        case Phase::Update:
            tile.operand_bytes = {filters, filters};
            tile.result_bytes = 0;  // in place of the old weights
            tile.store_bytes = filters;
            break;
    }
    return tile;
}

TileSchedule::TileSchedule(const LoopNest& nest, const Blocking& blocking, std::uint64_t element_bytes)
    : TileSchedule(nest, blocking, element_bytes, std::make_shared<RowBlocks>(nest, blocking.block[at(Loop::Rows)])) {
}

TileSchedule::TileSchedule(const LoopNest& nest, const Blocking& blocking, std::uint64_t element_bytes,
                           std::shared_ptr<const RowBlocks> row_blocks)
    : nest_(nest),
      leader_(nest),
      blocking_(blocking),
      element_bytes_(element_bytes),
      row_blocks_(std::move(row_blocks)),
      size_(1) {
    const auto extents = extents_of(nest);
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        trips_[loop] = ceil_divide(extents[loop], blocking.block[loop]);
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

TileShape TileSchedule::shape_at(const LoopNest& nest, const Blocking& blocking, const Indices& indices) {
    const auto extents = extents_of(nest);
    Indices sizes{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        sizes[loop] = std::min(blocking.block[loop], extents[loop] - indices[loop] * blocking.block[loop]);
    }
    return {sizes[at(Loop::Samples)], sizes[at(Loop::InChannels)], sizes[at(Loop::OutChannels)],
            sizes[at(Loop::Rows)]};
}

TileSchedule TileSchedule::led_by(const LoopNest& leader) const {
    TileSchedule led = *this;
    if (TileSchedule(leader, blocking_, element_bytes_, row_blocks_).trips_ == trips_) led.leader_ = leader;
    return led;
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
    Tile tile =
        tile_of(nest_, shape_at(nest_, blocking_, here), row_blocks_->blocks[here[at(Loop::Rows)]], element_bytes_);
    tile.pace = shape_at(leader_, blocking_, here);
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

std::uint64_t TileSchedule::repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const {
    if (size_ <= distance || size_ - distance <= first) return 0;
    const std::uint64_t end = first + std::min(at_most, size_ - distance - first);
    std::uint64_t index = first;
    while (index < end) {
        std::uint64_t alike = surely_repeats(index, distance);
        if (alike == 0) alike = repeats_as_before(first, index, distance);
        if (alike == 0 && !(tile(index) == tile(index + distance))) break;
        index += std::max<std::uint64_t>(1, alike);
    }
    return std::min(index, end) - first;
}

/// As `repeats` and at least: where the tiles from `first` to `index` do, and those and the ones that they equal come
/// back turn after turn of some loops.
std::uint64_t TileSchedule::repeats_as_before(std::uint64_t first, std::uint64_t index,
                                              std::uint64_t distance) const {
    std::uint64_t turn = size_;
    for (const Loop loop : blocking_.order) {
        turn /= trips_[at(loop)];
        if (turn < 2 || index - first < turn || (index - first) % turn != 0) continue;
        const std::uint64_t alike =
            std::min(surely_repeats(index - turn, turn), surely_repeats(index - turn + distance, turn));
        if (alike > 0) return alike;
    }
    return 0;
}

/// As `repeats`, from the loops alone and at least: where `distance` is whole turns of the loops within one loop, and
/// from here to there that one is neither at its first nor at its last index, tiles can differ only in their rows.
std::uint64_t TileSchedule::surely_repeats(std::uint64_t index, std::uint64_t distance) const {
    const Indices here = indices(index);
    std::uint64_t tiles_within = size_;
    for (const Loop loop : blocking_.order) {
        tiles_within /= trips_[at(loop)];
        const std::uint64_t step = distance / tiles_within;
        if (distance % tiles_within != 0 || step == 0) continue;
        const std::uint64_t first = here[at(loop)];
        std::uint64_t end = first;
        while (end > 0 && end + step + 1 < trips_[at(loop)]) {
            if (loop == Loop::Rows && !(row_blocks_->blocks[end] == row_blocks_->blocks[end + step])) break;
            ++end;
            if (loop != Loop::Rows) end = trips_[at(loop)] - 1 - step;
        }
        if (end > first) return (end - first) * tiles_within - index % tiles_within;
    }
    return 0;
}

Tile TileSchedule::largest() const {
    Tile largest = tile_of(nest_, shape_at(nest_, blocking_, {}), row_blocks_->largest, element_bytes_);
    largest.loads = {true, true};
    largest.opens_result = true;
    largest.stores_result = true;
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
    const TileShape whole_shape{nest_.samples, nest_.in_channels, nest_.out_channels, nest_.out_height};
    const Tile whole = tile_of(nest_, whole_shape, row_blocks_->total, element_bytes_);
    return checked_add(checked_add(checked_multiply(whole.operand_bytes[0], loads_of(tensors[0])),
                                   checked_multiply(whole.operand_bytes[1], loads_of(tensors[1]))),
                       whole.store_bytes);
}

}  // namespace hypar
