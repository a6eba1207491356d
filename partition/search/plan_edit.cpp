#include "partition/search/plan_edit.h"

#include "workloads/alike_layers.h"

namespace hypar {

PlanEdit::PlanEdit(const Network& network, const PlanCost& cost, const Plan& plan)
    : network_(network),
      cost_(cost),
      layers_(layer_plans_of(network, plan)),
      sum_(cost.of(plan)),
      alike_(alike_layers(network)) {}

Traffic PlanEdit::with(std::size_t level, std::size_t layer, Parallelism parallelism) {
    const Traffic before = around(layer);
    const Parallelism own = layers_[layer][level];
    layers_[layer][level] = parallelism;
    const Traffic after = around(layer);
    layers_[layer][level] = own;
    return {sum_.whole - before.whole + after.whole, sum_.even - before.even + after.even};
}

void PlanEdit::set(std::size_t level, std::size_t layer, Parallelism parallelism) {
    sum_ = with(level, layer, parallelism);
    layers_[layer][level] = parallelism;
}

void PlanEdit::descend(const PlanSpace& space) {
    for (bool is_better = true; is_better;) {
        is_better = false;
        for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
            for (std::size_t level = 0; level < layers_[layer].size(); ++level) {
                for (const SplitEntry& split : kSplits) {
                    LayerPlan choices = layers_[layer];
                    choices[level] = split.parallelism;
                    if (choices == layers_[layer] || !space.allows(layer, choices)) continue;
                    if (!(with(level, layer, split.parallelism) < sum_)) continue;
                    set(level, layer, split.parallelism);
                    is_better = true;
                }
            }
        }
    }
}

Traffic PlanEdit::gradient(std::size_t layer) const {
    return cost_.gradient(layer, layers_[layer], layers_[network_.owner_of_weights(layer)]);
}

Traffic PlanEdit::boundary(std::size_t layer) const {
    const std::vector<LayerPlan> consumers = consumers_of(network_, layer, layers_);
    std::vector<LayerPlan> plans = consumers;
    plans.push_back(layers_[layer]);
    const auto [found, is_new] = boundaries_.try_emplace({alike_[layer], std::move(plans)});
    if (is_new) found->second = cost_.boundary(layer, layers_[layer], consumers);
    return found->second;
}

Traffic PlanEdit::around(std::size_t layer) const {
    Traffic sum = gradient(layer) + boundary(layer);
    for (const std::size_t user : network_.users_of_weights(layer)) sum = sum + gradient(user);
    for (const std::size_t producer : network_.producers(layer)) sum = sum + boundary(producer);
    return sum;
}

}  // namespace hypar
