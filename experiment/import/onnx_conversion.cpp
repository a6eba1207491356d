#include "experiment/import/onnx_conversion.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/fields.h"
#include "workloads/layer_shape.h"

namespace hypar {
namespace {

/// An input with a number for each dimension; the batch is 1 where it has none.
Dims sized(const OnnxValue& input, const DimSizes& sizes) {
    if (!input.dims || input.dims->empty()) {
        throw ConfigError("", fmt::format("input \"{}\" has no shape", printable_text(input.name)));
    }
    Dims dims = *input.dims;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        if (dims[axis] != kUnknownDim) continue;
        const auto given = sizes.find(input.symbols[axis]);
        if (given == sizes.end() && axis > 0) {
            const std::string symbol = printable_text(input.symbols[axis]);
            throw ConfigError(
                "", fmt::format("dimension {} of input \"{}\" has no size{}", axis, printable_text(input.name),
                                symbol.empty() ? "" : fmt::format("; give one: --dim {}=N", symbol)));
        }
        dims[axis] = given == sizes.end() ? 1 : static_cast<std::int64_t>(given->second);
    }
    for (const std::int64_t dim : dims) {
        if (dim > static_cast<std::int64_t>(kLargestCount)) {
            throw ConfigError("", fmt::format("input \"{}\" has a dimension of {}", printable_text(input.name), dim));
        }
    }
    return dims;
}

bool is_read_by(const OnnxGraph& graph, const std::string& tensor, const std::set<std::string>& types) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const OnnxNode& node) {
        return types.count(node.type) > 0 && !node.inputs.empty() && node.inputs[0] == tensor;
    });
}

bool becomes_channels_first(const OnnxGraph& graph, const std::string& tensor) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const OnnxNode& node) {
        const auto order = node.attributes.find("perm");
        return node.type == "Transpose" && !node.inputs.empty() && node.inputs[0] == tensor &&
               order != node.attributes.end() && order->second.integers == std::vector<std::int64_t>{0, 3, 1, 2};
    });
}

/// The network's input: images, signals, tokens or features, by how many dimensions it has and what reads it.
Activation input_of(const OnnxValue& value, const Dims& dims, const OnnxGraph& graph) {
    const auto size = [&](std::size_t axis) { return static_cast<std::uint64_t>(dims[axis]); };
    Activation input;
    input.layer = "input";
    if (dims.size() == 4 && becomes_channels_first(graph, value.name)) {
        input.shape = {size(3), size(1), size(2)};
        input.layout = Layout::maps(size(0), input.shape).transposed({0, 2, 3, 1});
    } else if (dims.size() == 4) {
        input.shape = {size(1), size(2), size(3)};
        input.layout = Layout::maps(size(0), input.shape);
    } else if (dims.size() == 3 && is_read_by(graph, value.name, {"Conv", "MaxPool", "AveragePool"})) {
        input.shape = {size(1), size(2), 1};
        input.layout = Layout::maps(size(0), input.shape).without(3);
    } else if (dims.size() == 3) {
        input.shape = FeatureShape::sequence(size(1), size(2));
        input.layout = Layout::tokens(size(0), input.shape);
    } else if (dims.size() == 2 && value.is_integer) {
        input.shape = FeatureShape::sequence(size(1), 1);
        input.layout = Layout::tokens(size(0), input.shape).without(2);
    } else if (dims.size() == 2) {
        input.shape = {size(1), 1, 1};
        input.layout = Layout::maps(size(0), input.shape).without(3).without(2);
    } else {
        throw ConfigError("", fmt::format("input \"{}\" has {} dimensions; supported: 2 to 4, the batch among them",
                                          printable_text(value.name), dims.size()));
    }
    return input;
}

bool is_in_range(std::uint64_t count) { return count >= 1 && count <= kLargestCount; }

