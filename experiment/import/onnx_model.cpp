#include "experiment/import/onnx_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <protozero/pbf_message.hpp>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

// Numbers of fields and of element types: onnx/onnx.proto of ONNX 1.16.
enum class Model : protozero::pbf_tag_type { Graph = 7, OpsetImport = 8 };
enum class Opset : protozero::pbf_tag_type { Domain = 1, Version = 2 };
enum class Graph : protozero::pbf_tag_type { Node = 1, Initializer = 5, Input = 11, Output = 12, Sparse = 15 };
enum class Node : protozero::pbf_tag_type { Input = 1, Output = 2, Name = 3, Type = 4, Attribute = 5, Domain = 7 };
enum class Attribute : protozero::pbf_tag_type {
    Name = 1,
    Real = 2,
    Integer = 3,
    Text = 4,
    Tensor = 5,
    Reals = 7,
    Integers = 8
};
enum class Tensor : protozero::pbf_tag_type {
    Dims = 1,
    Type = 2,
    Floats = 4,
    Integers32 = 5,
    Integers64 = 7,
    Name = 8,
    Raw = 9,
    Doubles = 10
};
enum class Value : protozero::pbf_tag_type { Name = 1, Type = 2 };
enum class Type : protozero::pbf_tag_type { Tensor = 1 };
enum class TensorType : protozero::pbf_tag_type { Element = 1, Shape = 2 };
enum class Shape : protozero::pbf_tag_type { Dim = 1 };
enum class Dim : protozero::pbf_tag_type { Size = 1, Symbol = 2 };
enum class SparseTensor : protozero::pbf_tag_type { Values = 1, Dims = 3 };

constexpr std::int64_t kFloat = 1;
constexpr std::int64_t kInt32 = 6;
constexpr std::int64_t kInt64 = 7;
constexpr std::int64_t kBool = 9;
constexpr std::int64_t kFloat16 = 10;
constexpr std::int64_t kDouble = 11;

constexpr std::int64_t kOldestOpset = 8;
constexpr std::int64_t kNewestOpset = 21;

using protozero::pbf_wire_type;

/// A message whose fields are of the types that they are read as, or else no ONNX model's.
template <typename Tag>
class Message {
public:
    explicit Message(const protozero::pbf_reader& reader) : fields_(reader) {}

    bool next() { return fields_.next(); }
    bool next(Tag tag) { return fields_.next(tag); }
    Tag tag() const { return fields_.tag(); }
    void skip() { fields_.skip(); }

    std::string text() { return of(pbf_wire_type::length_delimited).get_string(); }
    std::string_view bytes() {
        const protozero::data_view view = of(pbf_wire_type::length_delimited).get_view();
        return {view.data(), view.size()};
    }
    protozero::pbf_reader message() { return of(pbf_wire_type::length_delimited).get_message(); }
    std::int64_t integer() { return of(pbf_wire_type::varint).get_int64(); }
    float real() { return of(pbf_wire_type::fixed32).get_float(); }

    // Repeated numbers are packed into one field, or have one each.
    void add_to(std::vector<std::int64_t>& numbers) {
        if (is_packed()) {
            for (const std::int64_t number : fields_.get_packed_int64()) numbers.push_back(number);
        } else {
            numbers.push_back(integer());
        }
    }
    void add_floats_to(std::vector<double>& numbers) {
        if (is_packed()) {
            for (const float number : fields_.get_packed_float()) numbers.push_back(number);
        } else {
            numbers.push_back(real());
        }
    }
    void add_doubles_to(std::vector<double>& numbers) {
        if (is_packed()) {
            for (const double number : fields_.get_packed_double()) numbers.push_back(number);
        } else {
            numbers.push_back(of(pbf_wire_type::fixed64).get_double());
        }
    }

private:
    bool is_packed() const { return fields_.wire_type() == pbf_wire_type::length_delimited; }

    protozero::pbf_message<Tag>& of(pbf_wire_type type) {
        if (fields_.wire_type() != type) throw ConfigError("", "is no ONNX model: a field of it has another type");
        return fields_;
    }

    protozero::pbf_message<Tag> fields_;
};

double half_as_double(std::uint16_t bits) {
    const auto exponent = static_cast<int>((bits >> 10U) & 0x1FU);
    const auto fraction = static_cast<int>(bits & 0x3FFU);
    if (exponent == 0x1F) return (bits >> 15U) != 0 ? -HUGE_VAL : HUGE_VAL;
    const double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
    return (bits >> 15U) != 0 ? -size : size;
}

