#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "base/error.h"
#include "collective/algorithm.h"
#include "collective/collective.h"
#include "partition/exchange.h"
#include "partition/levels.h"
#include "tests/partition/support.h"

namespace hypar::tests {

/// A ring of links that carry a byte a nanosecond, packets of four flits.
inline ArraySpec ring_array(std::uint64_t accelerators) {
    ArraySpec array;
    array.accelerators = accelerators;
    array.interconnect.topology.kind = TopologyKind::Ring;
    array.interconnect.bits_per_second = 8'000'000'000;
    array.interconnect.is_per_link = true;
    array.interconnect.virtual_channels = 4;
    array.interconnect.packet_bytes = 64;
    array.interconnect.flit_bytes = 16;
    array.interconnect.buffer_flits = 16;
    return array;
}

inline LevelSet all_levels(const Levels& levels) { return level_bit(levels.count()) - 1; }

/// A random set of levels, at least one of them.
inline LevelSet random_level_set(std::mt19937& random, const Levels& levels) {
    return static_cast<LevelSet>(random_between(random, 1, all_levels(levels)));
}

/// Bytes of every accelerator's block: alike, differing by an element, any, or of a few members alone.
inline std::vector<std::uint64_t> random_blocks(std::mt19937& random, std::uint64_t accelerators, std::uint64_t most,
                                                std::uint64_t element_bytes) {
    const std::uint64_t how = random_between(random, 0, 3);
    const std::uint64_t even = random_between(random, 1, most);
    std::vector<std::uint64_t> blocks;
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        std::uint64_t elements = even;
        if (how == 1) elements -= random_between(random, 0, 1);
        if (how == 2) elements = random_between(random, 0, most);
        if (how == 3) elements = random_between(random, 0, 3) == 0 ? even : 0;
        blocks.push_back(elements * element_bytes);
    }
    return blocks;
}

/// One level of a reduce-scatter or an all-gather of blocks over the levels of `set`. Sums go to those that agree
/// with their owners at this level and those behind it; what is gathered comes from them.
inline Exchange exchange_at(std::size_t level, LevelSet set, Pattern pattern,
                            const std::vector<std::uint64_t>& blocks, const Levels& levels) {
    const LevelSet alike = all_levels(levels) & ~(set & (level_bit(level) - 1));
    std::map<std::uint64_t, std::uint64_t> held;  // by what those have in common that agree
    for (std::uint64_t i = 0; i < blocks.size(); ++i) held[levels.position(i, alike)] += blocks[i];
    Exchange exchange;
    exchange.tensor = Tensor::Gradient;
    exchange.level = level;
    exchange.group = level_bit(level);
    exchange.pattern = pattern;
    exchange.adds = pattern == Pattern::ReduceScatter;
    for (std::uint64_t offset = 1; offset < levels.size(level); ++offset) {
        Round round{offset, {}};
        for (std::uint64_t i = 0; i < blocks.size(); ++i) {
            const std::uint64_t to = levels.shifted(i, exchange.group, offset);
            round.sent_bytes.push_back(held[levels.position(exchange.adds ? to : i, alike)]);
        }
        exchange.rounds.push_back(std::move(round));
    }
    return exchange;
}

/// All levels of a collective, sums from the last one up, what is gathered from the first one down.
inline std::vector<Exchange> exchanges_of(CollectiveKind kind, LevelSet set, const std::vector<std::uint64_t>& blocks,
                                          const Levels& levels) {
    std::vector<Exchange> exchanges;
    for (std::size_t level = levels.count(); kind != CollectiveKind::AllGather && level-- > 0;) {
        if (!contains_level(set, level)) continue;
        exchanges.push_back(exchange_at(level, set, Pattern::ReduceScatter, blocks, levels));
    }
    for (std::size_t level = 0; kind != CollectiveKind::ReduceScatter && level < levels.count(); ++level) {
        if (!contains_level(set, level)) continue;
        exchanges.push_back(exchange_at(level, set, Pattern::AllGather, blocks, levels));
    }
    return exchanges;
}

inline Collective collective_of(CollectiveKind kind, LevelSet set, const std::vector<std::uint64_t>& blocks,
                                const Levels& levels) {
    return {kind, Tensor::Gradient, set, blocks, exchanges_of(kind, set, blocks, levels)};
}

