#include "sim/plan_time.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/checked.h"
#include "base/error.h"
#include "partition/direct.h"
#include "partition/search/plan_space.h"
#include "sim/program/lowering.h"
#include "sim/replay/remembered.h"
#include "workloads/alike_layers.h"

namespace hypar {
namespace {

/// Mappings take about a millisecond each to be found.
constexpr std::size_t kSearchesOfAlternatives = 200;

/// Multiply-accumulates, or elements that are updated.
double work_of(const LoopNest& shard) {
    double work = 1;
    for (const std::uint64_t extent : extents_of(shard)) work *= static_cast<double>(extent);
    return work * static_cast<double>(shard.out_width) *
           static_cast<double>(shard.kernel_height * shard.kernel_width);
}

}  // namespace

PlanTime::PlanTime(const Network& network, const StepShape& step, const std::vector<Phase>& phases,
                   const ArraySpec& array, const Levels& levels, Mappers mappers)
    : network_(network),
      step_(step),
      phases_(phases),
      array_(array),
      levels_(levels),
      kinds_(array.by_kind()),
      mappers_(std::move(mappers)),
      graph_(derive_step(network, phases, step.batch, step.optimizer_words)),
      topology_(Topology::make(array.interconnect, array.accelerators)),
      alike_(alike_layers(network)),
      choice_(array, topology_, levels) {
    const auto is_pinned = [](const ArraySpec& kind) { return !kind.mapping.pins.empty(); };
    if (std::any_of(kinds_.begin(), kinds_.end(), is_pinned)) std::iota(alike_.begin(), alike_.end(), std::size_t{0});
}

const Plan& PlanTime::uniform(const LayerPlan& own) {
    const auto [found, is_new] = uniform_.try_emplace(own);
    if (is_new) found->second = plan_of(std::vector<LayerPlan>(network_.size(), own), levels_);
    return found->second;
}

bool PlanTime::has(Phase phase) const { return std::find(phases_.begin(), phases_.end(), phase) != phases_.end(); }

Picoseconds PlanTime::layer(std::size_t layer, const LayerPlan& own, const LayerPlan& owner) {
    const Picoseconds time = time_of(layer, own).time;
    const bool is_shared = shares_gradient(network_, layer, own, owner);
    if (is_shared || !has(Phase::Gradient)) return time;
    return checked_add(time, move(gradient_redistribution(network_, layer, own), own));
}

Picoseconds PlanTime::layer(std::size_t layer, const std::vector<LayerPlan>& layers) {
    return this->layer(layer, layers[layer], layers[network_.owner_of_weights(layer)]);
}

const PlanTime::LayerTime& PlanTime::time_of(std::size_t layer, const LayerPlan& own) {
    const auto known = layers_.find({alike_[layer], own});
    if (known != layers_.end()) return known->second;
    return layers_[{alike_[layer], own}] = computing(layer, own);
}

/// Of each kind the first accelerator has the most of every dimension but rows, of which the next one has a border
/// more.
std::set<std::uint64_t> PlanTime::largest_shares(const LayerPlan& own) const {
    const LevelSet rows = compute_layout(own).rows;
    std::set<std::uint64_t> largest{0, levels_.shifted(0, rows, 1)};
    std::uint64_t first = 0;
    for (const AcceleratorKind& kind : array_.kinds) {
        largest.insert({first, levels_.shifted(first, rows, 1)});
        first += kind.accelerators;
    }
    return largest;
}

PlanTime::LayerTime PlanTime::computing(std::size_t layer, const LayerPlan& own) {
    const Plan& plan = uniform(own);
    const std::set<std::uint64_t> largest = largest_shares(own);
    LayerTime time;
    Cycles cycles = 0;
    for (const StepOperator& part : graph_.operators) {
        if (part.layer != layer || part.work.kind == OperatorKind::Vector) continue;
        Cycles longest = 0;
        for (const std::uint64_t accelerator : largest) {
            const LoopNest shard = shard_nest(network_, plan, step_, part, accelerator);
            if (shard.empty()) continue;
            longest = std::max(longest, computing(shard, array_.kind_of(accelerator), part, time.is_at_pace));
        }
        cycles = checked_add(cycles, longest);
    }
    time.time = array_.clock.duration(cycles);
    return time;
}

Cycles PlanTime::computing(const LoopNest& shard, std::uint32_t kind, const StepOperator& part, bool& is_at_pace) {
    const double work = work_of(shard);
    Mapper& mapper = *mappers_[kind];
    const MappingPin* pin = mapper.pin_of(network_.layer(part.layer).name, part.phase);
    const PinnedShard pinned{shard, kind, pin};
    const std::tuple like{alike_[part.layer], part.phase, kind};
    const auto known = shards_.find(pinned);
    if (known != shards_.end()) {
        is_at_pace |= at_pace_.count(pinned) > 0;
        paces_.try_emplace(like, work, static_cast<double>(known->second));
        return known->second;
    }
    const auto pace = paces_.find(like);
    if (searches_left_ == 0 && pace != paces_.end()) {
        is_at_pace = true;
        at_pace_.insert(pinned);
        return shards_[pinned] = static_cast<Cycles>(pace->second.second * work / pace->second.first);
    }
    searches_left_ -= std::min<std::size_t>(searches_left_, 1);
    const DividedShard& division = mapper.divide(shard, pin);
    const UnitWork largest{division.nests.front(), division.nests.size()};
    const Cycles cycles = evaluate_mapping(kinds_[kind].mapping_target(), largest, division.mapping).cycles;
    paces_.try_emplace(like, work, static_cast<double>(cycles));
    return shards_[pinned] = cycles;
}

Picoseconds PlanTime::boundary(std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers) {
    const LayerRedistributions moves = redistributions_of(network_, layer, own, consumers, levels_);
    Picoseconds time = 0;
    for (const Redistribution& forward : moves.forward) time = checked_add(time, move(forward, own));
    if (!has(Phase::Backward)) return time;
    for (const Redistribution& backward : moves.backward) time = checked_add(time, move(backward, own));
    return time;
}

Picoseconds PlanTime::of(const Plan& plan) {
    const std::vector<LayerPlan> layers = layer_plans_of(network_, plan);
    Picoseconds time = 0;
    for (std::size_t layer = 0; layer < network_.size(); ++layer) {
        time = checked_add(time, this->layer(layer, layers));
        time = checked_add(time, boundary(layer, layers[layer], consumers_of(network_, layer, layers)));
    }
    return time;
}

Picoseconds PlanTime::around(std::size_t layer, const std::vector<LayerPlan>& layers) {
    const auto outputs = [&](std::size_t writer) {
        return boundary(writer, layers[writer], consumers_of(network_, writer, layers));
    };
    Picoseconds time = checked_add(this->layer(layer, layers), outputs(layer));
    for (const std::size_t user : network_.users_of_weights(layer))
        time = checked_add(time, this->layer(user, layers));
    for (const std::size_t producer : network_.producers(layer)) time = checked_add(time, outputs(producer));
    return time;
}

void PlanTime::predict(const Plan& plan, std::vector<CellAlternative>& alternatives) {
    of(plan);
    searches_left_ = kSearchesOfAlternatives;
    std::vector<LayerPlan> layers = layer_plans_of(network_, plan);
    for (CellAlternative& cell : alternatives) {
        const Picoseconds before = around(cell.layer, layers);
        layers[cell.layer][cell.level] = cell.other;
        const Picoseconds after = around(cell.layer, layers);
        cell.is_at_pace = time_of(cell.layer, layers[cell.layer]).is_at_pace;
        layers[cell.layer][cell.level] = cell.chosen;
        constexpr auto kPerSecond = static_cast<double>(kPicosecondsPerSecond);
        cell.more_seconds = (static_cast<double>(after) - static_cast<double>(before)) / kPerSecond;
    }
}

std::vector<CellAlternative> timed_alternatives(const Network& network, const Plan& plan, const StepShape& step,
                                                const std::vector<Phase>& phases, const ArraySpec& array) {
    std::vector<CellAlternative> alternatives = cell_alternatives(network, plan, step);
    try {
        Remembered nothing;
        std::vector<CellAlternative> timed = alternatives;
        PlanTime(network, step, phases, array, plan.division(), nothing.mappers(array)).predict(plan, timed);
        return timed;
    } catch (const ConfigError&) {
        return alternatives;  // the topology does not hold so many accelerators, or a unit cannot compute a shard
    }
}

Picoseconds PlanTime::move(const Redistribution& redistribution, const LayerPlan& own) {
    std::vector<std::size_t> way;
    for (const Parallelism choice : own) way.push_back(static_cast<std::size_t>(choice));
    for (const Sharding* sharding : {&redistribution.from, &redistribution.to}) {
        for (const LevelPlacement& level : *sharding) {
            way.push_back(static_cast<std::size_t>(level.placement) * kDimensions +
                          static_cast<std::size_t>(level.dimension));
        }
    }
    const std::size_t border = redistribution.border_of ? alike_[*redistribution.border_of] + 1 : 0;
    const auto [found, is_new] =
        moves_.try_emplace({alike_[redistribution.layer], redistribution.tensor, std::move(way), border}, 0);
    if (!is_new) return found->second;
    Picoseconds time = 0;
    for (const Collective& collective :
         collectives_of(direct_exchanges(redistribution, network_, uniform(own), step_), levels_)) {
        const bool is_run = collective.tensor != Tensor::Weights || has(Phase::Update);
        if (is_run && collective.bytes() > 0) time = checked_add(time, choice_.predict(collective));
    }
    return found->second = time;
}

}  // namespace hypar
