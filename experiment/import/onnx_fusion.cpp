#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "experiment/import/onnx_constants.h"
#include "experiment/import/onnx_graph.h"

namespace hypar {
namespace {

constexpr int kDeepestPattern = 10;  // nodes from an activation's input to its last product

/// Operators by which activations are written, beside those that tell which one it is.
const std::set<std::string> kArithmetic = {"Add", "Sub", "Mul", "Div", "Pow", "Neg", "Cast", "Identity"};
/// What tells it.
const std::map<std::string, std::string> kActivations = {
    {"Erf", "Gelu"}, {"Tanh", "Gelu"}, {"Sigmoid", "Silu"}, {"HardSigmoid", "HardSwish"}, {"Clip", "HardSwish"}};

class Fusion {
public:
    explicit Fusion(OnnxGraph& graph) : graph_(graph), outputs_(graph.outputs.begin(), graph.outputs.end()) {
        for (OnnxNode& node : graph.nodes) {
            for (const std::string& output : node.outputs) makers_[output] = &node;
            for (const std::string& input : node.inputs) readers_[input].push_back(&node);
        }
    }

    void run() {
        for (OnnxNode& node : graph_.nodes) {
            if (node.inputs.size() != 2 || node.outputs.size() != 1) continue;
            if (node.type == "Add") fuse_rotation(node);
            if (node.type == "Mul" && fuse_activation(node)) continue;
            if (node.type == "Mul" || node.type == "Div") fuse_norm(node);
        }
        drop_dead_nodes(graph_);
    }

private:
    const OnnxTensor* constant(const std::string& name) const {
        const auto found = graph_.constants.find(name);
        return found == graph_.constants.end() ? nullptr : &found->second;
    }

    bool is_scalar(const std::string& name) const {
        const OnnxTensor* found = constant(name);
        return found != nullptr && found->dims && elements_of(*found->dims) == 1;
    }

    /// The node that makes a tensor, of a type; null if it is another one.
    const OnnxNode* maker(const std::string& name, const char* type = nullptr) const {
        const auto found = makers_.find(name);
        if (found == makers_.end() || (type != nullptr && found->second->type != type)) return nullptr;
        return found->second;
    }

    /// The tensor before types are changed.
    std::string through(std::string name) const {
        for (int step = 0; step < kDeepestPattern; ++step) {
            const OnnxNode* node = maker(name);
            if (node == nullptr || node->inputs.empty() || (node->type != "Cast" && node->type != "Identity")) break;
            name = node->inputs[0];
        }
        return name;
    }

    /// The other operand of a node with a scalar, before it: x of x * 0.5; the tensor itself if it is made otherwise.
    std::string unscaled(const std::string& name) const {
        const OnnxNode* node = maker(name);
        if (node == nullptr || node->inputs.size() != 2 || (node->type != "Mul" && node->type != "Div")) return name;
        if (is_scalar(node->inputs[1])) return through(node->inputs[0]);
        return node->type == "Mul" && is_scalar(node->inputs[0]) ? through(node->inputs[1]) : name;
    }

    /// Whether a tensor follows from `x` and scalars; adds what kinds of activation it has met.
    bool is_function(const std::string& name, const std::string& x, std::set<std::string>& met, int depth = 0) const {
        if (name == x || is_scalar(name) || name.empty()) return true;
        const OnnxNode* node = maker(name);
        if (node == nullptr || depth == kDeepestPattern) return false;
        const auto activation = kActivations.find(node->type);
        if (activation != kActivations.end()) {
            met.insert(activation->second);
        } else if (kArithmetic.count(node->type) == 0) {
            return false;
        }
        return std::all_of(node->inputs.begin(), node->inputs.end(),
                           [&](const std::string& input) { return is_function(input, x, met, depth + 1); });
    }

    bool fuse_activation(OnnxNode& node) {
        for (const std::size_t side : {0U, 1U}) {
            const std::string x = unscaled(through(node.inputs[side]));
            std::set<std::string> met;
            if (constant(x) != nullptr || !is_function(node.inputs[1 - side], x, met) || met.size() != 1) continue;
            node.type = *met.begin();
            node.inputs = {x};
            node.attributes.clear();
            OnnxNode* next = next_of(node);
            if (next != nullptr && (next->type == "Mul" || next->type == "Div") &&
                unscaled(next->outputs[0]) == node.outputs[0]) {
                take_over(node, *next);
            }
            return true;
        }
        return false;
    }

    /// The only node that reads a node's result.
    OnnxNode* next_of(const OnnxNode& node) const {
        const auto found = readers_.find(node.outputs[0]);
        if (found == readers_.end() || found->second.size() != 1 || outputs_.count(node.outputs[0]) > 0) {
            return nullptr;
        }
        OnnxNode* next = found->second.front();
        return next->outputs.size() == 1 ? next : nullptr;
    }

    /// `node` makes what `next` does, which nothing reads then.
    void take_over(OnnxNode& node, OnnxNode& next) {
        node.outputs = next.outputs;
        makers_[node.outputs[0]] = &node;
        next.type = "Identity";
        next.inputs.clear();
        next.outputs.clear();
    }