template <typename Element, typename Number, typename Convert>
std::vector<Number> numbers_in(std::string_view bytes, Convert convert) {
    std::vector<Number> numbers(bytes.size() / sizeof(Element));
    for (std::size_t index = 0; index < numbers.size(); ++index) {
        Element element;
        std::memcpy(&element, bytes.data() + index * sizeof(Element), sizeof(Element));
        numbers[index] = convert(element);
    }
    return numbers;
}

/// What the fields of a tensor hold, before it is known how they belong together.
struct TensorFields {
    std::string name;
    Dims dims;
    std::int64_t type = 0;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::string_view raw;
};

std::size_t bytes_of(std::int64_t type) {
    switch (type) {
        case kInt64:
        case kDouble: return 8;
        case kInt32:
        case kFloat: return 4;
        case kFloat16: return 2;
        case kBool: return 1;
        default: return 0;
    }
}

void unpack(TensorFields& fields) {
    const auto same = [](auto number) { return number; };
    switch (fields.type) {
        case kInt64: fields.integers = numbers_in<std::int64_t, std::int64_t>(fields.raw, same); break;
        case kInt32: fields.integers = numbers_in<std::int32_t, std::int64_t>(fields.raw, same); break;
        case kBool: fields.integers = numbers_in<std::uint8_t, std::int64_t>(fields.raw, same); break;
        case kFloat: fields.reals = numbers_in<float, double>(fields.raw, same); break;
        case kDouble: fields.reals = numbers_in<double, double>(fields.raw, same); break;
        case kFloat16: fields.reals = numbers_in<std::uint16_t, double>(fields.raw, half_as_double); break;
        default: break;
    }
}

/// The tensor with its numbers, if they are there and few.
OnnxTensor tensor_of(TensorFields fields) {
    OnnxTensor tensor{fields.name, fields.dims, std::nullopt, std::nullopt};
    const std::uint64_t elements = elements_of(fields.dims);
    const std::size_t width = bytes_of(fields.type);
    if (!fields.raw.empty() && width != 0 && fields.raw.size() != checked_multiply(elements, width)) {
        throw ConfigError(
            "", fmt::format("tensor \"{}\" of {} elements has {} bytes", fields.name, elements, fields.raw.size()));
    }
    if (elements > kMostValues) return tensor;
    if (!fields.raw.empty()) unpack(fields);
    if (fields.type == kInt64 || fields.type == kInt32 || fields.type == kBool) {
        if (fields.integers.size() == elements) tensor.integers = std::move(fields.integers);
    } else if (fields.reals.size() == elements) {
        tensor.reals = std::move(fields.reals);
    }
    return tensor;
}

OnnxTensor read_tensor(Message<Tensor> message) {
    TensorFields fields;
    while (message.next()) {
        switch (message.tag()) {
            case Tensor::Dims: message.add_to(fields.dims); break;
            case Tensor::Type: fields.type = message.integer(); break;
            case Tensor::Floats: message.add_floats_to(fields.reals); break;
            case Tensor::Integers32:
            case Tensor::Integers64: message.add_to(fields.integers); break;
            case Tensor::Name: fields.name = message.text(); break;
            case Tensor::Raw: fields.raw = message.bytes(); break;
            case Tensor::Doubles: message.add_doubles_to(fields.reals); break;
            default: message.skip();
        }
    }
    return tensor_of(std::move(fields));
}

/// Only its name and its shape matter.
OnnxTensor read_sparse_tensor(Message<SparseTensor> message) {
    OnnxTensor tensor;
    Dims dims;
    while (message.next()) {
        switch (message.tag()) {
            case SparseTensor::Values: tensor.name = read_tensor(Message<Tensor>(message.message())).name; break;
            case SparseTensor::Dims: message.add_to(dims); break;
            default: message.skip();
        }
    }
    elements_of(dims);
    tensor.dims = dims;
    return tensor;
}

void read_attribute(Message<Attribute> message, OnnxNode& node) {
    OnnxAttribute attribute;
    std::string name;
    while (message.next()) {
        switch (message.tag()) {
            case Attribute::Name: name = message.text(); break;
            case Attribute::Real: attribute.real = message.real(); break;
            case Attribute::Integer: attribute.integer = message.integer(); break;
            case Attribute::Text: attribute.text = message.text(); break;
            case Attribute::Tensor: attribute.tensor = read_tensor(Message<Tensor>(message.message())); break;
            case Attribute::Reals: message.add_floats_to(attribute.reals); break;
            case Attribute::Integers: message.add_to(attribute.integers); break;
            default: message.skip();
        }
    }
    node.attributes[name] = std::move(attribute);
}

