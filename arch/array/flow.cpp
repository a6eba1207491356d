#include "arch/array/flow.h"

namespace hypar {

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
