#include "arch/unit/tile_schedule.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// Elements of outputs in memory, from one row to another.
std::uint64_t stored_elements(const LoopNest& nest, std::uint64_t first_row, std::uint64_t end_row) {
    const auto before = [&](std::uint64_t row) {
        return checked_multiply(nest.stored_out_plane, row) / nest.out_height;
    };
    return before(end_row) - before(first_row);
}

/// Of outputs whose kernels reach into the features that a block of rows makes: for each row of the kernel the
/// block's own rows moved up by what that row is below its place, where they are not those of the kernel's rows
/// before.
std::uint64_t reaching_elements(const LoopNest& nest, std::uint64_t first_row, std::uint64_t end_row) {
    std::uint64_t elements = 0;
    std::uint64_t counted_from = end_row;
    for (std::uint64_t row = 0; row < nest.kernel_height; ++row) {
        const std::uint64_t up = row * nest.dilation_height / nest.stride_height;
        const std::uint64_t first = first_row - std::min(first_row, up);
        const std::uint64_t end = std::min(counted_from, end_row - std::min(end_row, up));
        elements += stored_elements(nest, first, end);
        counted_from = first;
    }
    return elements;
}

RowBlock row_block_of(const LoopNest& nest, std::uint64_t first_row, std::uint64_t end_row) {
    RowBlock block;
    block.out_rows = end_row - first_row;
    // Consecutive blocks add up to the plane of what is made, and of outputs that are an operand without a window.
    if (nest.is_transposed()) {
        const auto made_before = [&](std::uint64_t row) { return nest.in_height * row / nest.out_height; };
        block.feature_rows = made_before(end_row) - made_before(first_row);
        block.out_elements = reaching_elements(nest, first_row, end_row);
    } else {
        block.feature_rows = window_rows(nest, block.out_rows, nest.kernel_height);
        block.out_elements = stored_elements(nest, first_row, end_row);
    }
    return block;
}

/// How often a tensor's blocks are loaded, for each time that all of them pass: once for every trip of an outer
/// loop that it does not depend on.
std::uint64_t loads_of(LoopSet depends_on, const std::array<Loop, kLoops>& order, const ByLoop& trips) {
    std::uint64_t repeats = 1;
    std::uint64_t outer_repeats = 1;
    for (const Loop loop : order) {
        if (!contains(depends_on, loop)) {
            outer_repeats = checked_multiply(outer_repeats, trips[at(loop)]);
        } else if (trips[at(loop)] > 1) {
            repeats = outer_repeats;
        }
    }
    return repeats;
}

}  // namespace

TileShape shape_of(const ByLoop& sizes) {
    return {sizes[at(Loop::Groups)], sizes[at(Loop::Samples)], sizes[at(Loop::InChannels)],
            sizes[at(Loop::OutChannels)], sizes[at(Loop::Rows)]};
}

ByLoop trips_of(const LoopNest& nest, const ByLoop& block) {
    ByLoop trips = extents_of(nest);
    for (std::size_t loop = 0; loop < kLoops; ++loop) trips[loop] = ceil_divide(trips[loop], block[loop]);
    return trips;
}

RowBlocks::RowBlocks(const LoopNest& nest, std::uint64_t rows) {
    for (std::uint64_t first_row = 0; first_row < nest.out_height; first_row += rows) {
        blocks.push_back(row_block_of(nest, first_row, std::min(first_row + rows, nest.out_height)));
        const RowBlock& block = blocks.back();
        for (const auto field : {&RowBlock::out_rows, &RowBlock::feature_rows, &RowBlock::out_elements}) {
            largest.*field = std::max(largest.*field, block.*field);
            total.*field += block.*field;
        }
    }
}

Tile tile_of(const LoopNest& nest, const TileShape& shape, const RowBlock& rows, std::uint64_t element_bytes) {
    Tile tile;
    tile.shape = shape;
    const std::uint64_t filters = checked_multiply(shape.groups, shape.in_channels, shape.out_channels,
                                                   nest.kernel_height, nest.kernel_width, element_bytes);
    if (nest.is_elementwise()) {
        tile.operand_bytes = {checked_multiply(filters, 1 + nest.state_words), filters};
        tile.result_bytes = tile.operand_bytes[0];
        tile.store_bytes = tile.operand_bytes[0];
        return tile;
    }
    const std::uint64_t planes_in = checked_multiply(shape.groups, shape.samples, shape.in_channels);
    const std::uint64_t planes_out = checked_multiply(shape.groups, shape.samples, shape.out_channels);
    const std::array<std::uint64_t, 3> bytes = {
        checked_multiply(planes_out, rows.out_elements, element_bytes),
        checked_multiply(planes_in, rows.feature_rows, nest.in_width, element_bytes), filters};  // by NestTensor
    const auto bytes_of = [&](NestTensor tensor) { return bytes[static_cast<std::size_t>(tensor)]; };
    const auto operands = nest.operands();
    tile.operand_bytes = {bytes_of(operands[0]), bytes_of(operands[1])};
    tile.store_bytes = bytes_of(nest.result);
    tile.result_bytes = nest.result == NestTensor::Outputs
                            ? checked_multiply(planes_out, rows.out_rows * nest.out_width, element_bytes)
                            : tile.store_bytes;
    return tile;
}

