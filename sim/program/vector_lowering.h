#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/unit/vector_work.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/program.h"
#include "workloads/network.h"
#include "workloads/step_graph.h"

namespace hypar {

/// What the vector unit of `accelerator` does for a vector operator by itself.
VectorWork vector_work(const Network& network, const Plan& plan, const StepShape& step, const StepOperator& part,
                       std::uint64_t accelerator);

/// Lowers vector operators. One that works on each element by itself (see is_pointwise) is fused with the operator
/// that makes what it reads, if nothing else reads that and nothing moves between: it works on elements as they are
/// made, in the same segment, and what they share is neither written nor read again.
class VectorLowering {
public:
    /// All must outlive it.
    VectorLowering(const Network& network, const Plan& plan, const StepShape& step, const StepGraph& graph,
                   const std::vector<LayerExchanges>& exchanges, const ArraySpec& array)
        : network_(network), plan_(plan), step_(step), graph_(graph), exchanges_(exchanges), array_(array) {}

    /// That the segment which comes next computes an operator of multiply-accumulates.
    void note(const StepOperator& part, std::size_t segment) { segments_[{part.layer, part.phase}] = segment; }

    /// The segment of a vector operator's work, a new one at the program's end if need be; none where there is
    /// nothing to do.
    std::optional<std::size_t> add(const StepOperator& part, Program& program);

    /// Gives the segments their schedules.
    void finish(Program& program) const;

private:
    using Works = std::vector<VectorWork>;  ///< by accelerator

    std::optional<std::size_t> host_of(const StepOperator& part) const;
    std::optional<std::size_t> forward_host(std::size_t layer) const;
    std::optional<std::size_t> backward_host(std::size_t layer) const;
    std::optional<std::size_t> segment_of(std::size_t layer, Phase phase) const;
    void join(const StepOperator& part, std::size_t host, const Works& works);

    const Network& network_;
    const Plan& plan_;
    const StepShape& step_;
    const StepGraph& graph_;
    const std::vector<LayerExchanges>& exchanges_;
    const ArraySpec& array_;
    std::map<std::pair<std::size_t, Phase>, std::size_t> segments_;  ///< of operators, by layer and phase
    std::map<std::size_t, Works> works_;                             ///< by segment
};

}  // namespace hypar
