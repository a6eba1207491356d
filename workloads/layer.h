#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hypar {

/// Feature maps of one sample: channels x height x width.
struct FeatureShape {
    std::uint64_t channels = 0;
    std::uint64_t height = 1;
    std::uint64_t width = 1;

    /// Elements of one channel.
    std::uint64_t plane() const;
    /// Elements of one sample. Throws std::overflow_error beyond 64 bits.
    std::uint64_t elements() const;

    friend bool operator==(const FeatureShape& a, const FeatureShape& b) {
        return a.channels == b.channels && a.height == b.height && a.width == b.width;
    }
};

enum class LayerType { Convolution, FullyConnected };
enum class PoolKind { Max, Average };

/// Pooling over size x size windows, without padding; the result rounds down.
struct Pool {
    PoolKind kind = PoolKind::Max;
    std::uint64_t size = 2;
    std::uint64_t stride = 2;
};

/// A weighted layer as a network file writes it: what is not derived from its inputs.
struct LayerSpec {
    std::string name;
    LayerType type = LayerType::Convolution;
    std::uint64_t out_channels = 0;  ///< output channels, or output features of a fully connected layer
    std::uint64_t kernel = 1;        ///< square: kernel x kernel
    std::uint64_t stride = 1;
    std::uint64_t padding = 0;
    std::uint64_t groups = 1;
    std::optional<Pool> pool;
    /// Names of the layers whose outputs it concatenates along the channels ("input" is the network's own
    /// input); absent: the layer before it.
    std::optional<std::vector<std::string>> inputs;
};

/// A weighted layer with its shapes. Pooling and activation belong to the layer before them, so `output` is what
/// the next layer reads and `unpooled_output` what the weights produce.
struct Layer {
    std::string name;
    LayerType type = LayerType::Convolution;
    std::uint64_t kernel = 1;
    std::uint64_t stride = 1;
    std::uint64_t padding = 0;
    std::uint64_t groups = 1;
    std::optional<Pool> pool;
    FeatureShape input;
    FeatureShape unpooled_output;
    FeatureShape output;

    /// Elements of the kernel, without biases: out x in / groups x kernel x kernel.
    std::uint64_t weights() const;
    /// Multiply-accumulates of one sample in one phase.
    std::uint64_t macs() const;
};

}  // namespace hypar
