#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "workloads/operator.h"

namespace hypar {

/// The tensors of a nest:
///   outputs  (samples, out_channels, out_height, out_width)    before pooling
///   features (samples, in_channels, in_height, in_width)       that the kernel slides over
///   filters  (out_channels, in_channels, kernel_height, kernel_width)
enum class NestTensor : std::uint8_t { Outputs, Features, Filters };

/// The multiply-accumulates of an operator on one shard: one of the three tensors is made from the other two, and
/// that `groups` times, each group with channels of its own. A fully connected layer is a 1x1 convolution of 1x1
/// feature maps. What is element-wise is no nest of seven loops: the filters are each read and written.
struct LoopNest {
    OperatorKind kind = OperatorKind::MultiplyAccumulate;
    NestTensor result = NestTensor::Outputs;
    std::uint64_t groups = 1;
    std::uint64_t samples = 0;
    std::uint64_t in_channels = 0;   ///< of a group
    std::uint64_t out_channels = 0;  ///< of a group
    std::uint64_t in_height = 1;
    std::uint64_t in_width = 1;
    std::uint64_t out_height = 1;
    std::uint64_t out_width = 1;
    std::uint64_t kernel_height = 1;
    std::uint64_t kernel_width = 1;
    std::uint64_t stride_height = 1;
    std::uint64_t stride_width = 1;     ///< of which in_width and out_width say all that tiles and passes need
    std::uint64_t dilation_height = 1;  ///< kernel row k meets input row r x stride_height + k x dilation_height
    std::uint64_t dilation_width = 1;
    /// Elements of one plane of outputs in memory: fewer than out_height x out_width where pooling follows, which
    /// the processing unit applies before it writes and undoes after it reads.
    std::uint64_t stored_out_plane = 1;
    /// Element-wise: words that are kept beside every filter word, read and written with it.
    std::uint64_t state_words = 0;

    /// Whether there is nothing to compute, as in an empty share.
    bool empty() const { return groups == 0 || samples == 0 || in_channels == 0 || out_channels == 0; }
    bool is_elementwise() const { return kind == OperatorKind::Elementwise; }
    /// Whether it is a transposed convolution: features are made from outputs.
    bool is_transposed() const { return result == NestTensor::Features; }
    /// Two of the tensors, in the order in which they stand above; where it is element-wise the result twice.
    std::array<NestTensor, 2> operands() const {
        if (is_elementwise()) return {result, result};
        return {result == NestTensor::Outputs ? NestTensor::Features : NestTensor::Outputs,
                result == NestTensor::Filters ? NestTensor::Features : NestTensor::Filters};
    }

    /// The same with rows for columns.
    LoopNest turned() const {
        LoopNest other = *this;
        std::swap(other.in_height, other.in_width);
        std::swap(other.out_height, other.out_width);
        std::swap(other.kernel_height, other.kernel_width);
        std::swap(other.stride_height, other.stride_width);
        std::swap(other.dilation_height, other.dilation_width);
        return other;
    }

    /// All of them.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.kind, self.result, self.groups, self.samples, self.in_channels, self.out_channels,
                        self.in_height, self.in_width, self.out_height, self.out_width, self.kernel_height,
                        self.kernel_width, self.stride_height, self.stride_width, self.dilation_height,
                        self.dilation_width, self.stored_out_plane, self.state_words);
    }

    friend bool operator==(const LoopNest& a, const LoopNest& b) { return numbers(a) == numbers(b); }
    friend bool operator<(const LoopNest& a, const LoopNest& b) { return numbers(a) < numbers(b); }
};

/// Rows of a plane of features that `kernel_rows` neighbouring rows of the kernel meet at `out_rows` neighbouring
/// rows of outputs. Rows that the stride leaves out between two of them count too, rows that the dilation leaves out
/// do not.
inline std::uint64_t window_rows(const LoopNest& nest, std::uint64_t out_rows, std::uint64_t kernel_rows) {
    const std::uint64_t of_one = (out_rows - 1) * nest.stride_height + 1;
    return std::min(nest.in_height, of_one + (kernel_rows - 1) * std::min(nest.dilation_height, of_one));
}

/// Words of a row of features from the first to the last that `kernel_columns` neighbouring columns of the kernel
/// meet at once.
inline std::uint64_t reach_of(const LoopNest& nest, std::uint64_t kernel_columns) {
    return (kernel_columns - 1) * nest.dilation_width + 1;
}

/// The most columns of the kernel whose reach is `words` at most.
inline std::uint64_t columns_within(const LoopNest& nest, std::uint64_t words) {
    return std::min(nest.kernel_width, (words - 1) / nest.dilation_width + 1);
}

/// The channels that are made and those that are summed over, where filters are an operand.
struct ChannelRoles {
    ChannelRoles(const LoopNest& nest, std::uint64_t in_channels, std::uint64_t out_channels)
        : made(nest.is_transposed() ? in_channels : out_channels),
          summed(nest.is_transposed() ? out_channels : in_channels) {}

    std::uint64_t made;
    std::uint64_t summed;
};

/// The loops that tiling blocks.
enum class Loop : std::uint8_t { Groups, Samples, Rows, InChannels, OutChannels };
constexpr std::size_t kLoops = 5;

/// A bit for each of them.
using LoopSet = std::uint8_t;

constexpr LoopSet set_of(Loop loop) { return static_cast<LoopSet>(1U << static_cast<unsigned>(loop)); }
constexpr bool contains(LoopSet loops, Loop loop) { return (loops & set_of(loop)) != 0; }

/// A number for each of them, by Loop.
using ByLoop = std::array<std::uint64_t, kLoops>;

constexpr std::size_t at(Loop loop) { return static_cast<std::size_t>(loop); }

/// A nest's extents, by Loop; rows are those of outputs.
constexpr std::array<std::uint64_t LoopNest::*, kLoops> kExtents = {
    &LoopNest::groups, &LoopNest::samples, &LoopNest::out_height, &LoopNest::in_channels, &LoopNest::out_channels};

inline ByLoop extents_of(const LoopNest& nest) {
    ByLoop extents{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) extents[loop] = nest.*kExtents[loop];
    return extents;
}

/// The loops that make up the indices of a tensor's blocks, by NestTensor.
constexpr std::array<LoopSet, 3> kTensorLoops = {
    set_of(Loop::Groups) | set_of(Loop::Samples) | set_of(Loop::Rows) | set_of(Loop::OutChannels),
    set_of(Loop::Groups) | set_of(Loop::Samples) | set_of(Loop::Rows) | set_of(Loop::InChannels),
    set_of(Loop::Groups) | set_of(Loop::InChannels) | set_of(Loop::OutChannels)};

constexpr LoopSet loops_of(NestTensor tensor) { return kTensorLoops[static_cast<std::size_t>(tensor)]; }

/// The loops that the result is made over.
inline LoopSet made_loops(const LoopNest& nest) { return loops_of(nest.result); }

/// The loops that it is summed over: those of operands that the result lacks.
inline LoopSet summed_loops(const LoopNest& nest) {
    const auto operands = nest.operands();
    return static_cast<LoopSet>((loops_of(operands[0]) | loops_of(operands[1])) & ~made_loops(nest));
}

}  // namespace hypar
