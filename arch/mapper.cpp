#include "arch/mapper.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

/// Loops that may be outermost, in both orders that keep the loops a phase sums over innermost.
std::vector<std::array<Loop, kLoops>> loop_orders(Phase phase) {
    switch (phase) {
        case Phase::Forward:
            return {{Loop::Samples, Loop::Rows, Loop::OutChannels, Loop::InChannels},
                    {Loop::OutChannels, Loop::Samples, Loop::Rows, Loop::InChannels}};
        case Phase::Backward:
            return {{Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels},
                    {Loop::InChannels, Loop::Samples, Loop::Rows, Loop::OutChannels}};
        case Phase::Gradient:
            return {{Loop::OutChannels, Loop::InChannels, Loop::Samples, Loop::Rows},
                    {Loop::InChannels, Loop::OutChannels, Loop::Samples, Loop::Rows}};
        case Phase::Update: return {{Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels}};
    }
    return {};
}

/// Block sizes worth trying for a loop of `extent`: even pieces, in numbers that grow by half.
std::vector<std::uint64_t> block_sizes(std::uint64_t extent) {
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t pieces = 1; pieces <= extent; pieces += std::max<std::uint64_t>(1, pieces / 2)) {
        const std::uint64_t size = ceil_divide(extent, pieces);
        if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    }
    if (sizes.back() != 1) sizes.push_back(1);
    return sizes;
}

/// Parts of sizes that differ by at most one, the larger ones first.
std::vector<std::uint64_t> even_parts(std::uint64_t whole, std::uint64_t parts) {
    std::vector<std::uint64_t> sizes(parts, whole / parts);
    for (std::uint64_t part = 0; part < whole % parts; ++part) ++sizes[part];
    return sizes;
}

/// The two extents that units divide.
using Dimension = std::uint64_t LoopNest::*;
std::pair<Dimension, Dimension> divided_dimensions(Phase phase) {
    switch (phase) {
        case Phase::Forward: return {&LoopNest::samples, &LoopNest::out_channels};
        case Phase::Backward: return {&LoopNest::samples, &LoopNest::in_channels};
        case Phase::Gradient:
        case Phase::Update: return {&LoopNest::in_channels, &LoopNest::out_channels};
    }
    return {&LoopNest::samples, &LoopNest::out_channels};
}

UnitNests divide_in(const LoopNest& shard, std::uint64_t first_parts, std::uint64_t second_parts) {
    const auto [first, second] = divided_dimensions(shard.phase);
    UnitNests nests;
    for (const std::uint64_t first_size : even_parts(shard.*first, first_parts)) {
        for (const std::uint64_t second_size : even_parts(shard.*second, second_parts)) {
            LoopNest nest = shard;
            nest.*first = first_size;
            nest.*second = second_size;
            if (!nest.empty()) nests.push_back(nest);
        }
    }
    return nests;
}

}  // namespace

UnitNests Mapper::divide(const LoopNest& shard) {
    if (shard.empty()) return {};
    const auto remembered = divided_.find(shard);
    if (remembered != divided_.end()) return remembered->second;
    UnitNests best_nests;
    Cycles least = 0;
    for (std::uint64_t first_parts = 1; first_parts <= array_.processing_units; ++first_parts) {
        if (array_.processing_units % first_parts != 0) continue;
        UnitNests nests = divide_in(shard, first_parts, array_.processing_units / first_parts);
        const Cycles slowest = best(nests.front()).cycles;
        if (best_nests.empty() || slowest < least) {
            least = slowest;
            best_nests = std::move(nests);
        }
    }
    divided_.emplace(shard, best_nests);
    return best_nests;
}

TileSchedule Mapper::schedule(const LoopNest& nest, const LoopNest& leader) {
    return TileSchedule(nest, best(leader).blocking, array_.precision.bytes).led_by(leader);
}

const Mapper::Choice& Mapper::best(const LoopNest& nest) {
    auto found = found_.find(nest);
    if (found == found_.end()) found = found_.emplace(nest, search(nest)).first;
    return found->second;
}

