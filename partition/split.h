#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "workloads/layer_kind.h"

namespace hypar {

/// What a layer does at a level: the dimension of its work that it splits. The numbers are the digits of plans.
enum class Parallelism : std::uint8_t { Data = 0, Model = 1, Output = 2, Spatial = 3, Heads = 4 };

/// A dimension of a layer's work or of its tensors. The channels of features are those that the layer reads or, of
/// its output, those that its consumers read; weights have them and the outputs that they make.
enum class Dimension : std::uint8_t { Batch, Channels, Outputs, Rows };
constexpr std::size_t kDimensions = 4;

/// How a tensor lies in the groups of one level: whole in each, divided among them, or as sums that each has a part
/// of.
enum class Placement : std::uint8_t { Replicated, Split, Partial };

struct LevelPlacement {
    Placement placement = Placement::Replicated;
    Dimension dimension = Dimension::Batch;  ///< that is split

    friend bool operator==(const LevelPlacement& a, const LevelPlacement& b) {
        return a.placement == b.placement && a.dimension == b.dimension;
    }
    friend bool operator!=(const LevelPlacement& a, const LevelPlacement& b) { return !(a == b); }
};

constexpr LevelPlacement replicated() { return {Placement::Replicated, Dimension::Batch}; }
constexpr LevelPlacement partial() { return {Placement::Partial, Dimension::Batch}; }
constexpr LevelPlacement split(Dimension dimension) { return {Placement::Split, dimension}; }

/// A layer's tensors as its phases read and make them. Where a kernel slides over rows that are split, what is read
/// or made of the input reaches over the edges of the own rows.
enum class Operand : std::uint8_t {
    Input,             ///< F_l, read forward and for the gradient
    Weights,           ///< W_l, read forward and backward
    Output,            ///< F_{l+1}, made forward
    OutputError,       ///< E_{l+1}, read backward and for the gradient
    InputError,        ///< E_l, made backward
    WeightGradient,    ///< dW_l
    SecondInput,       ///< F of a product's second input, read in all phases, or of the smaller one of a layer that
                       ///< broadcasts
    SecondInputError,  ///< E of it, made by the gradient phase of a product
};
constexpr std::size_t kOperands = 8;

/// How each tensor lies, by Operand.
using Layouts = std::array<LevelPlacement, kOperands>;

/// What follows from a layer's choice at a level: all there is to know about a parallelism.
struct SplitEntry {
    Parallelism parallelism;
    char digit;              ///< in a plan's strings
    const char* name;        ///< "data"
    const char* short_name;  ///< "dp"
    const char* split_name;  ///< "batch", where an experiment says which splits a strategy may use
    const char* description;
    Dimension divides;  ///< of the layer's work
    /// Of layers of each form; none where they cannot do so.
    std::optional<Layouts> weighted;
    std::optional<Layouts> product;
    std::optional<Layouts> elementwise;
};

/// Of a layer whose every tensor but its weights is split in the same dimension.
constexpr Layouts all_split(Dimension dimension) {
    return {split(dimension), replicated(), split(dimension), split(dimension),
            split(dimension), partial(),    split(dimension), split(dimension)};
}

/// Every parallelism, in the order of their numbers. Tensors stand in the order F, W, F', E', E, dW, second F, its E.
constexpr SplitEntry kSplits[] = {
    {Parallelism::Data, '0', "data", "dp", "batch", "data parallelism, the batch is split", Dimension::Batch,
     all_split(Dimension::Batch), all_split(Dimension::Batch), all_split(Dimension::Batch)},
    {Parallelism::Model, '1', "model", "mp", "in", "model parallelism, the input channels are split",
     Dimension::Channels,
     Layouts{split(Dimension::Channels), split(Dimension::Channels), partial(), replicated(),
             split(Dimension::Channels), split(Dimension::Channels), replicated(), replicated()},
     std::nullopt,
     Layouts{split(Dimension::Channels), split(Dimension::Channels), split(Dimension::Channels),
             split(Dimension::Channels), split(Dimension::Channels), split(Dimension::Channels),
             split(Dimension::Channels), split(Dimension::Channels)}},
    {Parallelism::Output, '2', "output", "op", "out", "output parallelism, the output channels are split",
     Dimension::Outputs,
     Layouts{replicated(), split(Dimension::Outputs), split(Dimension::Channels), split(Dimension::Channels),
             partial(), split(Dimension::Outputs), replicated(), replicated()},
     std::nullopt, std::nullopt},
    // Every row of a product's first input meets with all of its second.
    {Parallelism::Spatial, '3', "spatial", "sp", "rows",
     "spatial parallelism, the rows of the feature maps are split", Dimension::Rows, all_split(Dimension::Rows),
     Layouts{split(Dimension::Rows), replicated(), split(Dimension::Rows), split(Dimension::Rows),
             split(Dimension::Rows), partial(), replicated(), partial()},
     Layouts{split(Dimension::Rows), replicated(), split(Dimension::Rows), split(Dimension::Rows),
             split(Dimension::Rows), partial(), replicated(), partial()}},
    {Parallelism::Heads, '4', "heads", "hp", "heads", "head parallelism, the heads of a product are split",
     Dimension::Channels, std::nullopt, all_split(Dimension::Channels), std::nullopt},
};
constexpr std::size_t kSplitCount = std::size(kSplits);

constexpr std::size_t number_of(Parallelism parallelism) { return static_cast<std::size_t>(parallelism); }

constexpr const SplitEntry& entry_of(Parallelism parallelism) { return kSplits[number_of(parallelism)]; }

/// None where layers of the form cannot do so.
constexpr const std::optional<Layouts>& layouts_of(LayerForm form, Parallelism parallelism) {
    const SplitEntry& entry = entry_of(parallelism);
    if (form == LayerForm::Product) return entry.product;
    return form == LayerForm::Elementwise ? entry.elementwise : entry.weighted;
}

/// Whole where the layer cannot do so.
constexpr LevelPlacement placement_of(LayerForm form, Operand operand, Parallelism parallelism) {
    const std::optional<Layouts>& layouts = layouts_of(form, parallelism);
    return layouts ? (*layouts)[static_cast<std::size_t>(operand)] : replicated();
}

}  // namespace hypar
