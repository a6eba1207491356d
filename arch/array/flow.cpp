#include "arch/array/flow.h"

#include <algorithm>

namespace hypar {

Picoseconds link_time(const InterconnectSpec& spec, const Flow& flow, std::uint64_t bits_per_second) {
    Picoseconds time = 0;
    for_each_piece(flow,
                   [&](std::uint64_t bytes) { time = checked_add(time, spec.link_time(bytes, bits_per_second)); });
    return time;
}

Pairs pairs_of(const std::vector<Flow>& flows) {
    Pairs pairs;
    for (const Flow& flow : flows) pairs.emplace_back(flow.from, flow.to);
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

std::vector<FlowEnds> flow_ends(const std::vector<Flow>& flows, std::size_t accelerators) {
    std::vector<FlowEnds> ends(accelerators);
    for (std::size_t index = 0; index < flows.size(); ++index) {
        const auto number = static_cast<std::uint32_t>(index);
        ends[flows[index].from].leaving.push_back(number);
        ends[flows[index].to].entering.push_back(number);
    }
    return ends;
}

}  // namespace hypar