Tile whole_tile(const LoopNest& nest, const RowBlocks& row_blocks, std::uint64_t element_bytes) {
    const TileShape shape = whole_of(nest);
    return tile_of(nest, shape, row_blocks.total, element_bytes);
}

std::uint64_t moved_bytes(const LoopNest& nest, const Tile& whole, const std::array<Loop, kLoops>& order,
                          const ByLoop& trips) {
    const auto operands = nest.operands();
    std::uint64_t bytes = whole.store_bytes;
    for (std::size_t index = 0; index < operands.size(); ++index) {
        const std::uint64_t loads = loads_of(loops_of(operands[index]), order, trips);
        bytes = checked_add(bytes, checked_multiply(whole.operand_bytes[index], loads));
    }
    return bytes;
}

TileSchedule::TileSchedule(const LoopNest& nest, const Mapping& mapping, std::uint64_t element_bytes)
    : TileSchedule(nest, mapping, element_bytes, std::make_shared<RowBlocks>(nest, mapping.block[at(Loop::Rows)])) {}

TileSchedule::TileSchedule(const LoopNest& nest, const Mapping& mapping, std::uint64_t element_bytes,
                           std::shared_ptr<const RowBlocks> row_blocks)
    : nest_(nest),
      leader_(nest),
      mapping_(mapping),
      element_bytes_(element_bytes),
      row_blocks_(std::move(row_blocks)),
      trips_(trips_of(nest, mapping.block)),
      size_(1) {
    for (std::size_t position = kLoops; position-- > 0;) {
        const std::size_t loop = at(mapping.order[position]);
        within_[loop] = size_;
        size_ = checked_multiply(size_, trips_[loop]);
    }
}

TileSchedule::Indices TileSchedule::indices(std::uint64_t index) const {
    Indices found{};
    for (std::size_t position = kLoops; position-- > 0;) {
        const std::size_t loop = at(mapping_.order[position]);
        found[loop] = index % trips_[loop];
        index /= trips_[loop];
    }
    return found;
}

TileShape TileSchedule::shape_at(const LoopNest& nest, const Mapping& mapping, const Indices& indices) {
    const auto extents = extents_of(nest);
    Indices sizes{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        sizes[loop] = std::min(mapping.block[loop], extents[loop] - indices[loop] * mapping.block[loop]);
    }
    return shape_of(sizes);
}

TileSchedule TileSchedule::led_by(const LoopNest& leader) const {
    TileSchedule led = *this;
    if (TileSchedule(leader, mapping_, element_bytes_, row_blocks_).trips_ == trips_) led.leader_ = leader;
    return led;
}

/// The loops whose indices differ between the tile at `here` and its neighbour: a step carries from the innermost
/// loop outwards through every loop that is at its end.
LoopSet TileSchedule::changes(const Indices& here, bool to_next) const {
    LoopSet changed = 0;
    for (std::size_t position = kLoops; position-- > 0;) {
        const Loop loop = mapping_.order[position];
        const std::uint64_t last = trips_[at(loop)] - 1;
        if (last > 0) changed |= set_of(loop);
        if (here[at(loop)] != (to_next ? last : 0)) break;
    }
    return changed;
}

TileSchedule::Place TileSchedule::place(std::uint64_t index) const { return {index, indices(index)}; }

void TileSchedule::advance(Place& place) const {
    ++place.index;
    for (std::size_t position = kLoops; position-- > 0;) {
        std::uint64_t& index = place.indices[at(mapping_.order[position])];
        if (++index < trips_[at(mapping_.order[position])]) return;
        index = 0;
    }
}

/// What is loaded for the tile and whether it opens and stores its result.
TileSchedule::Moves TileSchedule::moves_at(const Place& here) const {
    const auto operands = nest_.operands();
    Moves moves{true, true, true, true};
    if (here.index > 0) {
        const LoopSet changed = changes(here.indices, false);
        moves = {(loops_of(operands[0]) & changed) != 0, (loops_of(operands[1]) & changed) != 0,
                 (made_loops(nest_) & changed) != 0, true};
    }
    if (here.index + 1 < size_) moves[3] = (made_loops(nest_) & changes(here.indices, true)) != 0;
    return moves;
}

