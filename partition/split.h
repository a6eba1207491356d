#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace hypar {

/// What a layer does at a level: split the batch (data) or the input channels (model).
enum class Parallelism : std::uint8_t { Data = 0, Model = 1 };

/// A dimension of a layer's work that a level can split. The channels of a tensor are those that the layer reads or,
/// of its output, those that its consumers read.
enum class Dimension : std::uint8_t { Batch, Channels };

/// How a tensor lies in the groups of one level: whole in each, divided among them, or as sums that each has a part
/// of.
enum class Placement : std::uint8_t { Replicated, Split, Partial };

struct LevelPlacement {
    Placement placement = Placement::Replicated;
    Dimension dimension = Dimension::Batch;  ///< that is split

    friend bool operator==(const LevelPlacement& a, const LevelPlacement& b) {
        return a.placement == b.placement && a.dimension == b.dimension;
    }
};

constexpr LevelPlacement replicated() { return {Placement::Replicated, Dimension::Batch}; }
constexpr LevelPlacement partial() { return {Placement::Partial, Dimension::Batch}; }
constexpr LevelPlacement split(Dimension dimension) { return {Placement::Split, dimension}; }

/// A layer's tensors as its phases read and make them.
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
     "data parallelism, the batch is split",
     Dimension::Batch,
     // F, W, F', E', E, dW
     {split(Dimension::Batch), replicated(), split(Dimension::Batch), split(Dimension::Batch),
      split(Dimension::Batch), partial()}},
    {Parallelism::Model,
     '1',
     "model",
     "mp",
     "model parallelism, the input channels are split",
     Dimension::Channels,
     {split(Dimension::Channels), split(Dimension::Channels), partial(), replicated(), split(Dimension::Channels),
      split(Dimension::Channels)}},
};
constexpr std::size_t kSplitCount = std::size(kSplits);

constexpr const SplitEntry& entry_of(Parallelism parallelism) {
    return kSplits[static_cast<std::size_t>(parallelism)];
}

constexpr const LevelPlacement& placement_of(Operand operand, Parallelism parallelism) {
    return entry_of(parallelism).operands[static_cast<std::size_t>(operand)];
}

}  // namespace hypar