constexpr CollectiveKind kReducingKinds[] = {CollectiveKind::AllReduce, CollectiveKind::ReduceScatter,
                                             CollectiveKind::AllGather};

/// A swap at one level, or rows that go over borders: whatever each sends to the others of its group.
inline Collective random_swap(std::mt19937& random, LevelSet set, const Levels& levels, std::uint64_t most,
                              std::uint64_t element_bytes) {
    Exchange exchange;
    exchange.group = set;
    exchange.level = first_level(set);
    exchange.adds = random_between(random, 0, 1) == 1;
    for (std::uint64_t offset = 1; offset < levels.places(set); ++offset) {
        if (random_between(random, 0, 3) == 0) continue;
        exchange.rounds.push_back({offset, random_blocks(random, levels.accelerators(), most, element_bytes)});
    }
    return {CollectiveKind::Swap, Tensor::Error, set, {}, {exchange}};
}

/// Swaps are for two of the algorithms alone.
inline bool takes(const AlgorithmModel& model, const Collective& collective, const Levels& levels) {
    const bool is_of_pairs =
        model.algorithm == CollectiveAlgorithm::Pairwise || model.algorithm == CollectiveAlgorithm::Direct;
    return (is_of_pairs || collective.kind != CollectiveKind::Swap) &&
           levels.places(collective.levels) <= model.most_members(collective.kind);
}

/// A random tree of accelerators and switches with some wires more, of bandwidths of their own.
inline std::vector<EdgeSpec> random_edges(std::mt19937& random, std::uint64_t accelerators,
                                          std::uint64_t bits_per_second) {
    const std::uint64_t nodes = accelerators + random_between(random, 0, 4);
    const auto name = [&](std::uint64_t node) {
        return (node < accelerators ? "acc" : "hub") + std::to_string(node);
    };
    std::vector<EdgeSpec> edges;
    const auto add = [&](std::uint64_t from, std::uint64_t to) {
        edges.push_back({name(from), name(to), true, {}, {}, {}});
        if (random_between(random, 0, 2) == 0) {
            edges.back().bits_per_second = bits_per_second / random_between(random, 1, 8);
        }
    };
    for (std::uint64_t node = 1; node < nodes; ++node) add(node, random_between(random, 0, node - 1));
    for (std::uint64_t more = random_between(random, 0, accelerators); more > 0; --more) {
        const std::uint64_t from = random_between(random, 0, nodes - 1);
        const std::uint64_t to = random_between(random, 0, nodes - 1);
        if (from != to) add(from, to);
    }
    return edges;
}

/// Factors of `count`, each more than one, in a random order.
inline std::vector<std::uint64_t> random_factors(std::mt19937& random, std::uint64_t count) {
    std::vector<std::uint64_t> factors;
    for (std::uint64_t factor = 2; count > 1;) {
        while (count % factor != 0) ++factor;
        count /= factor;
        const bool is_apart = factors.empty() || random_between(random, 0, 2) > 0;
        if (is_apart) {
            factors.push_back(factor);
        } else {
            factors.back() *= factor;
        }
    }
    std::shuffle(factors.begin(), factors.end(), random);
    return factors;
}

/// Gives a spec a topology of any kind that there is for so many accelerators, and as many virtual channels as it
/// needs.
inline void draw_topology(std::mt19937& random, InterconnectSpec& spec, std::uint64_t accelerators) {
    while (true) {
        const auto& families = topology_families();
        const TopologyFamily& family = families[random_between(random, 0, families.size() - 1)];
        spec.topology = {family.kind};
        if (family.lists_links) spec.topology.edges = random_edges(random, accelerators, spec.bits_per_second);
        const bool has_many_sizes = family.kind == TopologyKind::Torus || family.kind == TopologyKind::Mesh ||
                                    family.kind == TopologyKind::HTree;
        if (has_many_sizes) spec.topology.size = random_factors(random, accelerators);
        if (family.kind == TopologyKind::Torus && spec.topology.size.size() == 1) continue;
        try {
            Topology::make(spec, accelerators);
            return;
        } catch (const ConfigError&) {  // no size for so many
        }
    }
}

}  // namespace hypar::tests
