#include "partition/ownership.h"

#include <array>

namespace hypar {

Layout compute_layout(const Plan& plan, std::size_t layer) {
    Layout layout;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        (plan.at(level, layer) == Parallelism::Data ? layout.batch : layout.channels) |= level_bit(level);
    }
    return layout;
}

// The nodes of one depth have at most two sizes, floor(items / 2^depth) and one more, so the count is carried up
// the tree for these two alone.
std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, std::size_t levels) {
    std::uint64_t smaller_below = items >> levels;
    std::array<std::uint64_t, 2> owned_below{smaller_below, smaller_below + 1};
    for (std::size_t level = levels; level-- > 0;) {
        const std::uint64_t smaller = items >> level;
        std::array<std::uint64_t, 2> owned{};
        for (std::size_t extra = 0; extra < 2; ++extra) {
            const std::uint64_t size = smaller + extra;
            const std::uint64_t first = owned_below[size - size / 2 - smaller_below];
            const std::uint64_t second = owned_below[size / 2 - smaller_below];
            if ((split & level_bit(level)) == 0) {
                owned[extra] = first + second;
            } else {
                owned[extra] = half_at(accelerator, level, levels) == 0 ? first : second;
            }
        }
        smaller_below = smaller;
        owned_below = owned;
    }
    return owned_below[0];
}

std::uint64_t leaf_of(std::uint64_t item, std::uint64_t items, std::size_t levels) {
    std::uint64_t leaf = 0;
    for (std::size_t level = 0; level < levels; ++level) {
        const std::uint64_t first_half = items - items / 2;
        const bool second = item >= first_half;
        leaf = leaf * 2 + (second ? 1 : 0);
        if (second) item -= first_half;
        items = second ? items / 2 : first_half;
    }
    return leaf;
}

}  // namespace hypar
