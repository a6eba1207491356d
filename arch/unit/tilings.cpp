#include "arch/unit/tilings.h"

#include <algorithm>

#include "arch/unit/dataflow_model.h"
#include "base/checked.h"

namespace hypar {
namespace {

constexpr ByLoop kNoGranules{1, 1, 1, 1, 1};

constexpr std::uint64_t kSmall = 16;  // extents that are cut anywhere

std::vector<Tilings::LoopOrder> orders_of(const LoopNest& nest) {
    std::vector<Tilings::LoopOrder> orders;
    for (const NestTensor operand : nest.operands()) {
        Tilings::LoopOrder order{Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};
        const auto depth = [&](Loop loop) {
            if (!contains(made_loops(nest), loop)) return 2;
            return contains(loops_of(operand), loop) ? 0 : 1;
        };
        std::stable_sort(order.begin(), order.end(), [&](Loop a, Loop b) { return depth(a) < depth(b); });
        if (orders.empty() || orders.back() != order) orders.push_back(order);
    }
    return orders;
}

/// What makes up the result first.
std::array<Loop, 3> choice_order(const LoopNest& nest) {
    std::array<Loop, 3> loops{Loop::Samples, Loop::InChannels, Loop::OutChannels};
    std::stable_partition(loops.begin(), loops.end(), [&](Loop loop) { return contains(made_loops(nest), loop); });
    return loops;
}

/// Multiples of `granule` worth trying for a loop of `extent`: even pieces, in numbers that double, the largest
/// first.
std::vector<std::uint64_t> block_sizes(std::uint64_t extent, std::uint64_t granule) {
    std::vector<std::uint64_t> sizes;
    const std::uint64_t granules = ceil_divide(extent, granule);
    for (std::uint64_t pieces = 1; pieces < granules; pieces *= 2) {
        const std::uint64_t size = std::min(extent, ceil_divide(granules, pieces) * granule);
        if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    }
    const std::uint64_t smallest = std::min(extent, granule);
    if (sizes.empty() || sizes.back() != smallest) sizes.push_back(smallest);
    return sizes;
}

}  // namespace

Tilings::Tilings(const UnitSpec& unit, const LoopNest& nest, const ByLoop& fixed)
    : unit_(unit), nest_(nest), fixed_(fixed), orders_(orders_of(nest)), choice_(choice_order(nest)) {}

void Tilings::for_each(const PassShape& pass, const Visit& visit) {
    ByLoop granules = model_of(pass.dataflow).granules(unit_, nest_, pass);
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        const std::uint64_t extent = nest_.*kExtents[loop];
        granules[loop] = extent <= kSmall ? 1 : std::min(granules[loop], extent);
    }
    const auto [found, is_new] = found_.try_emplace(granules);
    if (is_new) {
        search(granules, LastSizes::Every, [&tilings = found->second](const ByLoop& sizes, const RowBlocks& rows) {
            tilings.emplace_back(sizes, &rows);
        });
    }
    for (const auto& [sizes, rows] : found->second) visit(sizes, *rows);
}

void Tilings::for_each_small(const Visit& visit) { search(kNoGranules, LastSizes::Every, visit); }

std::uint64_t Tilings::least_moved() {
    std::uint64_t least = UINT64_MAX;
    // With the largest no more moves than with smaller ones.
    search(kNoGranules, LastSizes::Largest,
           [&](const ByLoop& block, const RowBlocks& rows) { least = std::min(least, moved_by(block, rows)); });
    return least == UINT64_MAX ? 0 : least;
}

std::uint64_t Tilings::moved_by(const ByLoop& block, const RowBlocks& rows) const {
    const Tile whole = whole_tile(nest_, rows, unit_.element_bytes);
    const ByLoop trips = trips_of(nest_, block);
    std::uint64_t least = UINT64_MAX;
    for (const auto& order : orders_) least = std::min(least, moved_bytes(nest_, whole, order, trips));
    return least;
}

std::vector<std::uint64_t> Tilings::sizes_for(Loop loop, const ByLoop& granules) const {
    const std::uint64_t extent = nest_.*kExtents[at(loop)];
    if (fixed_[at(loop)] > 0) return {std::min(extent, fixed_[at(loop)])};
    return block_sizes(extent, granules[at(loop)]);
}

void Tilings::search(const ByLoop& granules, LastSizes which, const Visit& visit) {
    const std::vector<std::uint64_t> second = sizes_for(choice_[0], granules);
    const std::vector<std::uint64_t> third = sizes_for(choice_[1], granules);
    std::vector<std::uint64_t> last = sizes_for(choice_[2], granules);
    if (which == LastSizes::Every) std::reverse(last.begin(), last.end());
    ByLoop sizes{};
    for (const std::uint64_t groups : sizes_for(Loop::Groups, granules)) {
        sizes[at(Loop::Groups)] = groups;
        for (const std::uint64_t row_size : sizes_for(Loop::Rows, granules)) {
            sizes[at(Loop::Rows)] = row_size;
            const RowBlocks& rows = row_blocks(row_size);
            for (const std::uint64_t second_size : second) {
                sizes[at(choice_[0])] = second_size;
                complete(sizes, rows, third, last, which, visit);
            }
        }
    }
}

/// Every size of the third loop with those of the last that fit: the largest makes the fewest tiles, the smallest has
/// the first load over soonest. Of all sizes the smallest stand first, and what does not fit ends them; where the
/// largest is wanted it stands first.
void Tilings::complete(ByLoop& sizes, const RowBlocks& rows, const std::vector<std::uint64_t>& third,
                       const std::vector<std::uint64_t>& last, LastSizes which, const Visit& visit) {
    const bool ends_when_it_fits = which == LastSizes::Largest;
    for (const std::uint64_t third_size : third) {
        sizes[at(choice_[1])] = third_size;
        for (const std::uint64_t size : last) {
            sizes[at(choice_[2])] = size;
            const bool it_fits = fits(sizes, rows);
            if (it_fits) visit(sizes, rows);
            if (it_fits == ends_when_it_fits) break;
        }
    }
}

const RowBlocks& Tilings::row_blocks(std::uint64_t rows) {
    return row_blocks_.try_emplace(rows, nest_, rows).first->second;
}

bool Tilings::fits(const ByLoop& sizes, const RowBlocks& rows) const {
    const Tile largest = tile_of(nest_, shape_of(sizes), rows.largest, unit_.element_bytes);
    return largest.buffer_bytes(unit_.buffer) <= unit_.buffer.capacity_bytes;
}

}  // namespace hypar