    /// The axis that a mean of `x` is taken over; none if `name` is none.
    std::optional<std::int64_t> mean_axis(const std::string& name, std::string& x) const {
        const OnnxNode* mean = maker(name, "ReduceMean");
        if (mean == nullptr || mean->inputs.empty()) return std::nullopt;
        const OnnxTensor* input = mean->inputs.size() > 1 ? constant(mean->inputs[1]) : nullptr;
        std::vector<std::int64_t> axes;
        if (input != nullptr && input->integers) axes = *input->integers;
        const auto found = mean->attributes.find("axes");
        if (input == nullptr && found != mean->attributes.end()) axes = found->second.integers;
        if (axes.size() != 1) return std::nullopt;
        x = through(mean->inputs[0]);
        return axes[0];
    }

    /// x of x - mean(x); the tensor itself if it is none.
    std::string uncentred(const std::string& name) const {
        const OnnxNode* node = maker(through(name), "Sub");
        std::string x;
        if (node == nullptr || node->inputs.size() != 2 || !mean_axis(through(node->inputs[1]), x)) return name;
        return through(node->inputs[0]) == x ? x : name;
    }

    /// What is squared: of y * y, or of y to the power of 2.
    std::string unsquared(const std::string& name) const {
        const OnnxNode* node = maker(name);
        if (node == nullptr || node->inputs.size() != 2) return {};
        const bool is_square = node->type == "Mul" && node->inputs[0] == node->inputs[1];
        const bool is_power = node->type == "Pow" && is_scalar(node->inputs[1]);
        return is_square || is_power ? through(node->inputs[0]) : std::string();
    }

    /// Of the root of a mean of squares, or one over it, what is squared; empty if it is none.
    std::string of_root(std::string name, bool is_inverse, std::int64_t& axis) const {
        const OnnxNode* node = is_inverse ? maker(through(name), "Reciprocal") : nullptr;
        if (node != nullptr && !node->inputs.empty()) name = node->inputs[0];
        const OnnxNode* root = maker(through(name), "Sqrt");
        if (root == nullptr || root->inputs.empty() || (is_inverse && node == nullptr)) return {};
        std::string mean = through(root->inputs[0]);
        const OnnxNode* sum = maker(mean, "Add");
        if (sum != nullptr && sum->inputs.size() == 2) mean = through(sum->inputs[is_scalar(sum->inputs[0]) ? 1 : 0]);
        std::string squares;
        const auto found = mean_axis(mean, squares);
        if (!found) return {};
        axis = *found;
        return unsquared(squares);
    }

    void fuse_norm(OnnxNode& node) {
        const bool is_product = node.type == "Mul";
        for (std::size_t side = 0; side < (is_product ? 2U : 1U); ++side) {
            std::int64_t axis = 0;
            const std::string squared = of_root(node.inputs[1 - side], is_product, axis);
            const std::string scaled = through(node.inputs[side]);
            if (squared.empty() || uncentred(squared) != uncentred(scaled)) continue;
            const bool is_centred = uncentred(scaled) != scaled;
            node.inputs = {uncentred(scaled)};
            node.type = is_centred ? "LayerNormalization" : "RmsNormalization";
            node.attributes.clear();
            node.attributes["axis"].integer = axis;
            take_scale(node, "Mul");
            if (is_centred) take_scale(node, "Add");
            return;
        }
    }

    /// The tensor of which a tensor is a part, or a part with its sign turned; empty if it is none.
    std::string whole_of(const std::string& part, bool is_turned) const {
        const OnnxNode* sign = is_turned ? maker(through(part), "Neg") : nullptr;
        if (is_turned && (sign == nullptr || sign->inputs.empty())) return {};
        const OnnxNode* slice = maker(through(is_turned ? sign->inputs[0] : part), "Slice");
        return slice == nullptr || slice->inputs.empty() ? std::string() : through(slice->inputs[0]);
    }

    /// x of [-x2, x1] * sines, with x = [x1, x2]; empty if it is none.
    std::string of_turned(const std::string& name) const {
        const OnnxNode* product = maker(through(name), "Mul");
        if (product == nullptr) return {};
        for (const std::string& input : product->inputs) {
            const OnnxNode* halves = maker(through(input), "Concat");
            if (halves == nullptr || halves->inputs.size() != 2) continue;
            std::string whole = whole_of(halves->inputs[0], true);
            if (whole == whole_of(halves->inputs[1], false)) return whole;
        }
        return {};
    }

    /// x * cosines + [-x2, x1] * sines
    void fuse_rotation(OnnxNode& node) {
        for (const std::size_t side : {0U, 1U}) {
            const OnnxNode* product = maker(through(node.inputs[side]), "Mul");
            const std::string x = of_turned(node.inputs[1 - side]);
            if (product == nullptr || x.empty()) continue;
            if (std::none_of(product->inputs.begin(), product->inputs.end(),
                             [&](const std::string& input) { return through(input) == x; })) {
                continue;
            }
            node.type = "RotaryPositions";
            node.inputs = {x};
            return;
        }
    }

    /// A learned scale or shift of each feature that follows belongs to the norm.
    void take_scale(OnnxNode& node, const char* type) {
        OnnxNode* next = next_of(node);
        while (next != nullptr && next->type == "Cast" && next->inputs.size() == 1) {
            take_over(node, *next);
            next = next_of(node);
        }
        if (next == nullptr || next->type != type || next->inputs.size() != 2) return;
        if (constant(next->inputs[0]) != nullptr || constant(next->inputs[1]) != nullptr) take_over(node, *next);
    }

    OnnxGraph& graph_;
    std::set<std::string> outputs_;
    std::map<std::string, OnnxNode*> makers_;
    std::map<std::string, std::vector<OnnxNode*>> readers_;
};

}  // namespace

void fuse_patterns(OnnxGraph& graph) { Fusion(graph).run(); }

}  // namespace hypar
