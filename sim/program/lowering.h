#pragma once

#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "arch/unit/mapper.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/program.h"
#include "sim/program/schedule_spec.h"
#include "workloads/network.h"
#include "workloads/phase.h"
#include "workloads/step_graph.h"

namespace hypar {

/// The loops of a step's operator on the shard of `accelerator`: the batch at its layer's data levels, the input
/// channels at its model levels. Throws ConfigError for a share of a grouped convolution that is neither whole groups
/// nor an equal part of one.
LoopNest shard_nest(const Network& network, const Plan& plan, const StepShape& step, const StepOperator& part,
                    std::uint64_t accelerator);

/// Lowers a plan: the operators of derive_step, each with the exchanges that bring tensors to and from it; for an
/// overlapped schedule gradients are summed up, and weights gathered, in buckets. Throws ConfigError as shard_nest
/// does and, naming layer and phase, for tiles that do not fit the buffer; std::overflow_error for sizes beyond 64
/// bits.
Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array, const Topology& topology, const Mappers& mappers,
              const ScheduleSpec& schedule = {});

/// The same with mappers and a topology of its own, which remember nothing from program to program.
Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array, const ScheduleSpec& schedule = {});

}  // namespace hypar
