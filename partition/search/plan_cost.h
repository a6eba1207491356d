#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/int128.h"
#include "partition/ownership.h"
#include "partition/plan.h"
#include "partition/redistribution.h"
#include "partition/search/plan_space.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// What all accelerators send together, in elements times the accelerators (so that even shares are whole numbers).
struct Traffic {
    Int128 whole = 0;  ///< as the transfers move it, in whole samples, channels and rows
    Int128 even = 0;   ///< as if all shares were even

    friend Traffic operator+(const Traffic& a, const Traffic& b) { return {a.whole + b.whole, a.even + b.even}; }
    friend bool operator<(const Traffic& a, const Traffic& b) {
        return a.whole != b.whole ? a.whole < b.whole : a.even < b.even;
    }
};

/// The traffic of plans as a sum over layers and over the tensors between them, in closed form: the same as that of
/// `plan_exchanges`, without a look at any accelerator. Sums that are scattered and shares that are gathered come to
/// the same whether they are even or not; where two uneven dimensions are swapped it matters which part stays, and
/// where pooling windows overlap, which rows of sums are in two parts.
class PlanCost {
public:
    /// All must outlive it.
    PlanCost(const Network& network, const StepShape& step, const Levels& levels);

    /// Of a layer's gradient; `owner` is what the layer does whose weights it uses, or the layer itself.
    Traffic gradient(std::size_t layer, const LayerPlan& own, const LayerPlan& owner) const;
    /// Of a layer's outputs on their way to its consumers, which do as said, or to the loss, and of the errors' back.
    Traffic boundary(std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers) const;

    Traffic of(const Plan& plan) const;
    /// Whether even traffic is the least that plans of `splits` can have: of every two dimensions that can be
    /// swapped, one is divided evenly, rows are, if they may be divided, and so are channels that are in groups. (Of
    /// a chain.)
    bool has_even_plans(SplitSet splits) const;
    /// Even traffic by level, in elements.
    std::vector<double> even_by_level(const Plan& plan) const;
    /// Elements of a cost.
    double elements(Int128 cost) const;

private:
    /// A layer's output as it is divided.
    struct Boundary {
        DividedItems items;
        DividedItems rows;
        std::uint64_t pooled_elements = 0;    ///< of one row of one item
        std::uint64_t unpooled_elements = 0;  ///< of one item
    };

    /// Of a tensor that moves.
    struct Elements {
        Int128 summed = 0;  ///< while its sums are not complete
        Int128 complete = 0;

        Int128 moved(const MoveCost& cost) const {
            return summed * cost.scattered + complete * (cost.swapped + cost.gathered);
        }
    };

    bool may_split_rows(std::size_t layer) const;
    const DividedItems& items_of(const Boundary& boundary, Dimension dimension) const;
    const Boundary& boundary_of(std::size_t layer, const LayerPlan& choices) const;
    Elements elements_of(const Redistribution& redistribution, const Boundary& boundary) const;
    Traffic move(const Redistribution& redistribution, const Boundary& boundary) const;
    void add_even(const Redistribution& redistribution, const Plan& plan, std::vector<Int128>& by_level) const;
    Int128 stays_unevenly(const Boundary& boundary, const Sharding& from, const Sharding& to) const;
    Int128 scattered_twice(std::size_t layer, const Boundary& boundary, const Sharding& from,
                           const Sharding& to) const;
    Int128 border(const Redistribution& redistribution, const Boundary& boundary) const;

    const Network& network_;
    const StepShape& step_;
    const Levels& levels_;
    DividedItems samples_;
    std::vector<Boundary> channels_;  ///< by layer: of whole channels
    std::vector<Boundary> features_;  ///< by layer, where it may be divided into features
};

}  // namespace hypar
