#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/import/onnx_conversion.h"
#include "experiment/import/onnx_window.h"

namespace hypar {
namespace {

void pass(Conversion& to, const OnnxNode& node) {
    if (node.type == "Dropout" || node.type == "RotaryPositions") to.note(node.type + " left out");
    to.set(node, to.maps(node));
}

/// The same feature maps in a tensor of other dimensions.
void pass_as(Conversion& to, const OnnxNode& node, const Dims& dims) {
    Activation maps = to.maps(node);
    if (maps.padding != Padding()) throw ConfigError("", "it reads padded feature maps");
    const auto layout = maps.layout.reshaped(dims);
    if (!layout) {
        throw ConfigError("", fmt::format("from [{}] to [{}] it mixes channels, rows or samples",
                                          fmt::join(maps.layout.dims(), ", "), fmt::join(dims, ", ")));
    }
    maps.layout = *layout;
    to.set(node, maps);
}

void reshape(Conversion& to, const OnnxNode& node) {
    const Dims from = to.maps(node).layout.dims();
    const auto shape = integers_of(node, "shape", &to.weights(node, 1));
    pass_as(to, node, reshaped_dims(from, *shape, integer_of(node, "allowzero", 0) != 0));
}

void flatten(Conversion& to, const OnnxNode& node) {
    pass_as(to, node, flattened_dims(to.maps(node).layout.dims(), integer_of(node, "axis", 1)));
}

void squeeze(Conversion& to, const OnnxNode& node) {
    const auto axes = integers_of(node, "axes", to.constant(node, 1));
    pass_as(to, node, squeezed_dims(to.maps(node).layout.dims(), axes));
}

void unsqueeze(Conversion& to, const OnnxNode& node) {
    const auto axes = integers_of(node, "axes", to.constant(node, 1));
    if (!axes) throw ConfigError("", "it has no axes");
    pass_as(to, node, unsqueezed_dims(to.maps(node).layout.dims(), *axes));
}

void transpose(Conversion& to, const OnnxNode& node) {
    Activation maps = to.maps(node);
    maps.layout = maps.layout.transposed(order_of(node, maps.layout.rank()));
    if (maps.padding != Padding()) throw ConfigError("", "it reads padded feature maps");
    to.set(node, maps);
}

/// Copies along dimensions of a single index.
void expand(Conversion& to, const OnnxNode& node) {
    Activation maps = to.maps(node);
    const auto shape = integers_of(node, "shape", &to.weights(node, 1));
    const Dims from = maps.layout.dims();
    const Dims dims = broadcast_dims(from, *shape);
    if (dims.size() != from.size()) throw ConfigError("", "it adds dimensions");
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        if (dims[axis] == from[axis]) continue;
        maps.layout = maps.layout.with(axis, {{Role::Repeat, static_cast<std::uint64_t>(dims[axis])}});
    }
    to.set(node, maps);
}

/// Indices of a dimension as channels or rows of the whole feature maps.
LayerSpec slice_of(const Activation& maps, const SliceRange& range) {
    const Axis& axis = maps.layout.axis(range.axis);
    if (axis.size() != 1) throw ConfigError("", "it takes parts of a dimension of several kinds");
    LayerSpec spec;
    spec.type = LayerType::Slice;
    const auto begin = static_cast<std::uint64_t>(range.begin);
    const auto end = static_cast<std::uint64_t>(range.end);
    if (axis[0].role == Role::Channel) {
        const std::uint64_t each = maps.shape.channels / axis[0].size;
        spec.slice_channels = IndexRange{begin * each, end * each};
    } else if (axis[0].role == Role::Row && axis[0].size == maps.shape.height) {
        spec.slice_rows = IndexRange{begin, end};
    } else {
        throw ConfigError("", "it takes other parts than channels, rows or tokens");
    }
    return spec;
}

Activation sliced(Conversion& to, const std::string& name, const Activation& maps, const SliceRange& range) {
    const auto size = static_cast<std::uint64_t>(range.end - range.begin);
    if (size == maps.layout.size(range.axis)) return maps;
    Activation made = to.add(slice_of(maps, range), name, {&maps});
    made.layout = maps.layout.with(range.axis, {{maps.layout.axis(range.axis)[0].role, size}});
    made.is_scores = maps.is_scores;
    return made;
}

const std::string& name_of(const OnnxNode& node) { return node.name.empty() ? node.outputs.at(0) : node.name; }

void slice(Conversion& to, const OnnxNode& node) {
    Activation maps = to.maps(node);
    Constants inputs;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) inputs.push_back(to.constant(node, input));
    for (const SliceRange& range : ranges_of(node, maps.layout.dims(), inputs)) {
        maps = sliced(to, name_of(node), maps, range);
    }
    to.set(node, maps);
}