/// Numbers that a network file may have; the reader of files refuses all others.
void check_counts(const LayerSpec& spec) {
    for (const Extent& extent : {spec.kernel, spec.stride, spec.dilation}) {
        if (!is_in_range(extent.height) || !is_in_range(extent.width)) {
            throw ConfigError("", "its kernel, stride or dilation is out of range");
        }
    }
    for (const Padding& padding : {spec.padding, spec.pool ? spec.pool->padding : Padding()}) {
        if (std::max({padding.top, padding.left, padding.bottom, padding.right}) > kLargestCount) {
            throw ConfigError("", "its padding is out of range");
        }
    }
    if (spec.pool && !(is_in_range(spec.pool->size.height) && is_in_range(spec.pool->size.width) &&
                       is_in_range(spec.pool->stride.height) && is_in_range(spec.pool->stride.width))) {
        throw ConfigError("", "its window or stride is out of range");
    }
    if (!is_in_range(spec.groups) || !is_in_range(spec.heads)) throw ConfigError("", "its groups are out of range");
    if (kind_of(spec.type).form == LayerForm::Weighted && !is_in_range(spec.out_channels)) {
        throw ConfigError("", "its output channels are out of range");
    }
}

void check_inputs(const LayerSpec& spec, const std::vector<const Activation*>& inputs) {
    for (const Activation* input : inputs) {
        if (input->layout.has(Role::Repeat) && spec.type != LayerType::Product) {
            throw ConfigError("", "it reads copies of feature maps");
        }
        if (input->padding != Padding()) throw ConfigError("", "it reads padded feature maps");
        if (input->has_class_token) {
            throw ConfigError("", "it reads a token beside feature maps to which no learned positions are added");
        }
        if (input->is_joined && inputs_of(spec.type).most > 1) {
            throw ConfigError("", "it reads a concatenation beside something else");
        }
    }
}

FeatureShape joined(const std::vector<const Activation*>& inputs) {
    FeatureShape shape = inputs.front()->shape;
    for (std::size_t number = 1; number < inputs.size(); ++number) {
        shape.channels = checked_add(shape.channels, inputs[number]->shape.channels);
    }
    return shape;
}

Layer shaped(const LayerSpec& spec, const std::vector<const Activation*>& inputs) {
    InputShapes shapes;
    for (const Activation* input : inputs) shapes.push_back(input->shape);
    try {
        return shape_layer(spec, shapes);
    } catch (const ConfigError& error) {
        throw ConfigError("", error.problem());
    }
}

}  // namespace

bool is_all_tokens(const Activation& maps) {
    const Layout& layout = maps.layout;
    const std::size_t rank = layout.rank();
    const std::uint64_t tokens = maps.shape.plane() + (maps.has_class_token ? 1 : 0);
    return rank >= 2 && layout.is_all(rank - 1, Role::Channel, maps.shape.channels) &&
           layout.size(rank - 2) == tokens &&
           layout.count(rank - 2, Role::Row) * layout.count(rank - 2, Role::Column) == tokens;
}

std::string text_of(const OnnxNode& node) {
    const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs[0] : node.name;
    const std::string domain = node.domain.empty() ? "" : node.domain + ".";
    return fmt::format("node \"{}\" ({})", printable_text(name), printable_text(domain + node.type));
}

Conversion::Conversion(OnnxGraph graph, const DimSizes& sizes) : graph_(std::move(graph)) {
    std::set<std::string> read;
    for (const OnnxNode& node : graph_.nodes) read.insert(node.inputs.begin(), node.inputs.end());
    for (const auto& [name, constant] : graph_.constants) tensors_[name] = constant;
    for (const OnnxValue& value : graph_.inputs) {
        if (read.count(value.name) == 0) continue;
        const Dims dims = sized(value, sizes);
        if (!input_.layer.empty()) {
            tensors_[value.name] = Aside{dims};
            note("input \"" + printable_text(value.name) + "\" beside the first");
            continue;
        }
        input_ = input_of(value, dims, graph_);
        tensors_[value.name] = input_;
    }
    if (input_.layer.empty()) throw ConfigError("", "its graph reads no input");
    input_.shape.elements();
    network_.input = input_.shape;
}

const Tensor* Conversion::find(const OnnxNode& node, std::size_t input) const {
    if (input >= node.inputs.size() || node.inputs[input].empty()) return nullptr;
    const auto found = tensors_.find(node.inputs[input]);
    if (found == tensors_.end()) {
        throw ConfigError(
            "", fmt::format("it reads \"{}\", which nothing above it makes", printable_text(node.inputs[input])));
    }
    return &found->second;
}

bool Conversion::is_known(const OnnxNode& node, std::size_t input) const {
    const Tensor* tensor = find(node, input);
    return tensor == nullptr || !std::holds_alternative<Unknown>(*tensor);
}

