#include "tests/collective/carried.h"

#include "collective/arrangement.h"

namespace hypar::tests {
namespace {

void append(Elements& elements, const Elements& others) {
    elements.insert(elements.end(), others.begin(), others.end());
}

/// Of parts that differ by one element at most, the larger first.
Elements part_of(const Elements& elements, std::size_t part, std::size_t parts) {
    const auto begin = [&](std::size_t number) {
        const std::size_t larger = std::min(number, elements.size() % parts);
        return elements.begin() + static_cast<std::ptrdiff_t>(number * (elements.size() / parts) + larger);
    };
    return {begin(part), begin(part + 1)};
}

class Layout {
public:
    Layout(const Collective& collective, const CollectivePlace& place, const TrackedCollective& tracked)
        : collective_(collective), place_(place), tracked_(tracked) {}

    /// At each level to each other one the blocks of those that agree with it, or with the sender, at the levels that
    /// have been scattered, or are not gathered yet.
    std::vector<std::vector<Carried>> pairwise() {
        std::vector<std::vector<Carried>> stages;
        const Levels& levels = place_.levels;
        for (const Exchange& exchange : collective_.exchanges) {
            const LevelSet alike = all_levels(levels) & ~(collective_.levels & (level_bit(exchange.level) - 1));
            for (const Round& round : exchange.rounds) {
                for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
                    const std::uint64_t to = levels.shifted(i, exchange.group, round.offset);
                    const std::uint64_t like = exchange.adds ? to : i;
                    Elements elements;
                    for (std::uint64_t owner = 0; owner < levels.accelerators(); ++owner) {
                        if (agree(owner, like, alike, levels)) append(elements, tracked_.block(owner));
                    }
                    add(i, to, std::move(elements));
                }
                if (!carried_.empty()) stages.push_back(std::move(carried_));
                carried_.clear();
            }
        }
        return stages;
    }

    std::vector<Carried> ring() {
        for (const auto& members : tracked_.groups()) {
            std::vector<std::uint64_t> order = ring_through(arrangement_of(members));
            const std::size_t ways = order.size() > 2 ? 2 : 1;
            for (std::size_t way = 0; way < ways; ++way) {
                std::vector<Elements> blocks;
                for (const std::uint64_t member : order) blocks.push_back(part_of(tracked_.block(member), way, ways));
                add_ring(order, blocks, collective_.scatters(), collective_.gathers());
                std::reverse(order.begin(), order.end());
            }
        }
        return std::move(carried_);
    }

    std::vector<Carried> bucket() {
        for (const auto& members : tracked_.groups()) {
            const Arrangement arrangement = arrangement_of(members);
            const std::size_t dimensions = arrangement.sizes.size();
            for (std::size_t part = 0; part < 2 * dimensions; ++part) {
                const auto along = [&](std::size_t pass) { return (part / 2 + pass) % dimensions; };
                const auto add = [&](std::size_t pass, bool scatters, bool gathers) {
                    std::vector<std::size_t> so_far;
                    for (std::size_t before = 0; before <= pass; ++before) so_far.push_back(along(before));
                    add_rings(arrangement, so_far, part, scatters, gathers);
                };
                for (std::size_t pass = 0; collective_.scatters() && pass + 1 < dimensions; ++pass) {
                    add(pass, true, false);
                }
                add(dimensions - 1, collective_.scatters(), collective_.gathers());
                for (std::size_t pass = dimensions - 1; collective_.gathers() && pass-- > 0;) add(pass, false, true);
            }
        }
        return std::move(carried_);
    }

    /// To each other one its own sums, then what is complete here.
    std::vector<Carried> direct() {
        for (const auto& members : tracked_.groups()) {
            for (std::size_t offset = 1; offset < members.size(); ++offset) {
                for (std::size_t place = 0; place < members.size(); ++place) {
                    const std::uint64_t from = members[place];
                    const std::uint64_t to = members[(place + offset) % members.size()];
                    Elements elements;
                    if (collective_.scatters()) append(elements, tracked_.block(to));
                    if (collective_.gathers()) append(elements, tracked_.block(from));
                    add(from, to, std::move(elements));
                }
            }
        }
        return std::move(carried_);
    }

