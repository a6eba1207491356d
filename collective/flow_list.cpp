#include "collective/flow_list.h"

#include <algorithm>

namespace hypar {

std::uint32_t FlowList::add(Flow flow) {
    if (flow.bytes == 0) return kNone;
    flow.for_each_others([](std::vector<std::uint32_t>& others) {
        others.erase(std::remove(others.begin(), others.end(), kNone), others.end());
    });
    flows_.push_back(std::move(flow));
    return static_cast<std::uint32_t>(flows_.size() - 1);
}

void FlowList::follow(std::uint32_t flow, std::uint32_t other) {
    if (flow != kNone && other != kNone) flows_[flow].follows.push_back(other);
}

}  // namespace hypar
