#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace hypar {

/// What a layer does at a level: the dimension of its work that it splits. The numbers are the digits of plans.
enum class Parallelism : std::uint8_t { Data = 0, Model = 1, Output = 2, Spatial = 3 };

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
    Input,           ///< F_l, read forward and for the gradient
    Weights,         ///< W_l, read forward and backward
    Output,          ///< F_{l+1}, made forward
    OutputError,     ///< E_{l+1}, read backward and for the gradient
    InputError,      ///< E_l, made backward
    WeightGradient,  ///< dW_l
};
constexpr std::size_t kOperands = 6;

/// What follows from a layer's choice at a level: all there is to know about a parallelism.
struct SplitEntry {
    Parallelism parallelism;
    char digit;              ///< in a plan's strings
    const char* name;        ///< "data"
    const char* short_name;  ///< "dp"
    const char* split_name;  ///< "batch", where an experiment says which splits a strategy may use
    const char* description;
    Dimension divides;  ///< of the layer's work
    std::array<LevelPlacement, kOperands> operands;
};

/// Every parallelism, in the order of their numbers.
constexpr SplitEntry kSplits[] = {
    {Parallelism::Data,
     '0',
     "data",
     "dp",
     "batch",
     "data parallelism, the batch is split",
     Dimension::Batch,
     // F, W, F', E', E, dW
     {split(Dimension::Batch), replicated(), split(Dimension::Batch), split(Dimension::Batch),
      split(Dimension::Batch), partial()}},
    {Parallelism::Model,
     '1',
     "model",
     "mp",
     "in",
     "model parallelism, the input channels are split",
     Dimension::Channels,
     {split(Dimension::Channels), split(Dimension::Channels), partial(), replicated(), split(Dimension::Channels),
      split(Dimension::Channels)}},
    {Parallelism::Output,
     '2',
     "output",
     "op",
     "out",
     "output parallelism, the output channels are split",
     Dimension::Outputs,
     {replicated(), split(Dimension::Outputs), split(Dimension::Channels), split(Dimension::Channels), partial(),
      split(Dimension::Outputs)}},
    {Parallelism::Spatial,
     '3',
     "spatial",
     "sp",
     "rows",
     "spatial parallelism, the rows of the feature maps are split",
     Dimension::Rows,
     {split(Dimension::Rows), replicated(), split(Dimension::Rows), split(Dimension::Rows), split(Dimension::Rows),
      partial()}},
};
constexpr std::size_t kSplitCount = std::size(kSplits);

constexpr std::size_t number_of(Parallelism parallelism) { return static_cast<std::size_t>(parallelism); }

constexpr const SplitEntry& entry_of(Parallelism parallelism) { return kSplits[number_of(parallelism)]; }

constexpr const LevelPlacement& placement_of(Operand operand, Parallelism parallelism) {
    return entry_of(parallelism).operands[static_cast<std::size_t>(operand)];
}

}  // namespace hypar