Mapper::Choice Mapper::search(const LoopNest& nest) const {
    Choices choices;
    const std::vector<std::uint64_t> sample_sizes = block_sizes(nest.samples);
    const std::vector<std::uint64_t> in_channel_sizes = block_sizes(nest.in_channels);
    const std::vector<std::uint64_t> out_channel_sizes = block_sizes(nest.out_channels);
    for (const std::uint64_t rows : block_sizes(nest.out_height)) {
        const RowBlocks row_blocks(nest, rows);
        const auto does_not_fit = [&](const TileShape& shape) {
            const Tile largest = tile_of(nest, shape, row_blocks.largest, array_.precision.bytes);
            return largest.buffer_bytes() > array_.buffer.capacity_bytes / 2;
        };
        for (const std::uint64_t samples : sample_sizes) {
            if (does_not_fit({samples, 1, 1, rows})) continue;
            for (const std::uint64_t in_channels : in_channel_sizes) {
                // Of the blocks of output channels the largest that fits is taken: it reuses most. An update reuses
                // nothing.
                auto size = std::partition_point(out_channel_sizes.begin(), out_channel_sizes.end(),
                                                 [&](std::uint64_t out_channels) {
                                                     return does_not_fit({samples, in_channels, out_channels, rows});
                                                 });
                const auto end = nest.phase == Phase::Update || size == out_channel_sizes.end()
                                     ? out_channel_sizes.end()
                                     : size + 1;
                for (; size != end; ++size) {
                    evaluate(nest, {samples, in_channels, *size, rows}, row_blocks, choices);
                }
            }
        }
    }
    if (choices.empty()) {
        const std::uint64_t smallest_bytes = TileSchedule(nest, {}, array_.precision.bytes).largest().buffer_bytes();
        throw ConfigError("array.buffer.capacity",
                          fmt::format("the smallest tile needs {} bytes twice, the buffer has {}", smallest_bytes,
                                      array_.buffer.capacity_bytes));
    }
    return choices.best();
}

/// Adds the schedules in tiles of `shape`, one for each order of loops, unless computing alone takes too long.
void Mapper::evaluate(const LoopNest& nest, const TileShape& shape, const RowBlocks& row_blocks,
                      Choices& choices) const {
    const std::array<std::uint64_t, kLoops> trips{
        ceil_divide(nest.samples, shape.samples), ceil_divide(nest.out_height, shape.out_rows),
        ceil_divide(nest.in_channels, shape.in_channels), ceil_divide(nest.out_channels, shape.out_channels)};
    const std::uint64_t tiles = checked_multiply(trips[0], trips[1], trips[2], trips[3]);
    const Cycles computing = checked_multiply(time_tile(array_.pe_array, nest, shape).cycles, tiles);
    if (computing > choices.limit()) return;
    const std::uint64_t unit_bits_per_second = std::max<std::uint64_t>(
        1, array_.memory.vaults * array_.memory.vault_bits_per_second / array_.processing_units);
    const auto cycles_to_move = [&](std::uint64_t bytes) {
        return array_.clock.cycles_up_to(transfer_time(bytes, unit_bits_per_second));
    };
    const Tile largest = tile_of(nest, shape, row_blocks.largest, array_.precision.bytes);
    const Cycles first_load = cycles_to_move(largest.operand_bytes[0] + largest.operand_bytes[1]);
    const Tile whole = whole_tile(nest, row_blocks, array_.precision.bytes);
    for (const auto& order : loop_orders(nest.phase)) {
        const Blocking blocking{{shape.samples, shape.out_rows, shape.in_channels, shape.out_channels}, order};
        const std::uint64_t memory_bytes = moved_bytes(whole, nest.phase, order, trips);
        const Cycles cycles = checked_add(std::max(computing, cycles_to_move(memory_bytes)), first_load);
        choices.add({blocking, cycles, memory_bytes, tiles});
    }
}

Cycles Mapper::Choices::limit() const {
    constexpr std::uint64_t kTolerance = 50;  // cycles within 1/50 of the least count as equal
    return least_ == UINT64_MAX ? least_ : checked_add(least_, least_ / kTolerance);
}

void Mapper::Choices::add(const Choice& choice) {
    if (choice.cycles > limit()) return;
    least_ = std::min(least_, choice.cycles);
    found_.push_back(choice);
}

Mapper::Choice Mapper::Choices::best() const {
    const auto rank = [&](const Choice& choice) {
        return std::make_tuple(choice.cycles > limit(), choice.memory_bytes, choice.tiles, choice.cycles);
    };
    return *std::min_element(found_.begin(), found_.end(),
                             [&](const Choice& a, const Choice& b) { return rank(a) < rank(b); });
}

}  // namespace hypar
