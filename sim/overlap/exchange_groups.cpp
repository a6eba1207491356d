#include "sim/overlap/exchange_groups.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <boost/pending/disjoint_sets.hpp>

namespace hypar {

ExchangeGroups::ExchangeGroups(const Program& program, const Topology& topology)
    : group_of_(program.segments.size()) {
    for (std::size_t segment = 0; segment < program.segments.size(); ++segment) {
        if (!program.segments[segment].flows.empty()) add_groups(program, topology, segment);
    }
}

void ExchangeGroups::add_groups(const Program& program, const Topology& topology, std::size_t segment) {
    const std::vector<Flow>& flows = program.segments[segment].flows;
    const std::size_t accelerators = topology.accelerator_count();
    std::vector<std::size_t> rank(accelerators);
    std::vector<std::size_t> parent(accelerators);
    std::iota(parent.begin(), parent.end(), 0);
    boost::disjoint_sets sets(rank.data(), parent.data());
    std::vector<bool> takes_part(accelerators);
    for (const Flow& flow : flows) {
        sets.union_set(flow.from, flow.to);
        takes_part[flow.from] = takes_part[flow.to] = true;
    }
    std::map<std::size_t, std::size_t> numbers;
    group_of_[segment].resize(accelerators);
    for (std::uint32_t i = 0; i < accelerators; ++i) {
        if (!takes_part[i]) continue;
        const auto [number, is_new] = numbers.try_emplace(sets.find_set(std::size_t{i}), groups_.size());
        if (is_new) groups_.push_back({segment, {}, {}, {}});
        groups_[number->second].members.push_back(i);
        group_of_[segment][i] = static_cast<std::uint32_t>(number->second + 1);
    }
    for (std::uint32_t flow = 0; flow < flows.size(); ++flow) {
        groups_[group_of_[segment][flows[flow].from] - 1].flows.push_back(flow);
    }
    for (const auto& [set, number] : numbers) groups_[number].nodes = nodes_of(flows, groups_[number], topology);
}

std::vector<std::uint32_t> ExchangeGroups::nodes_of(const std::vector<Flow>& flows, const ExchangeGroup& group,
                                                    const Topology& topology) const {
    std::vector<bool> is_passed(topology.node_count(), topology.is_adaptive());
    std::set<std::pair<std::uint64_t, std::uint64_t>> pairs;
    for (const std::uint32_t number : group.flows) {
        if (topology.is_adaptive()) break;
        const Flow& flow = flows[number];
        if (!pairs.emplace(flow.from, flow.to).second) continue;
        is_passed[flow.from] = is_passed[flow.to] = true;
        for (const Hop& hop : topology.route(flow.from, flow.to)) {
            is_passed[topology.links()[hop.link].from] = is_passed[topology.links()[hop.link].to] = true;
        }
    }
    std::vector<std::uint32_t> nodes;
    for (std::uint32_t node = 0; node < is_passed.size(); ++node) {
        if (is_passed[node]) nodes.push_back(node);
    }
    return nodes;
}

std::optional<std::size_t> ExchangeGroups::group_of(std::size_t segment, std::size_t accelerator) const {
    const std::vector<std::uint32_t>& groups = group_of_[segment];
    if (groups.empty() || groups[accelerator] == 0) return std::nullopt;
    return groups[accelerator] - 1;
}

std::vector<Flow> flows_of(const ExchangeGroup& group, const Program& program) {
    const std::vector<Flow>& all = program.segments[group.segment].flows;
    std::vector<Flow> flows;
    const auto number = [&](std::uint32_t& flow) {
        flow = static_cast<std::uint32_t>(std::lower_bound(group.flows.begin(), group.flows.end(), flow) -
                                          group.flows.begin());
    };
    for (const std::uint32_t flow : group.flows) {
        flows.push_back(all[flow]);
        flows.back().for_each_other(number);
    }
    return flows;
}

}  // namespace hypar
