#include "collective/collective.h"

#include "base/checked.h"

namespace hypar {
namespace {

/// What each receives from any one other, and so what it has in the end.
std::vector<std::uint64_t> received_from_one(const Exchange& exchange, const Levels& levels) {
    const Round& round = exchange.rounds.front();
    std::vector<std::uint64_t> blocks(round.sent_bytes.size());
    for (std::uint64_t i = 0; i < blocks.size(); ++i) {
        blocks[levels.shifted(i, exchange.group, round.offset)] = round.sent_bytes[i];
    }
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
    for (const Exchange& exchange : exchanges) {
        for (const std::uint64_t sent : exchange.sent_bytes()) bytes = checked_add(bytes, sent);
    }
    return bytes;
}

std::vector<Collective> collectives_of(const std::vector<Exchange>& exchanges, const Levels& levels) {
    std::vector<Collective> collectives;
    for (std::size_t first = 0; first < exchanges.size();) {
        const CollectiveKind kind = kind_of(exchanges[first].pattern);
        std::size_t end = first + 1;
        while (kind != CollectiveKind::Swap && end < exchanges.size() &&
               exchanges[end].pattern == exchanges[first].pattern &&
               exchanges[end].redistribution == exchanges[first].redistribution) {
            ++end;
        }
        const auto begin = exchanges.begin();
        Collective next = joined(
            kind, {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)}, levels);
        first = end;
        Collective* last = collectives.empty() ? nullptr : &collectives.back();
        const bool completes = last != nullptr && last->kind == CollectiveKind::ReduceScatter &&
                               kind == CollectiveKind::AllGather && last->levels == next.levels &&
                               last->exchanges.front().redistribution == next.exchanges.front().redistribution &&
                               last->blocks == next.blocks;
        if (completes) {
            last->kind = CollectiveKind::AllReduce;
            last->exchanges.insert(last->exchanges.end(), next.exchanges.begin(), next.exchanges.end());
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
