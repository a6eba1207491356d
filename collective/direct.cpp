#include "base/checked.h"
#include "collective/algorithm.h"
#include "collective/flow_list.h"

namespace hypar {
namespace {

/// Each member has a flow to each other one, and where it passes sums on, waits for all.
std::uint64_t most_members(CollectiveKind kind) { return kind == CollectiveKind::AllReduce ? 128 : 256; }

/// From each member to all others: first the sums that are theirs, which are added in the order of who is how far
/// before them, then the own block as soon as its sums have come from all.
void add_group(FlowList& flows, const Collective& collective, const std::vector<std::uint64_t>& members) {
    const std::size_t size = members.size();
    std::vector<std::vector<std::uint32_t>> entering(size);
    std::vector<std::vector<std::uint32_t>> leaving(size);
    for (std::size_t offset = 1; offset < size; ++offset) {
        for (std::size_t place = 0; place < size; ++place) {
            const std::size_t other = (place + offset) % size;
            const std::uint64_t sums = collective.scatters() ? collective.blocks[members[other]] : 0;
            const std::uint64_t own = collective.gathers() ? collective.blocks[members[place]] : 0;
            const std::uint64_t at_once = collective.scatters() ? sums : own;
            Flow sent{members[place], members[other], checked_add(sums, own), sums, at_once};
            if (sums > 0 && !entering[other].empty()) sent.adds_behind.push_back(entering[other].back());
            const std::uint32_t flow = flows.add(std::move(sent));
            leaving[place].push_back(flow);
            entering[other].push_back(flow);
        }
    }
    if (collective.kind != CollectiveKind::AllReduce) return;
    for (std::size_t place = 0; place < size; ++place) {
        if (collective.blocks[members[place]] == 0) continue;
        for (const std::uint32_t flow : leaving[place]) {
            for (const std::uint32_t other : entering[place]) flows.follow(flow, other);
        }
    }
}

std::vector<Stage> lower_direct(const Collective& collective, const CollectivePlace& place) {
    FlowList flows;
    if (collective.kind != CollectiveKind::Swap) {
        for (const auto& members : groups_of(collective.levels, place.levels)) add_group(flows, collective, members);
        return {{collective.levels, flows.take()}};
    }
    std::vector<std::uint32_t> added(place.levels.accelerators(), FlowList::kNone);  // the last sums that come
    for (const Exchange& exchange : collective.exchanges) {
        for (const Round& round : exchange.rounds) {
            for_each_transfer(exchange, round, place.levels, [&](auto from, auto to, std::uint64_t bytes) {
                Flow flow = plain_flow(from, to, bytes, exchange.adds);
                if (exchange.adds) flow.adds_after.push_back(added[to]);
                const std::uint32_t number = flows.add(std::move(flow));
                if (exchange.adds) added[to] = number;
            });
        }
    }
    return {{collective.levels, flows.take()}};
}

}  // namespace

AlgorithmModel direct_model() {
    return {CollectiveAlgorithm::Direct, "each with all others at once", most_members, lower_direct};
}

}  // namespace hypar
