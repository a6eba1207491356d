#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// Some of kSplits: a bit for each.
using SplitSet = std::uint8_t;

constexpr SplitSet set_of(Parallelism parallelism) {
    return static_cast<SplitSet>(1U << static_cast<unsigned>(parallelism));
}
constexpr bool contains(SplitSet splits, Parallelism parallelism) { return (splits & set_of(parallelism)) != 0; }
constexpr SplitSet kBatchIn = set_of(Parallelism::Data) | set_of(Parallelism::Model);
constexpr SplitSet kBatchInOut = kBatchIn | set_of(Parallelism::Output);

/// `splits` with heads, where a network has products to split.
SplitSet with_heads(SplitSet splits, const Network& network);

/// Why the levels cannot divide a layer so; none if they can. `division` may be the first levels of an array.
std::optional<std::string> why_impossible(const Network& network, std::size_t layer, const LayerPlan& choices,
                                          const Levels& division);

/// Throws ConfigError with `key` for the first layer of a plan that cannot be divided so.
void check_possible(const Network& network, const Plan& plan, const std::string& key);

/// What plans there are for a network on an array: splits that a search may use, and cells that are given.
class PlanSpace {
public:
    /// All must outlive the space.
    PlanSpace(const Network& network, const StepShape& step, const Levels& levels);

    const Network& network() const { return network_; }
    const StepShape& step() const { return step_; }
    const Levels& levels() const { return levels_; }
    /// Whether some cells are not free.
    bool has_given_cells() const { return has_given_cells_; }

    /// Allows no others than `splits` in cells that are not given.
    void restrict_to(SplitSet splits) { splits_ = splits; }
    SplitSet splits() const { return splits_; }
    /// Gives a cell.
    void give(std::size_t level, std::size_t layer, Parallelism parallelism);
    bool is_given(std::size_t level, std::size_t layer) const;
    /// What may be tried in a cell.
    SplitSet cell(std::size_t level, std::size_t layer) const;

    bool is_possible(std::size_t layer, const LayerPlan& choices) const;
    /// Whether a layer may do so: it has what is given, splits that are allowed, and is possible.
    bool allows(std::size_t layer, const LayerPlan& choices) const;
    bool contains(const Plan& plan) const;

private:
    const Network& network_;
    const StepShape& step_;
    const Levels& levels_;
    SplitSet splits_ = kBatchInOut;
    std::vector<std::vector<SplitSet>> given_;  ///< by level and layer; 0: nothing is
    bool has_given_cells_ = false;
};

/// Throws ConfigError where no plan of the space divides a layer as it can be divided: key "plan.1" of the first cell
/// that is given and leaves none, "splits" where those that are allowed leave none.
void check_possible(const PlanSpace& space);

/// All that a layer may do at the first `levels` levels, in the order of their digits, `begin` at those that it
/// names. At most `most` are listed.
std::vector<LayerPlan> layer_plans(const PlanSpace& space, std::size_t layer, std::size_t levels, std::size_t most,
                                   const LayerPlan& begin = {});

Plan plan_of(const std::vector<LayerPlan>& layers, const Levels& levels);
SplitSet splits_in(const Plan& plan);

}  // namespace hypar
