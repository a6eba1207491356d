#pragma once

#include <cstdint>

#include "experiment/import/onnx_conversion.h"

namespace hypar {

/// The attributes of an operator whose window slides over feature maps of one or two dimensions.
struct Window {
    Extent kernel;
    Extent stride = 1;
    Extent dilation = 1;
    Padding padding = {};
};

/// `kernel` holds where the node says none. Throws ConfigError where feature maps do not lie as {Batch}, {Channel},
/// {Row}, {Column}, or a number cannot be.
Window window_of(const OnnxNode& node, const Activation& maps, std::vector<std::int64_t> kernel);

/// Throws ConfigError unless feature maps lie so; signals have no columns.
void check_maps(const Activation& maps);

/// Numbers that are none below 0. Throws ConfigError.
std::uint64_t natural(std::int64_t number, const char* what);

}  // namespace hypar