Tile TileSchedule::tile(std::uint64_t index) const {
    const Place here = place(index);
    const RowBlock& rows = row_blocks_->blocks[here.indices[at(Loop::Rows)]];
    Tile tile = tile_of(nest_, shape_at(nest_, mapping_, here.indices), rows, element_bytes_);
    tile.pace = shape_at(leader_, mapping_, here.indices);
    const Moves moves = moves_at(here);
    tile.loads = {moves[0], moves[1]};
    tile.opens_result = moves[2];
    tile.stores_result = moves[3];
    return tile;
}

/// Whether the tiles at two places are equal.
bool TileSchedule::are_alike(const Place& a, const Place& b) const {
    return moves_at(a) == moves_at(b) &&
           row_blocks_->blocks[a.indices[at(Loop::Rows)]] == row_blocks_->blocks[b.indices[at(Loop::Rows)]] &&
           shape_at(nest_, mapping_, a.indices) == shape_at(nest_, mapping_, b.indices) &&
           shape_at(leader_, mapping_, a.indices) == shape_at(leader_, mapping_, b.indices);
}

std::uint64_t TileSchedule::repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const {
    if (size_ <= distance || size_ - distance <= first) return 0;
    const std::uint64_t end = first + std::min(at_most, size_ - distance - first);
    const Indices steps = steps_of(distance);
    Place here = place(first);
    Place there = place(first + distance);
    while (here.index < end) {
        std::uint64_t alike = surely_repeats(here, steps);
        if (alike == 0) alike = repeats_as_before(first, here.index, distance);
        if (alike > 0) {
            here = place(here.index + alike);
            there = place(here.index + distance);
        } else if (are_alike(here, there)) {
            advance(here);
            advance(there);
        } else {
            break;
        }
    }
    return std::min(here.index, end) - first;
}

/// As `repeats` and at least: where the tiles from `first` to `index` do, and those and the ones that they equal come
/// back turn after turn of some loops.
std::uint64_t TileSchedule::repeats_as_before(std::uint64_t first, std::uint64_t index,
                                              std::uint64_t distance) const {
    for (const Loop loop : mapping_.order) {
        const std::uint64_t turn = within_[at(loop)];
        if (turn < 2 || index - first < turn || (index - first) % turn != 0) continue;
        const Indices steps = steps_of(turn);
        const std::uint64_t alike = std::min(surely_repeats(place(index - turn), steps),
                                             surely_repeats(place(index - turn + distance), steps));
        if (alike > 0) return alike;
    }
    return 0;
}

/// By how many indices of each loop tiles are apart that are `distance` apart; 0 where that is no whole number, or
/// none.
TileSchedule::Indices TileSchedule::steps_of(std::uint64_t distance) const {
    Indices steps{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        steps[loop] = distance % within_[loop] == 0 ? distance / within_[loop] : 0;
    }
    return steps;
}

/// As `repeats`, from the loops alone and at least: where tiles are apart by whole turns of the loops within one
/// loop, and from here to there that one is neither at its first nor at its last index, they can differ only in their
/// rows.
std::uint64_t TileSchedule::surely_repeats(const Place& here, const Indices& steps) const {
    for (const Loop loop : mapping_.order) {
        const std::uint64_t step = steps[at(loop)];
        const std::uint64_t first = here.indices[at(loop)];
        const std::uint64_t trips = trips_[at(loop)];
        if (step == 0 || first == 0 || first + step + 1 >= trips) continue;
        std::uint64_t end = trips - 1 - step;
        if (loop == Loop::Rows) {
            end = first;
            while (end + step + 1 < trips && row_blocks_->blocks[end] == row_blocks_->blocks[end + step]) ++end;
        }
        if (end > first) return (end - first) * within_[at(loop)] - here.index % within_[at(loop)];
    }
    return 0;
}

Tile TileSchedule::largest() const {
    Tile largest = tile_of(nest_, shape_at(nest_, mapping_, {}), row_blocks_->largest, element_bytes_);
    largest.loads = {true, true};
    largest.opens_result = true;
    largest.stores_result = true;
    return largest;
}

std::uint64_t TileSchedule::memory_bytes() const {
    return moved_bytes(nest_, whole_tile(nest_, *row_blocks_, element_bytes_), mapping_.order, trips_);
}

}  // namespace hypar
