#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "experiment/import/onnx_model.h"

namespace hypar {

/// A model's nodes, in an order in which each comes after those that it reads, and what is constant.
struct OnnxGraph {
    std::int64_t opset = 0;
    std::vector<OnnxNode> nodes;
    std::map<std::string, OnnxTensor> constants;
    std::vector<OnnxValue> inputs;  ///< that are no constants
    std::vector<std::string> outputs;
};

/// The graph without nodes that no output needs, and without those whose results are constant.
OnnxGraph graph_of(OnnxModel model);

/// Removes the nodes that no output needs.
void drop_dead_nodes(OnnxGraph& graph);

/// Constants of `node`'s inputs; null for what is none, or is left out.
std::vector<const OnnxTensor*> constants_of(const OnnxNode& node, const std::map<std::string, OnnxTensor>& constants);

/// Adds what `node` makes of its inputs, all constants, to `constants`. Throws ConfigError if it cannot.
void fold_into(const OnnxNode& node, std::int64_t opset, std::map<std::string, OnnxTensor>& constants);

/// Puts single nodes in place of the many that older models write an operator in: Gelu, Silu, HardSwish,
/// LayerNormalization, RmsNormalization
/// and RotaryPositions.
void fuse_patterns(OnnxGraph& graph);

}  // namespace hypar
