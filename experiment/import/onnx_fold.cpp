#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "base/error.h"
#include "experiment/import/onnx_constants.h"

namespace hypar {
namespace {

using Integers = std::vector<std::int64_t>;

/// Whose result has the dimensions of the first input.
const std::set<std::string> kOfEach = {"Abs",  "Ceil", "Cos",  "Erf",        "Exp",   "Floor",
                                       "Log",  "Neg",  "Not",  "Reciprocal", "Round", "Sigmoid",
                                       "Sign", "Sin",  "Sqrt", "Tanh",       "Trilu"};
/// And those of its inputs together.
const std::set<std::string> kTogether = {"Add",  "And",         "Div", "Equal", "Greater", "GreaterOrEqual",
                                         "Less", "LessOrEqual", "Max", "Min",   "Mod",     "Mul",
                                         "Or",   "Pow",         "Sub", "Where"};

OnnxTensor known(Dims dims) { return {"", std::move(dims), std::nullopt, std::nullopt}; }

OnnxTensor list_of(Integers numbers) {
    return {"", Dims{static_cast<std::int64_t>(numbers.size())}, std::move(numbers), std::nullopt};
}

const Dims& dims_of(const OnnxTensor& tensor) {
    if (!tensor.dims) throw ConfigError("", "its shape is not known before it runs");
    return *tensor.dims;
}

/// The same elements, with other dimensions.
OnnxTensor with_dims(const OnnxTensor& tensor, Dims dims) {
    OnnxTensor other = tensor;
    other.dims = std::move(dims);
    return other;
}

OnnxTensor constant(const OnnxNode& node) {
    for (const auto& [name, attribute] : node.attributes) {
        if (attribute.tensor) return *attribute.tensor;
        if (name == "value_int" && attribute.integer) return {"", Dims{}, Integers{*attribute.integer}, std::nullopt};
        if (name == "value_float" && attribute.real) {
            return {"", Dims{}, std::nullopt, std::vector<double>{*attribute.real}};
        }
        if (name == "value_ints") return list_of(attribute.integers);
        if (name == "value_floats") {
            return {"", Dims{static_cast<std::int64_t>(attribute.reals.size())}, std::nullopt, attribute.reals};
        }
    }
    return {};
}

OnnxTensor constant_of_shape(const OnnxNode& node, const OnnxTensor& shape) {
    if (!shape.integers) return {};
    OnnxTensor made = known(*shape.integers);
    const std::uint64_t elements = elements_of(*made.dims);
    const auto found = node.attributes.find("value");
    if (elements > kMostValues || found == node.attributes.end() || !found->second.tensor) return made;
    const OnnxTensor& value = *found->second.tensor;
    if (value.integers && value.integers->size() == 1) made.integers.emplace(elements, value.integers->front());
    if (value.reals && value.reals->size() == 1) made.reals.emplace(elements, value.reals->front());
    return made;
}

OnnxTensor cast(const OnnxNode& node, const OnnxTensor& from) {
    constexpr std::int64_t kToInt32 = 6;
    constexpr std::int64_t kToInt64 = 7;
    constexpr double kMostExact = 9007199254740992;  // 2^53
    OnnxTensor to = from;
    const std::int64_t type = integer_of(node, "to", 0);
    if (type != kToInt32 && type != kToInt64) return to;
    if (!from.reals) return to;
    to.reals.reset();
    to.integers.emplace();
    for (const double real : *from.reals) {
        if (!(std::fabs(real) <= kMostExact)) return known(dims_of(from));
        to.integers->push_back(static_cast<std::int64_t>(real));
    }
    return to;
}

OnnxTensor gather(const OnnxNode& node, const OnnxTensor& data, const OnnxTensor& indices) {
    const Dims& from = dims_of(data);
    const std::size_t axis = axis_of(integer_of(node, "axis", 0), from.size());
    Dims dims(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(axis));
    dims.insert(dims.end(), dims_of(indices).begin(), dims_of(indices).end());
    dims.insert(dims.end(), from.begin() + static_cast<std::ptrdiff_t>(axis) + 1, from.end());
    OnnxTensor made = known(std::move(dims));
    if (from.size() != 1 || !data.integers || !indices.integers) return made;
    made.integers.emplace();
    for (const std::int64_t index : *indices.integers) {
        made.integers->push_back((*data.integers)[axis_of(index, data.integers->size())]);
    }
    return made;
}

OnnxTensor slice(const OnnxNode& node, const Constants& inputs) {
    const OnnxTensor& data = *inputs[0];
    OnnxTensor made = known(dims_of(data));
    for (const SliceRange& range : ranges_of(node, dims_of(data), inputs)) {
        (*made.dims)[range.axis] = range.end - range.begin;
        if (data.dims->size() == 1 && data.integers) {
            made.integers.emplace(data.integers->begin() + range.begin, data.integers->begin() + range.end);
        }
    }
    return made;
}

OnnxTensor concat(const OnnxNode& node, const Constants& inputs) {
    OnnxTensor made = known(dims_of(*inputs[0]));
    const std::size_t axis = axis_of(integer_of(node, "axis", 0), made.dims->size());
    made.integers.emplace();
    (*made.dims)[axis] = 0;
    for (const OnnxTensor* input : inputs) {
        if (dims_of(*input).size() != made.dims->size()) throw ConfigError("", "its inputs do not join");
        const auto more = static_cast<std::int64_t>(elements_of({(*input->dims)[axis]}));
        if (__builtin_add_overflow((*made.dims)[axis], more, &(*made.dims)[axis])) {
            throw ConfigError("", "its result is too large");
        }
        if (!input->integers || made.dims->size() != 1) made.integers.reset();
        if (made.integers && made.integers->size() > kMostValues) made.integers.reset();
        if (made.integers) {
            made.integers->insert(made.integers->end(), input->integers->begin(), input->integers->end());
        }
    }
    return made;
}

OnnxTensor range(const OnnxTensor& begin, const OnnxTensor& end, const OnnxTensor& step) {
    for (const OnnxTensor* bound : {&begin, &end, &step}) {
        if (!bound->integers || bound->integers->size() != 1) return {};
    }
    const std::int64_t from = begin.integers->front();
    std::int64_t reach = 0;
    if (step.integers->front() != 1 || __builtin_sub_overflow(end.integers->front(), from, &reach)) return {};
    return known({std::max<std::int64_t>(reach, 0)});
}

/// The result for integers; none on an overflow, and for other operators.
std::optional<std::int64_t> computed(const std::string& type, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (type == "Add") return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    if (type == "Sub") return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    if (type == "Mul") return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    if (type == "Div") return b == 0 || b == -1 ? std::nullopt : std::optional(a / b);
    if (type == "Equal") return a == b ? 1 : 0;
    return std::nullopt;
}

std::optional<double> computed(const std::string& type, double a, double b) {
    if (type == "Add") return a + b;
    if (type == "Sub") return a - b;
    if (type == "Mul") return a * b;
    if (type == "Div") return a / b;
    return std::nullopt;
}

/// Element by element, where both have as many or one has a single one.
template <typename Number>
std::optional<std::vector<Number>> combined(const std::string& type, const std::vector<Number>& a,
                                            const std::vector<Number>& b, std::uint64_t elements) {
    if (a.empty() || b.empty() || std::max(a.size(), b.size()) != elements) return std::nullopt;
    if (a.size() != b.size() && std::min(a.size(), b.size()) != 1) return std::nullopt;
    std::vector<Number> made;
    for (std::size_t index = 0; index < elements; ++index) {
        const auto number = computed(type, a[std::min(index, a.size() - 1)], b[std::min(index, b.size() - 1)]);
        if (!number) return std::nullopt;
        made.push_back(*number);
    }
    return made;
}

std::optional<Integers> chosen(const Constants& inputs) {
    for (const OnnxTensor* input : inputs) {
        if (!input->integers || input->integers->size() != inputs[0]->integers->size()) return std::nullopt;
    }
    Integers made;
    for (std::size_t index = 0; index < inputs[0]->integers->size(); ++index) {
        made.push_back((*inputs[(*inputs[0]->integers)[index] != 0 ? 1 : 2]->integers)[index]);
    }
    return made;
}

OnnxTensor together(const OnnxNode& node, const Constants& inputs) {
    OnnxTensor made = known({});
    for (const OnnxTensor* input : inputs) made.dims = broadcast_dims(*made.dims, dims_of(*input));
    const std::uint64_t elements = elements_of(*made.dims);
    if (elements > kMostValues) return made;
    if (inputs.size() == 2 && inputs[0]->integers && inputs[1]->integers) {
        made.integers = combined(node.type, *inputs[0]->integers, *inputs[1]->integers, elements);
    }
    if (inputs.size() == 2 && inputs[0]->reals && inputs[1]->reals) {
        made.reals = combined(node.type, *inputs[0]->reals, *inputs[1]->reals, elements);
    }
    if (node.type == "Where" && inputs.size() == 3 && inputs[0]->integers) made.integers = chosen(inputs);
    return made;
}

OnnxTensor of_each(const OnnxNode& node, const OnnxTensor& input) {
    OnnxTensor made = known(dims_of(input));
    if (input.reals && (node.type == "Floor" || node.type == "Ceil")) {
        made.reals = input.reals;
        for (double& real : *made.reals) real = node.type == "Floor" ? std::floor(real) : std::ceil(real);
    }
    return made;
}

OnnxTensor transpose(const OnnxNode& node, const OnnxTensor& input) {
    OnnxTensor made = known({});
    made.name = input.name;
    for (const std::size_t axis : order_of(node, dims_of(input).size())) made.dims->push_back((*input.dims)[axis]);
    return made;
}

OnnxTensor reshape(const OnnxNode& node, const Constants& inputs, std::int64_t opset) {
    const OnnxTensor& data = *inputs[0];
    const OnnxTensor* second = inputs.size() > 1 ? inputs[1] : nullptr;
    const Dims& from = dims_of(data);
    if (node.type == "Flatten") return with_dims(data, flattened_dims(from, integer_of(node, "axis", 1)));
    if (node.type == "Reshape") {
        const auto shape = integers_of(node, "shape", second);
        if (!shape) throw ConfigError("", "it has no shape");
        return with_dims(data, reshaped_dims(from, *shape, integer_of(node, "allowzero", 0) != 0));
    }
    const auto axes = integers_of(node, "axes", opset >= 13 ? second : nullptr);
    if (node.type == "Squeeze") return with_dims(data, squeezed_dims(from, axes));
    return with_dims(data, unsqueezed_dims(from, axes.value_or(Integers{})));
}

std::vector<OnnxTensor> split(const OnnxNode& node, const Constants& inputs) {
    const Dims& from = dims_of(*inputs[0]);
    const std::size_t axis = axis_of(integer_of(node, "axis", 0), from.size());
    std::vector<OnnxTensor> parts;
    for (const std::int64_t part : parts_of(node, from[axis], inputs.size() > 1 ? inputs[1] : nullptr)) {
        parts.push_back(known(from));
        (*parts.back().dims)[axis] = part;
    }
    return parts;
}

using Folder = std::function<OnnxTensor(const OnnxNode&, const Constants&, std::int64_t)>;

OnnxTensor same(const OnnxNode&, const Constants& inputs, std::int64_t) { return *inputs[0]; }

/// By operator, with how many inputs it needs at the least.
const std::map<std::string, std::pair<std::size_t, Folder>>& folders() {
    using Node = OnnxNode;
    static const std::map<std::string, std::pair<std::size_t, Folder>> kFolders = {
        {"Identity", {1, same}},
        {"Dropout", {1, same}},
        {"Cast", {1, [](const Node& node, const Constants& in, std::int64_t) { return cast(node, *in[0]); }}},
        {"ConstantOfShape",
         {1, [](const Node& node, const Constants& in, std::int64_t) { return constant_of_shape(node, *in[0]); }}},
        {"Shape", {1, [](const Node&, const Constants& in, std::int64_t) { return list_of(dims_of(*in[0])); }}},
        {"Gather",
         {2, [](const Node& node, const Constants& in, std::int64_t) { return gather(node, *in[0], *in[1]); }}},
        {"Slice", {1, [](const Node& node, const Constants& in, std::int64_t) { return slice(node, in); }}},
        {"Concat", {1, [](const Node& node, const Constants& in, std::int64_t) { return concat(node, in); }}},
        {"Range", {3, [](const Node&, const Constants& in, std::int64_t) { return range(*in[0], *in[1], *in[2]); }}},
        {"Transpose",
         {1, [](const Node& node, const Constants& in, std::int64_t) { return transpose(node, *in[0]); }}},
        {"Expand",
         {2,
          [](const Node&, const Constants& in, std::int64_t) {
              return in[1]->integers ? known(broadcast_dims(dims_of(*in[0]), *in[1]->integers)) : OnnxTensor();
          }}},
        {"Reshape", {2, reshape}},
        {"Flatten", {1, reshape}},
        {"Squeeze", {1, reshape}},
        {"Unsqueeze", {1, reshape}},
    };
    return kFolders;
}

}  // namespace

std::vector<OnnxTensor> fold(const OnnxNode& node, const Constants& inputs, std::int64_t opset) {
    std::vector<OnnxTensor> made(node.outputs.size());
    if (made.empty()) return made;
    const bool has_gaps = std::count(inputs.begin(), inputs.end(), nullptr) > 0;
    const auto found = folders().find(node.type);
    if (node.type == "Constant") {
        made[0] = constant(node);
    } else if (node.type == "Split" && !inputs.empty() && inputs[0] != nullptr) {
        made = split(node, inputs);
    } else if (node.type == "Slice" && inputs.size() >= 3 && inputs[0] != nullptr) {
        made[0] = slice(node, inputs);
    } else if (inputs.empty() || has_gaps) {
        return made;
    } else if (kOfEach.count(node.type) > 0) {
        made[0] = of_each(node, *inputs[0]);
    } else if (kTogether.count(node.type) > 0) {
        made[0] = together(node, inputs);
    } else if (found != folders().end() && inputs.size() >= found->second.first) {
        made[0] = found->second.second(node, inputs, opset);
    }
    return made;
}

}  // namespace hypar
