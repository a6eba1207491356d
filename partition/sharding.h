#pragma once

#include <cstddef>
#include <vector>

#include "partition/levels.h"
#include "partition/plan.h"
#include "partition/split.h"

namespace hypar {

/// How a tensor lies in an array: its placement at every level, H1 first. What an accelerator holds of it follows.
using Sharding = std::vector<LevelPlacement>;

/// How a layer of a form reads or makes a tensor.
Sharding sharding_of(LayerForm form, const LayerPlan& choices, Operand operand);

/// How the loss takes a last layer's output and gives its error, element by element: as the output was made, and
/// where that was a sum, sample by sample.
Sharding loss_sharding(LayerForm form, const LayerPlan& last);

/// The levels at which each dimension of a tensor, or of a layer's work, is split. An accelerator owns the items
/// whose leaves agree with its own places at these levels.
struct Layout {
    LevelSet batch = 0;
    LevelSet channels = 0;
    LevelSet rows = 0;
    LevelSet outputs = 0;

    LevelSet& of(Dimension dimension);

    friend bool operator==(const Layout& a, const Layout& b) {
        return a.batch == b.batch && a.channels == b.channels && a.rows == b.rows && a.outputs == b.outputs;
    }
};

Layout layout_of(const Sharding& sharding);

/// Where a layer's compute tasks split their work.
Layout compute_layout(const LayerPlan& choices);
Layout compute_layout(const Plan& plan, std::size_t layer);

bool is_partial(const Sharding& sharding);

}  // namespace hypar
