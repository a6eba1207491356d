#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "experiment/import/imported_network.h"
#include "experiment/import/layer_names.h"
#include "experiment/import/layout.h"
#include "experiment/import/onnx_constants.h"
#include "experiment/import/onnx_graph.h"

namespace hypar {

/// Sizes by the names that a model gives to dimensions.
using DimSizes = std::map<std::string, std::uint64_t>;

/// A tensor of feature maps: those of a layer, and how they lie in it.
struct Activation {
    std::string layer;
    FeatureShape shape;
    Layout layout;
    Padding padding = {};          ///< zeros around it, for the layer that reads it
    bool has_class_token = false;  ///< a learned token before the others, for the positions that are added
    bool is_scores = false;        ///< the products of queries and keys
    bool is_joined = false;        ///< a concatenation
};

/// Whether the dimension before the last has all rows and columns of feature maps, and the token before them if there
/// is one, and the last all channels.
bool is_all_tokens(const Activation& maps);

/// What follows from inputs beside the first, such as masks; its dimensions as far as they are known.
struct Aside {
    std::optional<Dims> dims;
};

/// Nothing is known of what an unsupported node makes.
struct Unknown {};

using Tensor = std::variant<Unknown, Activation, OnnxTensor, Aside>;

/// A network as it grows, node by node.
class Conversion {
public:
    /// Throws ConfigError if the graph has no input that a network can have.
    Conversion(OnnxGraph graph, const DimSizes& sizes);

    const OnnxGraph& graph() const { return graph_; }
    std::int64_t opset() const { return graph_.opset; }

    /// Null if the input is left out, or is something else.
    const Activation* activation(const OnnxNode& node, std::size_t input) const;
    const OnnxTensor* constant(const OnnxNode& node, std::size_t input) const;
    const Aside* aside(const OnnxNode& node, std::size_t input) const;
    /// Throws ConfigError if it is something else.
    const Activation& maps(const OnnxNode& node, std::size_t input = 0) const;
    /// A constant of dimensions that are known.
    const OnnxTensor& weights(const OnnxNode& node, std::size_t input) const;
    bool is_known(const OnnxNode& node, std::size_t input) const;

    void set(const std::string& tensor, Tensor value);
    /// The first output.
    void set(const OnnxNode& node, Tensor value) { set(node.outputs.at(0), std::move(value)); }
    /// The network's input, as it first was.
    const Activation& input() const { return input_; }

    /// Adds a layer that reads `inputs`. What it makes lies as its first input does. Throws ConfigError where the
    /// layer is impossible.
    Activation add(LayerSpec spec, const std::string& name, const std::vector<const Activation*>& inputs);
    Activation add(LayerSpec spec, const OnnxNode& node, const std::vector<const Activation*>& inputs);
    /// The layer that made an activation; null for the network's input.
    LayerSpec* spec_of(const Activation& activation);
    /// The layer uses the weights of a layer above that has the same initializer.
    void share_weights(const Activation& activation, const OnnxTensor& weights);

    /// Says once how often something happened: "left out: 12 Dropout".
    void note(const std::string& what) { ++notes_[what]; }
    /// `reason`, and what was to be.
    void problem(const OnnxNode& node, const std::string& reason);
    const std::vector<std::string>& problems() const { return problems_; }

    ImportedNetwork finish();

private:
    const Tensor* find(const OnnxNode& node, std::size_t input) const;

    OnnxGraph graph_;
    std::map<std::string, Tensor> tensors_;
    Activation input_;
    LayerNames names_;
    NetworkSpec network_;
    std::map<std::string, std::size_t> numbers_;  ///< of layers, by name
    std::vector<Layer> layers_;
    std::map<std::string, std::size_t> owners_;  ///< layers, by the initializer that they have
    std::map<std::string, std::size_t> notes_;
    std::vector<std::string> problems_;
};

/// What a node is in messages: node "conv1" (Conv)
std::string text_of(const OnnxNode& node);

/// Adds what a node makes. Throws ConfigError with the reason if it cannot.
using Operator = void (*)(Conversion& to, const OnnxNode& node);
using Operators = std::map<std::string, Operator>;

Operators weighted_operators();
Operators pooling_operators();
Operators shape_operators();
Operators elementwise_operators();

/// The network that a model describes. Throws ConfigError with all that is not supported.
ImportedNetwork convert_onnx(const OnnxModel& model, const DimSizes& sizes);

}  // namespace hypar
