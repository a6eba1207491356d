#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "workloads/layer.h"

namespace hypar {

/// What a network file says.
struct NetworkSpec {
    std::string name;
    std::string source;  ///< where the shapes come from
    FeatureShape input;
    std::vector<LayerSpec> layers;
};

/// A deep neural network: layers as the nodes of a directed acyclic graph, an edge from a layer to each layer that
/// reads its output. Layers are numbered in the file's order, which is a topological one; what only stands for what
/// it reads (a concatenation) is none.
class Network {
public:
    /// Derives every shape. Throws ConfigError with the key of the value at fault ("layers.3.kernel") where a
    /// layer is impossible: kernel or pooling window larger than what it slides over, groups that do not divide
    /// the channels, inputs that are unknown, not above the layer, or do not fit together, weights of another size
    /// than those that it is to share, or sizes beyond 64 bits.
    explicit Network(const NetworkSpec& spec);

    const std::string& name() const { return name_; }
    const std::string& source() const { return source_; }
    const FeatureShape& input() const { return input_; }
    const std::vector<Layer>& layers() const { return layers_; }
    const Layer& layer(std::size_t index) const { return layers_[index]; }
    std::size_t size() const { return layers_.size(); }

    /// Layers whose outputs `layer` reads, in the order of its `inputs`; none if it reads the network's input.
    const std::vector<std::size_t>& producers(std::size_t layer) const { return producers_[layer]; }
    /// Whether `layer` reads the network's input, alone or beside its producers.
    bool reads_input(std::size_t layer) const { return reads_input_[layer]; }
    /// Layers that read the output of `layer`, in file order; none for a last layer.
    const std::vector<std::size_t>& consumers(std::size_t layer) const { return consumers_[layer]; }
    /// Whether the output of `producer` is the input that `layer` reads otherwise (see Layer::second).
    bool is_second_input(std::size_t layer, std::size_t producer) const { return second_[layer] == producer; }
    /// The layer whose weights `layer` uses, if they are not its own.
    const std::optional<std::size_t>& weights_of(std::size_t layer) const { return weights_of_[layer]; }

    /// That layer, or `layer` itself.
    std::size_t owner_of_weights(std::size_t layer) const { return weights_of_[layer].value_or(layer); }
    /// Layers that use the weights of `layer`.
    std::vector<std::size_t> users_of_weights(std::size_t layer) const;

    std::vector<std::string> layer_names() const;
    /// Elements that are trained, those that layers share once, without biases.
    std::uint64_t weights() const;
    /// The same with biases; a layer that shares weights shares as many biases.
    std::uint64_t parameters() const;
    /// What `layer` adds to them.
    std::uint64_t parameters(std::size_t layer) const;
    std::uint64_t macs() const;  ///< of one sample in one phase

private:
    friend class NetworkBuilder;

    std::string name_;
    std::string source_;
    FeatureShape input_;
    std::vector<Layer> layers_;
    std::vector<std::vector<std::size_t>> producers_;  ///< by layer
    std::vector<bool> reads_input_;
    std::vector<std::vector<std::size_t>> consumers_;
    std::vector<std::optional<std::size_t>> second_;
    std::vector<std::optional<std::size_t>> weights_of_;
};

}  // namespace hypar
