#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workloads/extent.h"
#include "workloads/layer_kind.h"

namespace hypar {

/// Feature maps of one sample: channels x height x width. Those of a sequence have a row for each token, one wide,
/// and a channel for each feature.
struct FeatureShape {
    std::uint64_t channels = 0;
    std::uint64_t height = 1;
    std::uint64_t width = 1;
    bool is_sequence = false;

    static FeatureShape sequence(std::uint64_t tokens, std::uint64_t features) { return {features, tokens, 1, true}; }

    /// Elements of one channel.
    std::uint64_t plane() const;
    /// Elements of one sample. Throws std::overflow_error beyond 64 bits.
    std::uint64_t elements() const;

    friend bool operator==(const FeatureShape& a, const FeatureShape& b) {
        return a.channels == b.channels && a.height == b.height && a.width == b.width &&
               a.is_sequence == b.is_sequence;
    }
    friend bool operator!=(const FeatureShape& a, const FeatureShape& b) { return !(a == b); }
};

enum class PoolKind { Max, Average };

/// Pooling over windows. The result rounds down, or up, where a last window reaches over the edge.
struct Pool {
    PoolKind kind = PoolKind::Max;
    Extent size = 2;
    Extent stride = 2;
    Padding padding = {};
    bool rounds_up = false;
    bool is_global = false;  ///< over whole maps, whatever their size
};

/// Some of a dimension's indices: [begin, end).
struct IndexRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// A layer as a network file writes it: what is not derived from its inputs.
struct LayerSpec {
    std::string name;
    LayerType type = LayerType::Convolution;
    /// Output channels; output features of a fully connected layer or an embedding.
    std::uint64_t out_channels = 0;
    Extent kernel = 1;
    Extent stride = 1;
    Padding padding = {};
    Extent dilation = 1;
    Extent output_padding = 0;  ///< of a transposed convolution: rows and columns more than the least
    std::uint64_t groups = 1;
    bool has_bias = true;
    std::optional<Pool> pool;
    std::uint64_t vocabulary = 0;  ///< rows of an embedding's table
    std::uint64_t heads = 1;
    std::optional<std::uint64_t> kv_heads;     ///< of a product's second operand; its heads
    bool has_transposed = false;               ///< a product of rows with rows, as queries and keys
    bool has_class_token = false;              ///< of positions: a learned token before the others
    std::optional<IndexRange> slice_channels;  ///< of a slice
    std::optional<IndexRange> slice_rows;
    /// Names of the layers that it reads ("input" is the network's own input); absent: the layer before it. Sums and
    /// products take them one by one, all others join them along the channels.
    std::optional<std::vector<std::string>> inputs;
    std::string weights_of;  ///< the layer above whose weights it uses; empty if they are its own
};

/// A layer with its shapes. Pooling that it has itself, and activation, belong to it, so `output` is what the next
/// layer reads and `unpooled_output` what the weights produce.
struct Layer {
    std::string name;
    LayerType type = LayerType::Convolution;
    Extent kernel = 1;
    Extent stride = 1;
    Padding padding = {};
    Extent dilation = 1;
    std::uint64_t groups = 1;
    bool has_bias = true;
    std::optional<Pool> pool;
    std::uint64_t heads = 1;
    std::uint64_t kv_heads = 1;
    bool has_transposed = false;
    bool has_class_token = false;
    std::uint64_t vocabulary = 0;
    FeatureShape input;        ///< the first, if it takes them one by one
    std::uint64_t inputs = 1;  ///< that it takes one by one
    /// The number of the one that is read otherwise: a product's second, or the smaller one of a layer that
    /// broadcasts.
    std::optional<std::size_t> second;
    FeatureShape second_input;  ///< its shape
    FeatureShape unpooled_output;
    FeatureShape output;
    std::uint64_t channel_unit = 1;  ///< channels of the output that are divided together: a head's

    const LayerKind& kind() const { return kind_of(type); }
    bool is_weighted() const { return kind().form == LayerForm::Weighted; }
    bool is_product() const { return kind().form == LayerForm::Product; }
    bool is_elementwise() const { return kind().form == LayerForm::Elementwise; }
    /// Whether it reads all that its inputs have as one row of features.
    bool is_flat() const { return type == LayerType::FullyConnected && !input.is_sequence; }

    /// Whether its work is multiply-accumulates, of weights or of two feature maps; a vector unit does all others.
    bool multiplies() const { return is_product() || (is_weighted() && type != LayerType::Embedding); }
    /// Parts in which the channels of its output are divided at the most.
    std::uint64_t channel_parts() const { return output.channels / channel_unit; }
    /// What its own backward phases read again. An average needs to know nothing of what it is of.
    Kept keeps() const;

    /// Numbers of each row of the output, of all its channels, that those who divide the channels have to sum up in
    /// each direction. Channels of a head are not divided.
    std::uint64_t statistics() const;

    /// Elements of a kernel's plane, or of what else there is for each pair of channels; of what is element-wise, for
    /// each channel.
    std::uint64_t weights_each() const;
    /// Elements that are trained, without biases: of a kernel out x in / groups x height x width.
    std::uint64_t weights() const;
    std::uint64_t biases() const;
    /// Elements of it, of one sample.
    std::uint64_t kept() const;
    /// Multiply-accumulates of one sample in one phase.
    std::uint64_t macs() const;
};

/// "3x3"
std::string text_of(const Extent& extent);

}  // namespace hypar
