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
    const Pool& pool = *layer.pool;
    const std::uint64_t height = layer.unpooled_output.height;
    const auto inside = [&](std::uint64_t padded) {
        return std::min(height, padded > pool.padding.top ? padded - pool.padding.top : 0);
    };
    const std::uint64_t begin = inside(output.begin * pool.stride.height);
    if (output.end == layer.output.height) return {begin, height};
    const std::uint64_t last_window = (output.end - 1) * pool.stride.height + pool.size.height;
    return {begin, inside(std::max(output.end * pool.stride.height, last_window))};
}

std::vector<ItemRange> convolved_rows(const Layer& layer, const std::vector<ItemRange>& output) {
    std::vector<ItemRange> rows;
    rows.reserve(output.size());
    for (const ItemRange& range : output) rows.push_back(convolved_rows(layer, range));
    return joined(std::move(rows));
}

std::vector<ItemRange> needed_rows(const Layer& layer, const std::vector<ItemRange>& output) {
    std::vector<ItemRange> needed;
    const auto add = [&](std::uint64_t begin, std::uint64_t end) {
        const std::uint64_t first = begin > layer.padding.top ? begin - layer.padding.top : 0;
        const std::uint64_t last =
            std::min(layer.input.height, end > layer.padding.top ? end - layer.padding.top : 0);
        if (first < last) needed.push_back({first, last});
    };
    // Kernels that leave rows between, their own or to their next places, need these alone.
    const std::uint64_t kernel_rows = layer.dilation.height > 1 ? 1 : layer.kernel.height;
    const bool is_dense = layer.dilation.height == 1 && layer.stride.height <= layer.kernel.height;
    for (const ItemRange& rows : convolved_rows(layer, output)) {
        const std::uint64_t step = is_dense ? rows.size() : 1;
        for (std::uint64_t row = rows.begin; row < rows.end; row += step) {
            for (std::uint64_t kernel = 0; kernel < layer.kernel.height; kernel += kernel_rows) {
                const std::uint64_t under = kernel * layer.dilation.height;
                add(row * layer.stride.height + under, (row + step - 1) * layer.stride.height + under + kernel_rows);
            }
        }
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
