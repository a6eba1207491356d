#include "collective/bound.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// Accelerators around each of which, and members between which, cuts are looked for.
constexpr std::uint64_t kMostSides = 256;
constexpr std::size_t kMostMembers = 64;

}  // namespace

CollectiveBound::CollectiveBound(const ArraySpec& array, const Topology& topology, const Levels& levels)
    : array_(array), topology_(topology), levels_(levels) {
    for (std::uint64_t i = 0; i < topology.accelerator_count(); ++i) {
        leaving_ +=
            std::min(topology.link_sums(i).leaving, UINT64_MAX - leaving_);  // a bound may be lower than it could
    }
    for (std::uint64_t i = 0; i < std::min(kMostSides, levels.accelerators()); ++i) add_cut(side_of(i, 1));
    for (std::size_t level = 0; level < levels.count(); ++level) {
        add_cut(side_of(0, levels.accelerators() / levels.groups(level + 1)));
    }
}

Picoseconds CollectiveBound::of(const Collective& collective) {
    const std::uint64_t bytes = collective.bytes();
    if (bytes == 0) return 0;
    const std::vector<std::vector<std::uint64_t>> groups = groups_of(collective.levels, levels_);
    if (groups.front().size() <= kMostMembers && searched_.insert(collective.levels).second) {
        add_narrowest_cuts(groups.front());
    }
    Picoseconds bound = sent(collective, bytes);
    for (const Cut& cut : cuts_) bound = std::max(bound, over(cut, collective, groups));
    return bound;
}

Picoseconds CollectiveBound::sent(const Collective& collective, std::uint64_t bytes) const {
    std::uint64_t added = 0;
    for (const Exchange& exchange : collective.exchanges) {
        if (!exchange.adds) continue;
        for (const std::uint64_t sent : exchange.sent_bytes()) added = checked_add(added, sent);
    }
    const std::uint64_t moved = checked_add(checked_multiply(2, bytes), added) / topology_.accelerator_count();
    return std::max(transfer_time(bytes, leaving_),
                    transfer_time(moved, array_.mapping_target().memory_bits_per_second));
}

/// Of a group that lies on one side, nothing need cross.
Picoseconds CollectiveBound::over(const Cut& cut, const Collective& collective,
                                  const std::vector<std::vector<std::uint64_t>>& groups) const {
    std::uint64_t out = 0;
    std::uint64_t in = 0;
    const auto is_inside = [&](std::uint64_t member) { return cut.side[member]; };
    if (collective.kind == CollectiveKind::Swap) {
        for (const Exchange& exchange : collective.exchanges) {
            for (const Round& round : exchange.rounds) {
                for_each_transfer(exchange, round, levels_, [&](auto from, auto to, std::uint64_t bytes) {
                    if (is_inside(from) != is_inside(to)) (is_inside(to) ? in : out) += bytes;
                });
            }
        }
    } else {
        for (const auto& members : groups) {
            std::uint64_t inside = 0;
            std::uint64_t outside = 0;
            const auto count = std::count_if(members.begin(), members.end(), is_inside);
            if (count == 0 || static_cast<std::size_t>(count) == members.size()) continue;
            for (const std::uint64_t member : members) {
                (is_inside(member) ? inside : outside) += collective.blocks[member];
            }
            if (collective.scatters()) out += outside, in += inside;
            if (collective.gathers()) out += inside, in += outside;
        }
    }
    return std::max(cut.out == 0 ? 0 : transfer_time(out, cut.out), cut.in == 0 ? 0 : transfer_time(in, cut.in));
}

CollectiveBound::Side CollectiveBound::side_of(std::uint64_t first, std::uint64_t count) const {
    Side side(topology_.accelerator_count());
    std::fill_n(side.begin() + static_cast<std::ptrdiff_t>(first), count, true);
    return side;
}

void CollectiveBound::add_cut(const Side& side) {
    if (!sides_.insert(side).second) return;
    Side others = side;
    others.flip();
    if (std::find(others.begin(), others.end(), true) == others.end()) return;
    const Graph& graph = topology_.graph();
    cuts_.push_back(
        {side, graph.narrowest_cut(side, others).bits_per_second, graph.narrowest_cut(others, side).bits_per_second});
}

void CollectiveBound::add_narrowest_cuts(const std::vector<std::uint64_t>& members) {
    for (std::size_t other = 1; other < members.size(); ++other) {
        for (const auto& [from, to] :
             {std::pair(members.front(), members[other]), std::pair(members[other], members.front())}) {
            Side side = topology_.graph().narrowest_cut(side_of(from, 1), side_of(to, 1)).side;
            side.resize(topology_.accelerator_count());
            add_cut(side);
        }
    }
}

}  // namespace hypar
