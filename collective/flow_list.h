#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "arch/array/flow.h"

namespace hypar {

/// Flows in the making. One of no bytes is none, and nobody waits for it.
class FlowList {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// Returns its number. What it refers to may be kNone.
    std::uint32_t add(Flow flow);
    /// Lets a flow, which may be none, follow one that was added later.
    void follow(std::uint32_t flow, std::uint32_t other);

    std::vector<Flow> take() { return std::move(flows_); }

private:
    std::vector<Flow> flows_;
};

}  // namespace hypar