bool is_read(const Conversion& to, const std::string& tensor) {
    const OnnxGraph& graph = to.graph();
    const auto names = [&](const OnnxNode& node) {
        return std::find(node.inputs.begin(), node.inputs.end(), tensor) != node.inputs.end();
    };
    return std::find(graph.outputs.begin(), graph.outputs.end(), tensor) != graph.outputs.end() ||
           std::any_of(graph.nodes.begin(), graph.nodes.end(), names);
}

void split(Conversion& to, const OnnxNode& node) {
    const Activation maps = to.maps(node);
    const std::size_t axis = axis_of(integer_of(node, "axis", 0), maps.layout.rank());
    const auto size = static_cast<std::int64_t>(maps.layout.size(axis));
    const std::vector<std::int64_t> parts = parts_of(node, size, to.constant(node, 1));
    std::int64_t begin = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) {
        const SliceRange range{axis, begin, begin + parts[part]};
        begin = range.end;
        if (!is_read(to, node.outputs[part])) continue;
        to.set(node.outputs[part], sliced(to, fmt::format("{}_{}", name_of(node), part + 1), maps, range));
    }
}

/// Rows of a table: those that tokens name.
void embed(Conversion& to, const OnnxNode& node, const Activation& tokens) {
    const OnnxTensor& table = to.weights(node, 0);
    const Dims& dims = *table.dims;
    if (dims.size() != 2 || integer_of(node, "axis", 0) != 0) {
        throw ConfigError("", "it takes other than rows of a table");
    }
    LayerSpec spec;
    spec.type = LayerType::Embedding;
    spec.vocabulary = natural(dims[0], "number of rows");
    spec.out_channels = natural(dims[1], "number of features");
    Activation made = to.add(spec, node, {&tokens});
    std::vector<Axis> axes = tokens.layout.axes();
    axes.push_back({{Role::Channel, spec.out_channels}});
    made.layout = Layout(axes);
    to.share_weights(made, table);
    to.set(node, made);
}

/// One index of a dimension, which goes, or a few that follow each other.
void take(Conversion& to, const OnnxNode& node) {
    const Activation& maps = to.maps(node);
    const OnnxTensor& indices = to.weights(node, 1);
    const std::size_t axis = axis_of(integer_of(node, "axis", 0), maps.layout.rank());
    if (!indices.integers || indices.integers->empty()) throw ConfigError("", "its indices are not known");
    const auto size = static_cast<std::size_t>(maps.layout.size(axis));
    const auto first = static_cast<std::int64_t>(axis_of(indices.integers->front(), size));
    for (std::size_t number = 0; number < indices.integers->size(); ++number) {
        if (axis_of((*indices.integers)[number], size) != static_cast<std::size_t>(first) + number) {
            throw ConfigError("", "its indices do not follow each other");
        }
    }
    const auto count = static_cast<std::int64_t>(indices.integers->size());
    Activation made = sliced(to, name_of(node), maps, {axis, first, first + count});
    if (indices.dims->size() > 1) throw ConfigError("", "its indices have several dimensions");
    if (indices.dims->empty()) made.layout = made.layout.without(axis);
    to.set(node, made);
}

void gather(Conversion& to, const OnnxNode& node) {
    if (to.aside(node, 0) != nullptr || (to.aside(node, 1) != nullptr && to.activation(node, 0) != nullptr)) {
        to.set(node, Aside{});
        return;
    }
    if (to.activation(node, 0) != nullptr) return take(to, node);
    if (const Activation* tokens = to.activation(node, 1)) return embed(to, node, *tokens);
    const Aside* aside = to.aside(node, 1);
    if (aside == nullptr || !aside->dims || *aside->dims != to.input().layout.dims()) {
        throw ConfigError("", "it reads other tokens than the first input");
    }
    to.note("a table for another input, taken as one for the first");
    embed(to, node, to.input());
}

