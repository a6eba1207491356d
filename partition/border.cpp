#include "partition/border.h"

#include <algorithm>
#include <map>

namespace hypar {
namespace {

std::vector<ItemRange> owned_input(const Layer& layer, LevelSet split, std::uint64_t accelerator,
                                   const Levels& levels) {
    return owned_ranges(layer.input.height, split, accelerator, levels);
}

std::vector<ItemRange> needed_input(const Layer& layer, LevelSet split, std::uint64_t accelerator,
                                    const Levels& levels) {
    return needed_rows(layer, owned_ranges(layer.output.height, split, accelerator, levels));
}

/// An owner's range, with its position.
struct OwnedRange {
    ItemRange rows;
    std::uint64_t position = 0;
};

/// All rows of the input by their owners, in order.
std::vector<OwnedRange> owners_of_input(const Layer& layer, LevelSet split, const Levels& levels) {
    std::vector<OwnedRange> owners;
    for (std::uint64_t position = 0; position < levels.places(split); ++position) {
        const std::uint64_t accelerator = levels.at_position(0, split, position);
        for (const ItemRange& rows : owned_input(layer, split, accelerator, levels))
            owners.push_back({rows, position});
    }
    std::sort(owners.begin(), owners.end(),
              [](const OwnedRange& a, const OwnedRange& b) { return a.rows.begin < b.rows.begin; });
    return owners;
}

}  // namespace

ItemRange convolved_rows(const Layer& layer, const ItemRange& output) {
    if (output.size() == 0) return {};
    if (!layer.pool) return output;
    const std::uint64_t begin = output.begin * layer.pool->stride;
    if (output.end == layer.output.height) return {begin, layer.unpooled_output.height};
    const std::uint64_t last_window = (output.end - 1) * layer.pool->stride + layer.pool->size;
    return {begin, std::max(output.end * layer.pool->stride, last_window)};
}

std::vector<ItemRange> convolved_rows(const Layer& layer, const std::vector<ItemRange>& output) {
    std::vector<ItemRange> rows;
    rows.reserve(output.size());
    for (const ItemRange& range : output) rows.push_back(convolved_rows(layer, range));
    return joined(std::move(rows));
}

std::vector<ItemRange> needed_rows(const Layer& layer, const std::vector<ItemRange>& output) {
    std::vector<ItemRange> needed;
    const auto add = [&](const ItemRange& rows) {
        const std::uint64_t first = rows.begin * layer.stride;
        const std::uint64_t end = (rows.end - 1) * layer.stride + layer.kernel;
        const std::uint64_t begin = first > layer.padding ? first - layer.padding : 0;
        const std::uint64_t inside = std::min(layer.input.height, end > layer.padding ? end - layer.padding : 0);
        if (begin < inside) needed.push_back({begin, inside});
    };
    for (const ItemRange& rows : convolved_rows(layer, output)) {
        // A kernel that does not reach its next place leaves rows between that nobody needs.
        const std::uint64_t step = layer.stride > layer.kernel ? 1 : rows.size();
        for (std::uint64_t row = rows.begin; row < rows.end; row += step) add({row, row + step});
    }
    return joined(std::move(needed));
}

std::vector<BorderRound> border_rounds(const Layer& layer, LevelSet split, const Levels& levels) {
    const std::uint64_t positions = levels.places(split);
    const std::vector<OwnedRange> owners = owners_of_input(layer, split, levels);
    std::map<std::uint64_t, std::vector<std::uint64_t>> by_offset;
    for (std::uint64_t reader = 0; reader < positions; ++reader) {
        const std::uint64_t accelerator = levels.at_position(0, split, reader);
        for (const ItemRange& needed : needed_input(layer, split, accelerator, levels)) {
            auto owner = std::partition_point(owners.begin(), owners.end(), [&](const OwnedRange& range) {
                return range.rows.end <= needed.begin;
            });
            for (; owner != owners.end() && owner->rows.begin < needed.end; ++owner) {
                if (owner->position == reader) continue;
                auto& rows = by_offset[(reader + positions - owner->position) % positions];
                rows.resize(positions);
                rows[owner->position] +=
                    std::min(needed.end, owner->rows.end) - std::max(needed.begin, owner->rows.begin);
            }
        }
    }
    std::vector<BorderRound> rounds;
    rounds.reserve(by_offset.size());
    for (auto& [offset, rows] : by_offset) rounds.push_back({offset, std::move(rows)});
    return rounds;
}

std::uint64_t input_rows(const Layer& layer, LevelSet split, std::uint64_t accelerator, const Levels& levels) {
    if (split == 0) return layer.input.height;
    std::vector<ItemRange> rows = owned_input(layer, split, accelerator, levels);
    for (const ItemRange& needed : needed_input(layer, split, accelerator, levels)) rows.push_back(needed);
    return size_of(joined(std::move(rows)));
}

std::uint64_t computed_rows(const Layer& layer, LevelSet split, std::uint64_t accelerator, const Levels& levels) {
    if (split == 0) return layer.unpooled_output.height;
    return size_of(convolved_rows(layer, owned_ranges(layer.output.height, split, accelerator, levels)));
}

std::uint64_t computed_rows_of_group(const Layer& layer, LevelSet split, const Levels& levels) {
    std::uint64_t sum = 0;
    for (std::uint64_t position = 0; position < levels.places(split); ++position) {
        sum += computed_rows(layer, split, levels.at_position(0, split, position), levels);
    }
    return sum;
}

}  // namespace hypar
