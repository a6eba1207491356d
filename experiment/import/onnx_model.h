#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hypar {

/// Sizes of a tensor's dimensions; kUnknownDim for those that a model leaves open.
using Dims = std::vector<std::int64_t>;
constexpr std::int64_t kUnknownDim = -1;

/// Numbers that do not change: an initializer, or what follows from some. Without data, or with much of it, only
/// the shape is kept.
struct OnnxTensor {
    std::string name;
    std::optional<Dims> dims;
    std::optional<std::vector<std::int64_t>> integers;
    std::optional<std::vector<double>> reals;
};

/// Tensors of more elements keep their shape alone: it is shapes and bounds that are computed with.
constexpr std::uint64_t kMostValues = 4096;

/// Elements of a tensor. Throws std::overflow_error beyond 64 bits, and where a size is negative.
std::uint64_t elements_of(const Dims& dims);

struct OnnxAttribute {
    std::optional<std::int64_t> integer;
    std::optional<double> real;
    std::optional<std::string> text;
    std::optional<OnnxTensor> tensor;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
};

struct OnnxNode {
    std::string name;
    std::string type;    ///< the operator
    std::string domain;  ///< empty: ONNX's own
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, OnnxAttribute> attributes;
};

/// An input or output of a graph.
struct OnnxValue {
    std::string name;
    std::optional<Dims> dims;
    std::vector<std::string> symbols;  ///< by dimension, its name if it has no number
    bool is_integer = false;
};

struct OnnxModel {
    std::int64_t opset = 0;
    std::vector<OnnxNode> nodes;
    std::vector<OnnxTensor> initializers;
    std::vector<OnnxValue> inputs;
    std::vector<std::string> outputs;
};

/// The model that the bytes of a file are. Throws ConfigError, without a place, where they are none.
OnnxModel parse_onnx(std::string_view bytes);

}  // namespace hypar