OnnxNode read_node(Message<Node> message) {
    OnnxNode node;
    while (message.next()) {
        switch (message.tag()) {
            case Node::Input: node.inputs.push_back(message.text()); break;
            case Node::Output: node.outputs.push_back(message.text()); break;
            case Node::Name: node.name = message.text(); break;
            case Node::Type: node.type = message.text(); break;
            case Node::Attribute: read_attribute(Message<Attribute>(message.message()), node); break;
            case Node::Domain: node.domain = message.text(); break;
            default: message.skip();
        }
    }
    if (node.domain == "ai.onnx") node.domain.clear();
    return node;
}

void read_dim(Message<Dim> message, OnnxValue& value) {
    std::int64_t size = kUnknownDim;
    std::string symbol;
    while (message.next()) {
        switch (message.tag()) {
            case Dim::Size: size = message.integer(); break;
            case Dim::Symbol: symbol = message.text(); break;
            default: message.skip();
        }
    }
    value.dims->push_back(size > 0 ? size : kUnknownDim);
    value.symbols.push_back(symbol);
}

void read_tensor_type(Message<TensorType> message, OnnxValue& value) {
    while (message.next()) {
        switch (message.tag()) {
            case TensorType::Element: {
                const std::int64_t element = message.integer();
                value.is_integer = element == kInt32 || element == kInt64;
                break;
            }
            case TensorType::Shape: {
                value.dims.emplace();
                Message<Shape> shape(message.message());
                while (shape.next(Shape::Dim)) read_dim(Message<Dim>(shape.message()), value);
                break;
            }
            default: message.skip();
        }
    }
}

OnnxValue read_value(Message<Value> message) {
    OnnxValue value;
    while (message.next()) {
        switch (message.tag()) {
            case Value::Name: value.name = message.text(); break;
            case Value::Type: {
                Message<Type> type(message.message());
                while (type.next(Type::Tensor)) read_tensor_type(Message<TensorType>(type.message()), value);
                break;
            }
            default: message.skip();
        }
    }
    return value;
}

void read_graph(Message<Graph> message, OnnxModel& model) {
    while (message.next()) {
        switch (message.tag()) {
            case Graph::Node: model.nodes.push_back(read_node(Message<Node>(message.message()))); break;
            case Graph::Initializer:
                model.initializers.push_back(read_tensor(Message<Tensor>(message.message())));
                break;
            case Graph::Sparse:
                model.initializers.push_back(read_sparse_tensor(Message<SparseTensor>(message.message())));
                break;
            case Graph::Input: model.inputs.push_back(read_value(Message<Value>(message.message()))); break;
            case Graph::Output: model.outputs.push_back(read_value(Message<Value>(message.message())).name); break;
            default: message.skip();
        }
    }
}

void read_opset(Message<Opset> message, OnnxModel& model) {
    std::string domain;
    std::int64_t version = 0;
    while (message.next()) {
        switch (message.tag()) {
            case Opset::Domain: domain = message.text(); break;
            case Opset::Version: version = message.integer(); break;
            default: message.skip();
        }
    }
    if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

OnnxModel read_model(Message<Model> message) {
    OnnxModel model;
    bool has_graph = false;
    while (message.next()) {
        switch (message.tag()) {
            case Model::Graph:
                has_graph = true;
                read_graph(Message<Graph>(message.message()), model);
                break;
            case Model::OpsetImport: read_opset(Message<Opset>(message.message()), model); break;
            default: message.skip();
        }
    }
    if (!has_graph) throw ConfigError("", "is no ONNX model: it has no graph");
    return model;
}

}  // namespace

std::uint64_t elements_of(const Dims& dims) {
    std::uint64_t elements = 1;
    for (const std::int64_t dim : dims) {
        if (dim < 0) throw std::overflow_error("a size is negative");
        elements = checked_multiply(elements, static_cast<std::uint64_t>(dim));
    }
    return elements;
}

OnnxModel parse_onnx(std::string_view bytes) {
    try {
        OnnxModel model = read_model(Message<Model>(protozero::pbf_reader(bytes.data(), bytes.size())));
        if (model.opset < kOldestOpset || model.opset > kNewestOpset) {
            throw ConfigError("",
                              fmt::format("has opset {}; known: {} to {}", model.opset, kOldestOpset, kNewestOpset));
        }
        if (model.nodes.empty()) throw ConfigError("", "is no ONNX model: its graph has no nodes");
        return model;
    } catch (const protozero::exception& error) {
        throw ConfigError("", fmt::format("is no ONNX model, or not all of one: {}", error.what()));
    } catch (const std::overflow_error& error) {
        throw ConfigError("", fmt::format("is no ONNX model that could be: {}", error.what()));
    }
}

}  // namespace hypar
