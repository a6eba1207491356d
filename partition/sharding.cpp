#include "partition/sharding.h"

#include <algorithm>

namespace hypar {

Sharding sharding_of(const Plan& plan, std::size_t layer, Operand operand) {
    Sharding sharding;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        sharding.push_back(placement_of(operand, plan.at(level, layer)));
    }
    return sharding;
}

Sharding loss_sharding(const Plan& plan) { return Sharding(plan.levels(), split(Dimension::Batch)); }

Layout layout_of(const Sharding& sharding) {
    Layout layout;
    for (std::size_t level = 0; level < sharding.size(); ++level) {
        if (sharding[level].placement != Placement::Split) continue;
        switch (sharding[level].dimension) {
            case Dimension::Batch: layout.batch |= level_bit(level); break;
            case Dimension::Channels: layout.channels |= level_bit(level); break;
        }
    }
    return layout;
}

Layout compute_layout(const Plan& plan, std::size_t layer) {
    return layout_of(sharding_of(plan, layer, Operand::Input));
}

bool is_partial(const Sharding& sharding) {
    return std::any_of(sharding.begin(), sharding.end(),
                       [](const LevelPlacement& level) { return level.placement == Placement::Partial; });
}

}  // namespace hypar