const Activation* Conversion::activation(const OnnxNode& node, std::size_t input) const {
    const Tensor* tensor = find(node, input);
    return tensor == nullptr ? nullptr : std::get_if<Activation>(tensor);
}

const OnnxTensor* Conversion::constant(const OnnxNode& node, std::size_t input) const {
    const Tensor* tensor = find(node, input);
    return tensor == nullptr ? nullptr : std::get_if<OnnxTensor>(tensor);
}

const Aside* Conversion::aside(const OnnxNode& node, std::size_t input) const {
    const Tensor* tensor = find(node, input);
    return tensor == nullptr ? nullptr : std::get_if<Aside>(tensor);
}

const Activation& Conversion::maps(const OnnxNode& node, std::size_t input) const {
    const Activation* found = activation(node, input);
    if (found == nullptr) throw ConfigError("", fmt::format("input {} of it is no feature map", input));
    return *found;
}

const OnnxTensor& Conversion::weights(const OnnxNode& node, std::size_t input) const {
    const OnnxTensor* found = constant(node, input);
    if (found == nullptr) throw ConfigError("", fmt::format("input {} of it is no constant", input));
    if (!found->dims) throw ConfigError("", fmt::format("input {} of it has no known shape", input));
    return *found;
}

void Conversion::set(const std::string& tensor, Tensor value) { tensors_[tensor] = std::move(value); }

Activation Conversion::add(LayerSpec spec, const OnnxNode& node, const std::vector<const Activation*>& inputs) {
    return add(std::move(spec), node.name.empty() ? node.outputs.at(0) : node.name, inputs);
}

Activation Conversion::add(LayerSpec spec, const std::string& name, const std::vector<const Activation*>& inputs) {
    check_counts(spec);
    check_inputs(spec, inputs);
    spec.inputs.emplace();
    for (const Activation* input : inputs) {
        if (std::count(spec.inputs->begin(), spec.inputs->end(), input->layer) > 0) {
            throw ConfigError("", "it reads the same feature maps twice");
        }
        spec.inputs->push_back(input->layer);
    }
    Activation made = *inputs.front();
    Layer layer;
    made.is_scores = false;
    made.is_joined = spec.type == LayerType::Concatenate;
    if (made.is_joined) {
        layer.output = joined(inputs);
    } else {
        layer = shaped(spec, inputs);
    }
    made.shape = layer.output;
    spec.name = names_.take(name);
    made.layer = spec.name;
    numbers_[spec.name] = network_.layers.size();
    network_.layers.push_back(std::move(spec));
    layers_.push_back(std::move(layer));
    return made;
}

LayerSpec* Conversion::spec_of(const Activation& activation) {
    const auto found = numbers_.find(activation.layer);
    return found == numbers_.end() ? nullptr : &network_.layers[found->second];
}

void Conversion::share_weights(const Activation& activation, const OnnxTensor& weights) {
    const std::size_t number = numbers_.at(activation.layer);
    const auto [owner, is_new] = owners_.emplace(weights.name, number);
    if (is_new || weights.name.empty()) return;
    const auto shape = [](const Layer& layer) {
        const bool is_table = layer.type == LayerType::Embedding;
        const std::uint64_t in = is_table ? layer.unpooled_output.channels : layer.input.channels / layer.groups;
        const std::uint64_t out = is_table ? layer.vocabulary : layer.unpooled_output.channels;
        return std::vector<std::uint64_t>{in, out, layer.kernel.height, layer.kernel.width};
    };
    if (shape(layers_[number]) == shape(layers_[owner->second])) {
        network_.layers[number].weights_of = network_.layers[owner->second].name;
    } else {
        note("weights that two layers use in other shapes, counted twice");
    }
}

void Conversion::problem(const OnnxNode& node, const std::string& reason) {
    problems_.push_back(text_of(node) + ": " + reason);
    for (const std::string& output : node.outputs) {
        if (!output.empty()) set(output, Unknown{});
    }
}

ImportedNetwork Conversion::finish() {
    ImportedNetwork imported{std::move(network_), {}};
    for (const auto& [what, times] : notes_) {
        imported.notes.push_back(times == 1 ? what : fmt::format("{} ({} times)", what, times));
    }
    if (names_.changed() > 0) {
        imported.notes.push_back(fmt::format("{} names changed, to be unique and printable", names_.changed()));
    }
    return imported;
}

}  // namespace hypar
