#pragma once

#include <vector>

#include "arch/array/array_spec.h"
#include "arch/unit/mapper.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/program.h"
#include "workloads/network.h"
#include "workloads/phase.h"

namespace hypar {

/// The multiply-accumulates of one phase of `layer` on the shard of `accelerator`: the batch at the layer's data
/// levels, its input channels at its model levels.
LoopNest shard_nest(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer, Phase phase,
                    std::uint64_t accelerator);

/// Lowers a plan: all layers forward; then from the last layer to the first the error comes in, backward,
/// gradient, the gradient's all-reduce, update. The first layer's backward phase is computed like every other.
/// Throws ConfigError for grouped convolutions and for tiles that do not fit the buffer, naming layer and phase.
Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              Mapper& mapper);

/// The same with a mapper of its own, which remembers nothing from program to program.
Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array);

}  // namespace hypar
