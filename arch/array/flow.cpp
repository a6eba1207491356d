#include "arch/array/flow.h"

namespace hypar {

Picoseconds link_time(const InterconnectSpec& spec, const Flow& flow, std::uint64_t bits_per_second) {
    Picoseconds time = 0;
    for_each_piece(flow,
                   [&](std::uint64_t bytes) { time = checked_add(time, spec.link_time(bytes, bits_per_second)); });
    return time;
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