    /// Every tree carries the same over all of its edges: a part of all blocks, or the block of its root. Of `flows`
    /// the ends are taken, and of how many bytes parts are.
    std::vector<Carried> tree(const std::vector<Flow>& flows) {
        std::size_t next = 0;
        for (const auto& members : tracked_.groups()) {
            Elements all;
            for (const std::uint64_t member : members) append(all, tracked_.block(member));
            const bool is_in_parts = collective_.kind == CollectiveKind::AllReduce;
            const std::size_t edges = (is_in_parts ? 2 : 1) * (members.size() - 1);
            std::size_t root = 0;
            for (auto begin = all.begin(); begin != all.end() && next + edges <= flows.size();) {
                while (tracked_.block(members[root]).empty()) ++root;
                const std::size_t most = static_cast<std::size_t>(all.end() - begin);
                const std::size_t size = is_in_parts ? std::min(flows[next].bytes / place_.element_bytes, most)
                                                     : tracked_.block(members[root++]).size();
                const Elements elements(begin, begin + static_cast<std::ptrdiff_t>(size));
                begin += static_cast<std::ptrdiff_t>(size);
                for (const std::size_t end = next + edges; next < end; ++next) {
                    add(flows[next].from, flows[next].to, elements);
                }
            }
        }
        return std::move(carried_);
    }

private:
    Arrangement arrangement_of(const std::vector<std::uint64_t>& members) const {
        return hypar::arrangement_of(members, collective_.levels, place_.levels, place_.topology);
    }

    /// A flow of nothing is none.
    void add(std::uint64_t from, std::uint64_t to, Elements elements) {
        if (!elements.empty()) carried_.push_back({from, to, std::move(elements)});
    }

    /// Blocks go round a ring, from each to the next: first, if sums are scattered, that of the one before it, or
    /// else its own, and then those that come.
    void add_ring(const std::vector<std::uint64_t>& order, const std::vector<Elements>& blocks, bool scatters,
                  bool gathers) {
        const std::size_t size = order.size();
        const std::size_t steps = (size - 1) * (scatters && gathers ? 2 : 1);
        for (std::size_t place = 0; place < size; ++place) {
            Elements elements;
            const std::size_t first = place + (scatters ? size - 1 : 0);
            for (std::size_t step = 0; step < steps; ++step) {
                append(elements, blocks[(first + 2 * size - step) % size]);
            }
            add(order[place], order[(place + 1) % size], std::move(elements));
        }
    }

    /// A part's rings along the last of the dimensions so far. The block of each of a ring is what those have
    /// together that agree with it along all of them.
    void add_rings(const Arrangement& arrangement, const std::vector<std::size_t>& so_far, std::size_t part,
                   bool scatters, bool gathers) {
        const std::size_t along = so_far.back();
        const std::size_t parts = 2 * arrangement.sizes.size();
        const auto are_alike = [&](std::size_t one, std::size_t other) {
            return std::all_of(so_far.begin(), so_far.end(), [&](std::size_t dimension) {
                return arrangement.coordinate(one, dimension) == arrangement.coordinate(other, dimension);
            });
        };
        for (std::size_t first = 0; first < arrangement.size(); ++first) {
            if (arrangement.coordinate(first, along) != 0) continue;
            std::vector<std::uint64_t> order;
            std::vector<Elements> blocks;
            for (std::size_t step = 0; step < arrangement.sizes[along]; ++step) {
                const std::size_t place = arrangement.at_coordinate(first, along, step);
                order.push_back(arrangement.members[place]);
                blocks.emplace_back();
                for (std::size_t other = 0; other < arrangement.size(); ++other) {
                    if (!are_alike(place, other)) continue;
                    append(blocks.back(), part_of(tracked_.block(arrangement.members[other]), part, parts));
                }
            }
            if (part % 2 == 1) {
                std::reverse(order.begin(), order.end());
                std::reverse(blocks.begin(), blocks.end());
            }
            add_ring(order, blocks, scatters, gathers);
        }
    }

    const Collective& collective_;
    const CollectivePlace& place_;
    const TrackedCollective& tracked_;
    std::vector<Carried> carried_;
};

}  // namespace

std::vector<std::vector<Carried>> carried_by(CollectiveAlgorithm algorithm, const Collective& collective,
                                             const CollectivePlace& place, const TrackedCollective& tracked,
                                             const std::vector<Stage>& lowered) {
    Layout layout(collective, place, tracked);
    switch (algorithm) {
        case CollectiveAlgorithm::Pairwise: return layout.pairwise();
        case CollectiveAlgorithm::Ring: return {layout.ring()};
        case CollectiveAlgorithm::Bucket: return {layout.bucket()};
        case CollectiveAlgorithm::Direct: return {layout.direct()};
        case CollectiveAlgorithm::Tree: return {layout.tree(lowered.front().flows)};
        case CollectiveAlgorithm::Best: break;
    }
    return {};
}

}  // namespace hypar::tests
