#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "partition/plan.h"
#include "partition/sharding.h"
#include "workloads/network.h"

namespace hypar {

enum class Tensor { FeatureMaps, Error, Gradient, Statistics, Weights };

const char* name_of(Tensor tensor);

/// What must move, said without how: a tensor comes from the sharding in which it was made, or has come already, into
/// one in which it is read. Or its border moves, within one sharding: rows over the edges of the own ones, to which
/// the kernel of a layer that reads it reaches. Statistics are numbers of each row whose sums over the channels are
/// completed within a layer that divides these.
struct Redistribution {
    Tensor tensor = Tensor::FeatureMaps;
    std::size_t layer = 0;  ///< the layer whose output (F_{l+1}, E_{l+1}), gradient (dW_l) or statistics move
    Sharding from;
    Sharding to;
    std::optional<std::size_t> border_of = std::nullopt;  ///< the layer that reads it
};

/// The redistributions of one layer, each list in the order in which they happen.
struct LayerRedistributions {
    /// Of the statistics that the layer needs; of F_{l+1} to its consumers, each from where it costs least of where
    /// the tensor already is; then their borders.
    std::vector<Redistribution> forward;
    /// Of E_{l+1} from its consumers, the same ways back: the borders' sums, then each error to one to which it is
    /// added; the statistics of the backward phase.
    std::vector<Redistribution> backward;
    /// Of dW_l: its sums are completed. Where the optimizer's state is divided, what comes from others are the
    /// weights that they made of their sums.
    std::vector<Redistribution> gradient;
};

/// What every layer does, and what those do that read one's output, in the network's order.
std::vector<LayerPlan> layer_plans_of(const Network& network, const Plan& plan);
std::vector<LayerPlan> consumers_of(const Network& network, std::size_t layer, const std::vector<LayerPlan>& layers);

/// The sums of a layer's gradient are completed.
Redistribution gradient_redistribution(const Network& network, std::size_t layer, const LayerPlan& own);

/// Whether a layer uses another's weights, and divides them as that one does, the same channels at each place, so
/// that one gradient serves both. Where it does not, each has a copy and completes the sums of its own gradient.
bool shares_gradient(const Network& network, std::size_t layer, const LayerPlan& own, const LayerPlan& owner);

/// Of a layer whose consumers do as said, in the network's order. Consumers of one sharding are served once, and once
/// for borders that are alike.
LayerRedistributions redistributions_of(const Network& network, std::size_t layer, const LayerPlan& own,
                                        const std::vector<LayerPlan>& consumers, const Levels& levels);

/// By layer.
std::vector<LayerRedistributions> redistributions(const Network& network, const Plan& plan);

/// What a tensor's way from one sharding to another costs, for one element of it: elements that all accelerators send
/// together, times the number of accelerators, where all shares are even. Slices come first, then sums are scattered,
/// then shares are swapped, then shares are gathered: two neighbours in another order never move less. (A level that
/// stays whole could be sliced and gathered again meanwhile, which pays only where another reader has the tensor
/// whole.)
struct MoveCost {
    std::uint64_t scattered = 0;  ///< of sums that are not complete
    std::uint64_t swapped = 0;
    std::uint64_t gathered = 0;

    std::uint64_t all() const { return scattered + swapped + gathered; }
};

/// Where one of several readers gets a tensor from.
struct Source {
    std::size_t reader = 0;           ///< its number
    std::optional<std::size_t> from;  ///< the number of one that has it by then; none for its maker
    MoveCost cost;
};

/// How readers get feature maps that are `made` in one sharding: the one that costs least next. Of errors the readers
/// are makers, `made` is the sharding in which the layer reads their sum, and each one's error goes to where it is
/// said to come from, in the opposite order.
std::vector<Source> cheapest_sources(const Sharding& made, const std::vector<Sharding>& readers, Tensor tensor,
                                     const Levels& levels);

MoveCost cost_of(const Sharding& from, const Sharding& to, const Levels& levels);
/// The same by level.
std::vector<MoveCost> costs_by_level(const Sharding& from, const Sharding& to, const Levels& levels);
/// Groups of a kind that hold the same throughout: at levels where the tensor stays whole, or stays a sum.
std::uint64_t copies_throughout(const Sharding& from, const Sharding& to, const Levels& levels);

}  // namespace hypar
