#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/import/onnx_conversion.h"

namespace hypar {
namespace {

void add_simple(Conversion& to, const OnnxNode& node, LayerType type) {
    LayerSpec spec;
    spec.type = type;
    to.set(node, to.add(spec, node, {&to.maps(node)}));
}

template <LayerType type>
void activate(Conversion& to, const OnnxNode& node) {
    add_simple(to, node, type);
}

/// One that costs as much.
template <LayerType type>
void activate_as(Conversion& to, const OnnxNode& node) {
    to.note(fmt::format("{} taken as {}", node.type, kind_of(type).name));
    add_simple(to, node, type);
}

/// A bound of Clip; absent: none.
double bound(Conversion& to, const OnnxNode& node, std::size_t input, const char* attribute, double absent) {
    if (const OnnxTensor* constant = to.constant(node, input)) {
        if (constant->reals && constant->reals->size() == 1) return constant->reals->front();
        throw ConfigError("", "its bounds are not known");
    }
    const auto found = node.attributes.find(attribute);
    return found == node.attributes.end() ? absent : found->second.real.value_or(absent);
}

void clip(Conversion& to, const OnnxNode& node) {
    const double least = bound(to, node, 1, "min", -HUGE_VAL);
    const double most = bound(to, node, 2, "max", HUGE_VAL);
    constexpr double kMostFloat = 3.4e38;
    if (least == 0 && most == 6) {
        add_simple(to, node, LayerType::Relu6);
    } else if (least == 0 && most >= kMostFloat) {
        add_simple(to, node, LayerType::Relu);
    } else {
        throw ConfigError("", fmt::format("it bounds to [{}, {}]; supported: [0, 6]", least, most));
    }
}

void check_channels(const Activation& maps) {
    if (maps.layout.rank() < 2 || !maps.layout.is_all(1, Role::Channel, maps.shape.channels)) {
        throw ConfigError("", "its channels are not those of its input");
    }
}

void normalise_batch(Conversion& to, const OnnxNode& node) {
    check_channels(to.maps(node));
    add_simple(to, node, LayerType::BatchNorm);
}

void normalise_response(Conversion& to, const OnnxNode& node) {
    check_channels(to.maps(node));
    add_simple(to, node, LayerType::ResponseNorm);
}

/// Over all features of each token or pixel.
void normalise_features(Conversion& to, const OnnxNode& node) {
    const Activation& maps = to.maps(node);
    const std::size_t rank = maps.layout.rank();
    for (std::size_t axis = axis_of(integer_of(node, "axis", -1), rank); axis + 1 < rank; ++axis) {
        if (maps.layout.size(axis) != 1) throw ConfigError("", "it normalises over other than features");
    }
    if (!maps.layout.is_all(rank - 1, Role::Channel, maps.shape.channels)) {
        throw ConfigError("", "it normalises over other than all features");
    }
    add_simple(to, node, node.type == "RmsNormalization" ? LayerType::RmsNorm : LayerType::LayerNorm);
}

/// Before opset 13 over all dimensions from an axis on, then over one.
void softmax(Conversion& to, const OnnxNode& node) {
    constexpr std::int64_t kOfOneAxis = 13;
    const Activation& maps = to.maps(node);
    const std::size_t rank = maps.layout.rank();
    const bool is_of_one = to.opset() >= kOfOneAxis;
    const std::size_t first = axis_of(integer_of(node, "axis", is_of_one ? -1 : 1), rank);
    std::uint64_t channels = 1;
    for (std::size_t axis = first; axis < (is_of_one ? first + 1 : rank); ++axis) {
        if (maps.layout.count(axis, Role::Channel) != maps.layout.size(axis)) {
            throw ConfigError("", "it is over other than channels or features");
        }
        channels *= maps.layout.size(axis);
    }
    if (node.type == "LogSoftmax") to.note("LogSoftmax taken as softmax");
    LayerSpec spec;
    spec.type = LayerType::Softmax;
    spec.heads = maps.shape.channels / channels;
    to.set(node, to.add(spec, node, {&maps}));
}

void loss(Conversion& to, const OnnxNode& node) { add_simple(to, node, LayerType::Loss); }

/// The layout that two tensors have together; none if they lie differently.
std::optional<Layout> together(const Layout& a, const Layout& b) {
    if (a.rank() < b.rank()) return together(b, a);
    Layout made = a;
    const std::size_t more = a.rank() - b.rank();
    bool is_a_wider = false;
    bool is_b_wider = false;
    for (std::size_t axis = 0; axis < b.rank(); ++axis) {
        if (a.axis(axis + more) == b.axis(axis)) continue;
        if (b.axis(axis).empty()) {
            is_a_wider = true;
        } else if (a.axis(axis + more).empty()) {
            is_b_wider = true;
            made = made.with(axis + more, b.axis(axis));
        } else {
            return std::nullopt;
        }
    }
    if (is_a_wider && is_b_wider) return std::nullopt;
    return made;
}

/// Sums or products of several feature maps.
void combine(Conversion& to, const OnnxNode& node, LayerType type) {
    std::vector<const Activation*> inputs;
    Layout layout = to.maps(node).layout;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        inputs.push_back(&to.maps(node, input));
        const auto both = together(layout, inputs.back()->layout);
        if (!both) throw ConfigError("", "its inputs lie differently: channels beside rows, or in another order");
        layout = *both;
    }
    if (inputs.size() == 1) return to.set(node, *inputs[0]);
    LayerSpec spec;
    spec.type = type;
    Activation made = to.add(spec, node, inputs);
    made.layout = layout;
    to.set(node, made);
}

/// Whether a constant has a number for each index of these dimensions of `maps`, and one for all others.
bool is_for(const Dims& constant, const Layout& maps, const std::vector<bool>& dimensions) {
    if (constant.size() > maps.rank()) return false;
    for (std::size_t back = 1; back <= maps.rank(); ++back) {
        const std::size_t axis = maps.rank() - back;
        const std::int64_t size = back <= constant.size() ? constant[constant.size() - back] : 1;
        const std::uint64_t expected = dimensions[axis] ? maps.size(axis) : 1;
        if (size < 0 || static_cast<std::uint64_t>(size) != expected) return false;
    }
    return true;
}

/// A number for each channel that is added to what weights made.
bool add_bias(Conversion& to, const OnnxNode& node, const Activation& maps, const Dims& dims) {
    LayerSpec* spec = to.spec_of(maps);
    const bool is_weighted = spec != nullptr && kind_of(spec->type).form == LayerForm::Weighted;
    if (!is_weighted || spec->type == LayerType::Embedding || spec->has_bias) return false;
    std::vector<bool> dimensions(maps.layout.rank());
    std::uint64_t channels = 1;
    for (std::size_t axis = 0; axis < maps.layout.rank(); ++axis) {
        dimensions[axis] = maps.layout.count(axis, Role::Channel) > 1;
        channels *= maps.layout.count(axis, Role::Channel);
    }
    if (channels != maps.shape.channels || !is_for(dims, maps.layout, dimensions)) return false;
    spec->has_bias = true;
    to.set(node, maps);
    return true;
}

/// A learned vector for each token.
bool add_positions(Conversion& to, const OnnxNode& node, Activation maps, const Dims& dims) {
    const std::size_t rank = maps.layout.rank();
    if (rank < 2 || !is_for(dims, maps.layout, std::vector<bool>{rank > 2 ? false : true, true, true}) || rank > 3 ||
        !is_all_tokens(maps)) {
        return false;
    }
    LayerSpec spec;
    spec.type = LayerType::Position;
    spec.has_class_token = maps.has_class_token;
    maps.has_class_token = false;
    Activation made = to.add(spec, node, {&maps});
    made.layout = maps.layout.with(rank - 2, {{Role::Row, made.shape.height}});
    to.set(node, made);
    return true;
}

std::string dims_text(const Dims& dims) { return fmt::format("[{}]", fmt::join(dims, ", ")); }

/// Feature maps and something that does not change.
void with_constant(Conversion& to, const OnnxNode& node, std::size_t input) {
    const Activation& maps = to.maps(node, input);
    const OnnxTensor* constant = to.constant(node, 1 - input);
    const bool is_known = constant != nullptr && constant->dims.has_value();
    if (is_known && elements_of(*constant->dims) == 1) {
        to.note(node.type + " with a single number left out");
        return to.set(node, maps);
    }
    if (node.type == "Add" && is_known) {
        if (add_bias(to, node, maps, *constant->dims)) return;
        if (!maps.is_scores && add_positions(to, node, maps, *constant->dims)) return;
    }
    if (maps.is_scores) {
        to.note(node.type + " of a mask or a bias with scores left out");
        return to.set(node, maps);
    }
    throw ConfigError("", fmt::format("its other operand, {}, is no bias, no learned positions and no mask of scores",
                                      is_known ? "a constant of " + dims_text(*constant->dims) : "of another input"));
}

/// `type`: of two feature maps; none if they cannot be.
void binary(Conversion& to, const OnnxNode& node, std::optional<LayerType> type) {
    if (node.inputs.size() != 2) throw ConfigError("", "it has not two operands");
    for (const std::size_t input : {0U, 1U}) {
        if (to.activation(node, 1 - input) == nullptr) return with_constant(to, node, input);
    }
    if (!type) throw ConfigError("", "of two feature maps it is not supported");
    combine(to, node, *type);
}

void sum(Conversion& to, const OnnxNode& node) { combine(to, node, LayerType::Add); }
void add(Conversion& to, const OnnxNode& node) { binary(to, node, LayerType::Add); }
void multiply(Conversion& to, const OnnxNode& node) { binary(to, node, LayerType::Multiply); }
void with_number(Conversion& to, const OnnxNode& node) { binary(to, node, std::nullopt); }

/// Scores where a mask lets them.
void choose(Conversion& to, const OnnxNode& node) {
    if (to.activation(node, 0) != nullptr) throw ConfigError("", "feature maps decide what it takes");
    for (const std::size_t input : {1U, 2U}) {
        const Activation* maps = to.activation(node, input);
        if (maps == nullptr || to.activation(node, 3 - input) != nullptr) continue;
        to.note("Where of a mask left out");
        return to.set(node, *maps);
    }
    throw ConfigError("", "it chooses between feature maps");
}

}  // namespace

Operators elementwise_operators() {
    return {{"Add", add},
            {"BatchNormalization", normalise_batch},
            {"Clip", clip},
            {"Div", with_number},
            {"Elu", activate_as<LayerType::Relu>},
            {"Gelu", activate<LayerType::Gelu>},
            {"HardSigmoid", activate_as<LayerType::Sigmoid>},
            {"HardSwish", activate<LayerType::HardSwish>},
            {"LRN", normalise_response},
            {"LayerNormalization", normalise_features},
            {"LeakyRelu", activate_as<LayerType::Relu>},
            {"LogSoftmax", softmax},
            {"Mul", multiply},
            {"Relu", activate<LayerType::Relu>},
            {"RmsNormalization", normalise_features},
            {"Sigmoid", activate<LayerType::Sigmoid>},
            {"Silu", activate<LayerType::Silu>},
            {"Softmax", softmax},
            {"SoftmaxCrossEntropyLoss", loss},
            {"Sub", with_number},
            {"Sum", sum},
            {"Tanh", activate<LayerType::Tanh>},
            {"Where", choose}};
}

}  // namespace hypar
