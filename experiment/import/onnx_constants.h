#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/import/onnx_model.h"

namespace hypar {

/// The inputs of a node that are constants, by position; null where one is left out.
using Constants = std::vector<const OnnxTensor*>;

/// What a node makes of constants alone: its numbers where they are integers that shapes are computed with, else its
/// shape, and of operators that are not known not even that. Keeps the name of a tensor that only changes its shape
/// or its type, so that weights are known wherever they are used.
std::vector<OnnxTensor> fold(const OnnxNode& node, const Constants& inputs, std::int64_t opset);

/// An attribute, or from some opset on an input, that is a list of integers; none if it is absent. Throws ConfigError
/// if it is there and its numbers are not known.
std::optional<std::vector<std::int64_t>> integers_of(const OnnxNode& node, const char* attribute,
                                                     const OnnxTensor* input);

std::int64_t integer_of(const OnnxNode& node, const char* attribute, std::int64_t absent);

/// An axis counted from the front. Throws ConfigError if there is none such.
std::size_t axis_of(std::int64_t axis, std::size_t rank);

/// The dimensions that a Reshape asks for, of a tensor of dimensions `from`. Throws ConfigError if it cannot be.
Dims reshaped_dims(const Dims& from, const std::vector<std::int64_t>& wanted, bool allows_zero);
/// Those of Squeeze without axes, or with them, and of Unsqueeze. They throw ConfigError if it cannot be.
Dims squeezed_dims(const Dims& from, const std::optional<std::vector<std::int64_t>>& axes);
Dims unsqueezed_dims(const Dims& from, const std::vector<std::int64_t>& axes);
Dims flattened_dims(const Dims& from, std::int64_t axis);

/// The order of a Transpose; reversed where it says none. Throws ConfigError if it is none.
std::vector<std::size_t> order_of(const OnnxNode& node, std::size_t rank);

/// Of a dimension: [begin, end), in steps of 1.
struct SliceRange {
    std::size_t axis;
    std::int64_t begin;
    std::int64_t end;
};
/// What a Slice cuts from a tensor of dimensions `from`. Throws ConfigError if it cannot be, or has other steps.
std::vector<SliceRange> ranges_of(const OnnxNode& node, const Dims& from, const Constants& inputs);

/// The sizes of a Split's parts along `axis`.
std::vector<std::int64_t> parts_of(const OnnxNode& node, std::int64_t size, const OnnxTensor* sizes);

/// Of two tensors element by element. Throws ConfigError if they do not fit.
Dims broadcast_dims(const Dims& a, const Dims& b);

}  // namespace hypar
