#pragma once

#include <cstddef>
#include <vector>

#include "partition/levels.h"
#include "partition/plan.h"
#include "partition/split.h"

namespace hypar {

/// How a tensor lies in an array: its placement at every level, H1 first. What an accelerator holds of it follows.
using Sharding = std::vector<LevelPlacement>;

/// How `plan` has `layer` read or make a tensor.
Sharding sharding_of(const Plan& plan, std::size_t layer, Operand operand);

/// How the loss takes a last layer's output and gives its error: sample by sample.
Sharding loss_sharding(const Plan& plan);

/// The levels at which a tensor's two dimensions are split. An accelerator owns the items whose leaves agree with its
/// own places at these levels.
struct Layout {
    LevelSet batch = 0;
    LevelSet channels = 0;

    friend bool operator==(const Layout& a, const Layout& b) {
        return a.batch == b.batch && a.channels == b.channels;
    }
};

Layout layout_of(const Sharding& sharding);

/// Where a layer's compute tasks split their input.
Layout compute_layout(const Plan& plan, std::size_t layer);

bool is_partial(const Sharding& sharding);

}  // namespace hypar
