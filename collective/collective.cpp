#include "collective/collective.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// What each receives from any one other, and so what it has in the end.
std::vector<std::uint64_t> received_from_one(const Exchange& exchange, const Levels& levels) {
    const Round& round = exchange.rounds.front();
    std::vector<std::uint64_t> blocks(round.sent_bytes.size());
    for_each_transfer(exchange, round, levels, [&](auto, auto to, std::uint64_t bytes) { blocks[to] = bytes; });
    return blocks;
}

/// The blocks of reduce-scatters are known after the last one, those of all-gathers before the first.
Collective joined(CollectiveKind kind, std::vector<Exchange> exchanges, const Levels& levels) {
    Collective collective{kind, exchanges.front().tensor, 0, {}, {}};
    for (const Exchange& exchange : exchanges) collective.levels |= exchange.group;
    if (kind == CollectiveKind::ReduceScatter) collective.blocks = received_from_one(exchanges.back(), levels);
    if (kind == CollectiveKind::AllGather) collective.blocks = exchanges.front().rounds.front().sent_bytes;
    collective.exchanges = std::move(exchanges);
    return collective;
}

/// Exchanges of some consecutive levels, the first of which is `first`.
std::vector<Exchange> run_from(std::size_t first, const std::vector<Exchange>& exchanges) {
    const auto begin = exchanges.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, std::find_if(begin, exchanges.end(), [&](const Exchange& exchange) {
                return exchange.pattern != begin->pattern || exchange.redistribution != begin->redistribution;
            })};
}

/// Whether the levels add up to one collective. They do not where blocks overlap: rows before pooling, with the
/// windows over their edges.
bool is_one(const Collective& collective, const Levels& levels) {
    std::uint64_t all = 0;
    for (const std::uint64_t block : collective.blocks) all = checked_add(all, block);
    return collective.bytes() == checked_multiply(levels.places(collective.levels) - 1, all);
}

bool completes(const Collective& gather, const Collective& scatter) {
    return scatter.kind == CollectiveKind::ReduceScatter && gather.kind == CollectiveKind::AllGather &&
           scatter.exchanges.front().redistribution == gather.exchanges.front().redistribution &&
           scatter.tensor == gather.tensor && scatter.levels == gather.levels && scatter.blocks == gather.blocks;
}

CollectiveKind kind_of(Pattern pattern) {
    switch (pattern) {
        case Pattern::ReduceScatter: return CollectiveKind::ReduceScatter;
        case Pattern::AllGather: return CollectiveKind::AllGather;
        case Pattern::Swap:
        case Pattern::Border: break;
    }
    return CollectiveKind::Swap;
}

}  // namespace

const char* name_of(CollectiveKind kind) {
    switch (kind) {
        case CollectiveKind::AllReduce: return "all-reduce";
        case CollectiveKind::ReduceScatter: return "reduce-scatter";
        case CollectiveKind::AllGather: return "all-gather";
        case CollectiveKind::Swap: return "swap";
    }
    return "";
}

std::uint64_t Collective::bytes() const {
    std::uint64_t bytes = 0;
    for (const Exchange& exchange : exchanges) bytes = checked_add(bytes, exchange.bytes());
    return bytes;
}

std::vector<Collective> collectives_of(const std::vector<Exchange>& exchanges, const Levels& levels) {
    std::vector<Collective> collectives;
    for (std::size_t first = 0; first < exchanges.size();) {
        const CollectiveKind kind = kind_of(exchanges[first].pattern);
        const bool may_be_joined = kind != CollectiveKind::Swap;
        Collective next =
            joined(kind, may_be_joined ? run_from(first, exchanges) : std::vector{exchanges[first]}, levels);
        if (may_be_joined && !is_one(next, levels)) next = joined(kind, {exchanges[first]}, levels);
        first += next.exchanges.size();
        if (!collectives.empty() && completes(next, collectives.back())) {
            Collective& last = collectives.back();
            last.kind = CollectiveKind::AllReduce;
            last.exchanges.insert(last.exchanges.end(), next.exchanges.begin(), next.exchanges.end());
        } else {
            collectives.push_back(std::move(next));
        }
    }
    return collectives;
}

std::vector<std::vector<std::uint64_t>> groups_of(LevelSet set, const Levels& levels) {
    std::vector<std::vector<std::uint64_t>> groups;
    for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
        if (levels.position(i, set) != 0) continue;
        groups.emplace_back();
        for (std::uint64_t position = 0; position < levels.places(set); ++position) {
            groups.back().push_back(levels.at_position(i, set, position));
        }
    }
    return groups;
}

}  // namespace hypar
