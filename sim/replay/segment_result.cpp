#include "sim/replay/segment_result.h"

#include <stdexcept>

namespace hypar {

const Flow& last_flow(const Segment& segment, const LastWorker& last) {
    std::size_t place = 0;
    for (const Flow& flow : segment.flows) {
        if (flow.to == last.accelerator && place++ == last.unit) return flow;
    }
    throw std::logic_error("an exchange ended last where nothing enters");
}

}  // namespace hypar
