#include "experiment/import/onnx_graph.h"

#include <algorithm>

#include "base/error.h"
#include "experiment/import/onnx_constants.h"

namespace hypar {

void drop_dead_nodes(OnnxGraph& graph) {
    std::set<std::string> needed(graph.outputs.begin(), graph.outputs.end());
    std::vector<OnnxNode> alive;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        const bool is_needed = std::any_of(node->outputs.begin(), node->outputs.end(),
                                           [&](const std::string& output) { return needed.count(output) > 0; });
        if (!is_needed) continue;
        for (const std::string& input : node->inputs) {
            if (!input.empty()) needed.insert(input);
        }
        alive.push_back(std::move(*node));
    }
    std::reverse(alive.begin(), alive.end());
    graph.nodes = std::move(alive);
}

std::vector<const OnnxTensor*> constants_of(const OnnxNode& node,
                                            const std::map<std::string, OnnxTensor>& constants) {
    std::vector<const OnnxTensor*> found;
    for (const std::string& input : node.inputs) {
        const auto constant = constants.find(input);
        found.push_back(constant == constants.end() ? nullptr : &constant->second);
    }
    return found;
}

void fold_into(const OnnxNode& node, std::int64_t opset, std::map<std::string, OnnxTensor>& constants) {
    std::vector<OnnxTensor> made = fold(node, constants_of(node, constants), opset);
    for (std::size_t output = 0; output < made.size(); ++output) {
        const std::string& name = node.outputs[output];
        if (made[output].dims) elements_of(*made[output].dims);
        if (made[output].name.empty() || node.type == "Constant") made[output].name = name;
        if (!name.empty()) constants[name] = std::move(made[output]);
    }
}

namespace {

bool is_constant(const OnnxNode& node, const std::map<std::string, OnnxTensor>& constants) {
    return std::all_of(node.inputs.begin(), node.inputs.end(),
                       [&](const std::string& input) { return input.empty() || constants.count(input) > 0; });
}

/// What cannot be computed stays a node; it is told where nodes are converted.
void fold_constants(OnnxGraph& graph) {
    std::vector<OnnxNode> others;
    for (OnnxNode& node : graph.nodes) {
        bool is_folded = false;
        if (node.domain.empty() && is_constant(node, graph.constants)) {
            try {
                fold_into(node, graph.opset, graph.constants);
                is_folded = true;
            } catch (const ConfigError&) {
                is_folded = false;
            }
        }
        if (!is_folded) others.push_back(std::move(node));
    }
    graph.nodes = std::move(others);
}

}  // namespace

OnnxGraph graph_of(OnnxModel model) {
    OnnxGraph graph;
    graph.opset = model.opset;
    graph.nodes = std::move(model.nodes);
    graph.outputs = std::move(model.outputs);
    for (OnnxTensor& initializer : model.initializers) {
        const std::string name = initializer.name;
        graph.constants[name] = std::move(initializer);
    }
    for (OnnxValue& input : model.inputs) {
        if (graph.constants.count(input.name) == 0) graph.inputs.push_back(std::move(input));
    }
    drop_dead_nodes(graph);
    fold_constants(graph);
    return graph;
}

}  // namespace hypar
