#include "partition/sharding.h"

#include <algorithm>

namespace hypar {

Sharding sharding_of(LayerForm form, const LayerPlan& choices, Operand operand) {
    Sharding sharding;
    sharding.reserve(choices.size());
    for (const Parallelism parallelism : choices) sharding.push_back(placement_of(form, operand, parallelism));
    return sharding;
}

Sharding loss_sharding(LayerForm form, const LayerPlan& last) {
    Sharding sharding = sharding_of(form, last, Operand::Output);
    for (LevelPlacement& level : sharding) {
        if (level.placement == Placement::Partial) level = split(Dimension::Batch);
    }
    return sharding;
}

LevelSet& Layout::of(Dimension dimension) {
    switch (dimension) {
        case Dimension::Batch: return batch;
        case Dimension::Channels: return channels;
        case Dimension::Outputs: return outputs;
        case Dimension::Rows: return rows;
    }
    return batch;
}

Layout layout_of(const Sharding& sharding) {
    Layout layout;
    for (std::size_t level = 0; level < sharding.size(); ++level) {
        if (sharding[level].placement == Placement::Split) layout.of(sharding[level].dimension) |= level_bit(level);
    }
    return layout;
}

Layout compute_layout(const LayerPlan& choices) {
    Layout layout;
    for (std::size_t level = 0; level < choices.size(); ++level) {
        layout.of(entry_of(choices[level]).divides) |= level_bit(level);
    }
    return layout;
}

Layout compute_layout(const Plan& plan, std::size_t layer) { return compute_layout(plan.layer(layer)); }

bool is_partial(const Sharding& sharding) {
    return std::any_of(sharding.begin(), sharding.end(),
                       [](const LevelPlacement& level) { return level.placement == Placement::Partial; });
}

}  // namespace hypar
