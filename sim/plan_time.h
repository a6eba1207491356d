#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "arch/unit/mapper.h"
#include "collective/choice.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "partition/redistribution.h"
#include "partition/search/plan_report.h"
#include "workloads/step_graph.h"

namespace hypar {

/// What the step of a plan is expected to take, as a sum over layers and over the tensors between them, without a
/// replay: computing as the mapper estimates it for the accelerator with the largest share, exchanges as long as
/// their busiest link or the memories take for their bytes, and the way of their first packet. Nothing overlaps.
class PlanTime {
public:
    /// All but the phases must outlive it.
    PlanTime(const Network& network, const StepShape& step, const std::vector<Phase>& phases, const ArraySpec& array,
             const Levels& levels, Mappers mappers);

    /// Of a layer's computing and its gradient, if that is not one with the gradient of the layer whose weights it
    /// uses, which does as `owner` says. Throws ConfigError where the unit cannot compute it.
    Picoseconds layer(std::size_t layer, const LayerPlan& own, const LayerPlan& owner);
    /// Of a layer's outputs on their way to its consumers, which do as said, or to the loss, and of the errors' back.
    Picoseconds boundary(std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers);

    Picoseconds of(const Plan& plan);
    /// Says how much longer a step would take with each of the alternatives to a cell of `plan`. Where there are many
    /// shards no more mappings are searched: the others are taken to compute at the pace of the layer's shard in the
    /// plan, and it is said.
    void predict(const Plan& plan, std::vector<CellAlternative>& alternatives);

private:
    struct LayerTime {
        Picoseconds time = 0;
        bool is_at_pace = false;  ///< of another shard
    };
    /// A redistribution, of a layer like others.
    using Key = std::tuple<std::size_t, Tensor, std::vector<std::size_t>, std::size_t>;

    /// A plan in which all layers do as one does. What a layer holds and moves depends on little else.
    const Plan& uniform(const LayerPlan& own);
    bool has(Phase phase) const;
    Picoseconds layer(std::size_t layer, const std::vector<LayerPlan>& layers);
    /// Of a layer's computing and gradient, those of layers that use its weights, and the tensors around it.
    Picoseconds around(std::size_t layer, const std::vector<LayerPlan>& layers);
    LayerTime computing(std::size_t layer, const LayerPlan& own);
    std::set<std::uint64_t> largest_shares(const LayerPlan& own) const;
    Cycles computing(const LoopNest& shard, std::uint32_t kind, const StepOperator& part, bool& is_at_pace);
    const LayerTime& time_of(std::size_t layer, const LayerPlan& own);
    Picoseconds move(const Redistribution& redistribution, const LayerPlan& own);

    /// A shard, the kind of its accelerator, and the pin of its mapping, if there is one.
    using PinnedShard = std::tuple<LoopNest, std::uint32_t, const MappingPin*>;

    const Network& network_;
    const StepShape& step_;
    std::vector<Phase> phases_;
    const ArraySpec& array_;
    const Levels& levels_;
    std::vector<ArraySpec> kinds_;  ///< of accelerators
    Mappers mappers_;               ///< by kind
    StepGraph graph_;
    Topology topology_;
    std::vector<std::size_t> alike_;  ///< by layer: the first one of the same sizes; where mappings are pinned itself
    std::map<std::pair<std::size_t, LayerPlan>, LayerTime> layers_;
    std::map<LayerPlan, Plan> uniform_;
    std::map<Key, Picoseconds> moves_;
    std::map<PinnedShard, Cycles> shards_;
    /// Work and cycles, of like layers on accelerators of a kind.
    std::map<std::tuple<std::size_t, Phase, std::uint32_t>, std::pair<double, double>> paces_;
    std::set<PinnedShard> at_pace_;  ///< of the shards
    std::size_t searches_left_ = SIZE_MAX;
    CollectiveChoice choice_;
};

/// `cell_alternatives` with what their steps are expected to take, where the array can run them all.
std::vector<CellAlternative> timed_alternatives(const Network& network, const Plan& plan, const StepShape& step,
                                                const std::vector<Phase>& phases, const ArraySpec& array);

}  // namespace hypar