/// A learned token before all others, as it is until positions are added.
bool join_class_token(Conversion& to, const OnnxNode& node, std::size_t axis) {
    const OnnxTensor* token = to.constant(node, 0);
    if (token == nullptr || node.inputs.size() != 2) return false;
    Activation maps = to.maps(node, 1);
    if (maps.layout.rank() != 3 || axis != 1 || !is_all_tokens(maps) ||
        token->dims != Dims{1, 1, static_cast<std::int64_t>(maps.shape.channels)} || maps.has_class_token) {
        return false;
    }
    maps.has_class_token = true;
    maps.layout = maps.layout.with(1, {{Role::Row, maps.shape.plane() + 1}});
    to.set(node, maps);
    return true;
}

void concat(Conversion& to, const OnnxNode& node) {
    std::size_t rank = 0;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        if (const Activation* maps = to.activation(node, input)) rank = maps->layout.rank();
    }
    const std::size_t axis = axis_of(integer_of(node, "axis", 1), rank);
    if (join_class_token(to, node, axis)) return;
    std::vector<const Activation*> inputs;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        const Activation& maps = to.maps(node, input);
        const Activation& first = to.maps(node, 0);
        if (maps.layout.rank() != rank || !maps.layout.is_all(axis, Role::Channel, maps.shape.channels) ||
            maps.layout.with(axis, {}).axes() != first.layout.with(axis, {}).axes()) {
            throw ConfigError("", "it joins other than the channels of feature maps of one size");
        }
        inputs.push_back(&maps);
    }
    if (inputs.size() == 1) return to.set(node, *inputs[0]);
    LayerSpec spec;
    spec.type = LayerType::Concatenate;
    Activation made = to.add(spec, node, inputs);
    made.layout = inputs[0]->layout.with(axis, {{Role::Channel, made.shape.channels}});
    to.set(node, made);
}

/// Zeros around maps, for what reads them.
void pad(Conversion& to, const OnnxNode& node) {
    Activation maps = to.maps(node);
    const auto mode = node.attributes.find("mode");
    if (mode != node.attributes.end() && mode->second.text.value_or("constant") != "constant") {
        throw ConfigError("", "it pads with other than zeros");
    }
    const OnnxTensor* value = to.constant(node, 2);
    const auto real = node.attributes.find("value");
    const bool is_other = (value != nullptr && value->reals && value->reals->front() != 0) ||
                          (real != node.attributes.end() && real->second.real.value_or(0) != 0);
    const auto pads = integers_of(node, "pads", to.constant(node, 1));
    const std::size_t rank = maps.layout.rank();
    if (is_other || !pads || pads->size() != 2 * rank) throw ConfigError("", "it pads with other than zeros");
    if (std::all_of(pads->begin(), pads->end(), [](std::int64_t each) { return each == 0; })) {
        return to.set(node, maps);
    }
    check_maps(maps);
    const auto at = [&](std::size_t index) { return natural((*pads)[index], "padding"); };
    if (at(0) + at(1) + at(rank) + at(rank + 1) != 0) throw ConfigError("", "it pads samples or channels");
    maps.padding.top += at(2);
    maps.padding.bottom += at(rank + 2);
    maps.padding.left += rank == 4 ? at(3) : 0;
    maps.padding.right += rank == 4 ? at(rank + 3) : 0;
    to.set(node, maps);
}

}  // namespace

Operators shape_operators() {
    return {{"Cast", pass},       {"Concat", concat},        {"Dropout", pass},       {"Expand", expand},
            {"Flatten", flatten}, {"Gather", gather},        {"Identity", pass},      {"Pad", pad},
            {"Reshape", reshape}, {"RotaryPositions", pass}, {"Slice", slice},        {"Split", split},
            {"Squeeze", squeeze}, {"Transpose", transpose},  {"Unsqueeze", unsqueeze}};
}

}  // namespace hypar
