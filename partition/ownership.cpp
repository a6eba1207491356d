#include "partition/ownership.h"

#include <algorithm>

namespace hypar {

ItemTree::ItemTree(std::uint64_t items, const Levels& levels)
    : leaf_(items / levels.accelerators()), levels_(levels) {
    if (!levels.shares().empty()) {
        below_first_ = std::make_shared<const Levels>(levels.below_first());
        for (const std::uint64_t part : levels.divided(items, 0)) parts_.emplace_back(part, *below_first_);
        return;
    }
    nodes_.reserve(levels.count());
    for (std::size_t level = 0; level < levels.count(); ++level) {
        const std::uint64_t smaller = items / levels.groups(level);
        const std::uint64_t smaller_below = items / levels.groups(level + 1);
        std::array<Node, 2> nodes;
        for (std::uint64_t extra = 0; extra < 2; ++extra) {
            const std::uint64_t size = smaller + extra;
            nodes[extra] = {size % levels.size(level), size / levels.size(level) > smaller_below};
        }
        nodes_.push_back(nodes);
    }
}

ItemTree::OwnedBelow ItemTree::owned_at(std::size_t level, const OwnedBelow& below, bool splits,
                                        std::uint64_t place) const {
    OwnedBelow owned{};
    for (std::size_t extra = 0; extra < 2; ++extra) {
        const Node& node = nodes_[level][extra];
        const std::uint64_t larger = below[1];
        const std::uint64_t other = below[node.others_are_larger ? 1 : 0];
        if (splits) {
            owned[extra] = place < node.larger ? larger : other;
        } else {
            owned[extra] = node.larger * larger + (levels_.size(level) - node.larger) * other;
        }
    }
    return owned;
}

std::uint64_t ItemTree::owned(LevelSet split, std::uint64_t accelerator) const {
    if (parts_.empty()) return owned_evenly(split, accelerator);
    std::uint64_t owned = 0;
    for (std::size_t place = 0; place < parts_.size(); ++place) {
        if (contains_level(split, 0) && place != levels_.place(accelerator, 0)) continue;
        owned += parts_[place].owned(split >> 1U, accelerator % below_first_->accelerators());
    }
    return owned;
}

std::vector<std::uint64_t> ItemTree::owned_by_all(LevelSet split) const {
    if (parts_.empty()) return owned_evenly_by_all(split);
    std::vector<std::uint64_t> owned(levels_.accelerators());
    const std::uint64_t of_a_part = below_first_->accelerators();
    for (std::size_t place = 0; place < parts_.size(); ++place) {
        const std::vector<std::uint64_t> part = parts_[place].owned_by_all(split >> 1U);
        for (std::uint64_t i = 0; i < owned.size(); ++i) {
            if (!contains_level(split, 0) || i / of_a_part == place) owned[i] += part[i % of_a_part];
        }
    }
    return owned;
}

// What nodes leave is carried up the tree for their two sizes alone.
std::uint64_t ItemTree::owned_evenly(LevelSet split, std::uint64_t accelerator) const {
    OwnedBelow owned{leaf_, leaf_ + 1};
    for (std::size_t level = levels_.count(); level-- > 0;) {
        const bool splits = contains_level(split, level);
        owned = owned_at(level, owned, splits, splits ? levels_.place(accelerator, level) : 0);
    }
    return owned[0];
}

std::vector<std::uint64_t> ItemTree::owned_evenly_by_all(LevelSet split) const {
    std::vector<OwnedBelow> below{{leaf_, leaf_ + 1}};  // by the places further down
    for (std::size_t level = levels_.count(); level-- > 0;) {
        std::vector<OwnedBelow> here;
        here.reserve(below.size() * levels_.size(level));
        for (std::uint64_t place = 0; place < levels_.size(level); ++place) {
            for (const OwnedBelow& owned : below) {
                here.push_back(owned_at(level, owned, contains_level(split, level), place));
            }
        }
        below = std::move(here);
    }
    std::vector<std::uint64_t> owned;
    owned.reserve(below.size());
    for (const OwnedBelow& of_sizes : below) owned.push_back(of_sizes[0]);
    return owned;
}

std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, const Levels& levels) {
    return ItemTree(items, levels).owned(split, accelerator);
}

namespace {

/// Adds what a node of `level` leaves the accelerator.
void add_owned(ItemRange node, std::size_t level, LevelSet split, std::uint64_t accelerator, const Levels& levels,
               std::vector<ItemRange>& owned) {
    if (node.size() == 0) return;
    if (split >> level == 0) {
        owned.push_back(node);
        return;
    }
    const std::vector<std::uint64_t> parts = levels.divided(node.size(), level);
    for (std::uint64_t place = 0, begin = node.begin; place < parts.size(); ++place) {
        const std::uint64_t end = begin + parts[place];
        if (!contains_level(split, level) || place == levels.place(accelerator, level)) {
            add_owned({begin, end}, level + 1, split, accelerator, levels, owned);
        }
        begin = end;
    }
}

}  // namespace

std::vector<ItemRange> owned_ranges(std::uint64_t items, LevelSet split, std::uint64_t accelerator,
                                    const Levels& levels) {
    std::vector<ItemRange> owned;
    add_owned({0, items}, 0, split, accelerator, levels, owned);
    return joined(std::move(owned));
}

DividedItems::DividedItems(std::uint64_t items, const Levels& levels) : count(items), at_place(levels.count()) {
    const ItemTree tree(items, levels);
    for (std::size_t level = 0; level < levels.count(); ++level) {
        for (std::uint64_t place = 0; place < levels.size(level); ++place) {
            at_place[level].push_back(tree.owned(level_bit(level), levels.at_place(0, level, place)));
        }
    }
}

bool DividedItems::is_even(std::size_t level) const {
    const std::vector<std::uint64_t>& counts = at_place[level];
    return std::all_of(counts.begin(), counts.end(), [&](std::uint64_t items) { return items == counts.front(); });
}

Int128 stays_unevenly(const DividedItems& a, const DividedItems& b, std::size_t level) {
    Int128 stays = 0;
    for (std::size_t place = 0; place < a.at_place[level].size(); ++place) {
        stays += Int128{a.at_place[level][place]} * b.at_place[level][place];
    }
    return stays * Int128{a.at_place[level].size()} - Int128{a.count} * b.count;
}

std::vector<ItemRange> joined(std::vector<ItemRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const ItemRange& a, const ItemRange& b) { return a.begin < b.begin; });
    std::vector<ItemRange> result;
    for (const ItemRange& range : ranges) {
        if (range.size() == 0) continue;
        if (!result.empty() && range.begin <= result.back().end) {
            result.back().end = std::max(result.back().end, range.end);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

std::uint64_t size_of(const std::vector<ItemRange>& ranges) {
    std::uint64_t sum = 0;
    for (const ItemRange& range : ranges) sum += range.size();
    return sum;
}

}  // namespace hypar
