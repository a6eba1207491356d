#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/import/onnx_conversion.h"

namespace hypar {
namespace {

Operators all_operators() {
    Operators all = weighted_operators();
    for (const Operators& some : {pooling_operators(), shape_operators(), elementwise_operators()}) {
        all.insert(some.begin(), some.end());
    }
    return all;
}

/// Of constants and of what is beside the first input alone: constants again, or aside.
bool pass_aside(Conversion& to, const OnnxNode& node) {
    bool is_aside = false;
    std::map<std::string, OnnxTensor> constants;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        if (to.activation(node, input) != nullptr) return false;
        is_aside = is_aside || to.aside(node, input) != nullptr;
        if (const OnnxTensor* constant = to.constant(node, input)) constants[node.inputs[input]] = *constant;
    }
    if (is_aside && node.type != "Gather") {
        for (const std::string& output : node.outputs) to.set(output, Aside{});
        return true;
    }
    if (is_aside) return false;
    fold_into(node, to.opset(), constants);
    for (const std::string& output : node.outputs) {
        if (!output.empty()) to.set(output, constants[output]);
    }
    return true;
}

/// The shape of feature maps is a constant.
bool fold_shape(Conversion& to, const OnnxNode& node) {
    if (node.type != "Shape" && node.type != "Size") return false;
    const Activation* maps = to.activation(node, 0);
    const Aside* aside = to.aside(node, 0);
    if (maps == nullptr && (aside == nullptr || !aside->dims)) return false;
    Dims dims = maps != nullptr ? maps->layout.dims() : *aside->dims;
    if (node.type == "Size") {
        const auto elements = static_cast<std::int64_t>(elements_of(dims));
        to.set(node, OnnxTensor{"", Dims{}, std::vector<std::int64_t>{elements}, std::nullopt});
        return true;
    }
    const auto rank = static_cast<std::int64_t>(dims.size());
    const auto place = [&](const char* attribute, std::int64_t absent) {
        const std::int64_t axis = integer_of(node, attribute, absent);
        return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
    };
    const std::int64_t begin = place("start", 0);
    const std::int64_t end = std::max(begin, place("end", rank));
    dims = Dims(dims.begin() + begin, dims.begin() + end);
    to.set(node, OnnxTensor{"", Dims{end - begin}, dims, std::nullopt});
    return true;
}

void convert(Conversion& to, const OnnxNode& node, const Operators& operators) {
    const auto found = node.domain.empty() ? operators.find(node.type) : operators.end();
    bool is_known = true;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        is_known = is_known && to.is_known(node, input);
    }
    if (is_known && node.domain.empty() && (fold_shape(to, node) || pass_aside(to, node))) return;
    if (found == operators.end() && !(node.domain.empty() && node.type == "Shape")) {
        throw ConfigError("", "the operator is not supported");
    }
    if (is_known && found != operators.end()) {
        found->second(to, node);
        return;
    }
    for (const std::string& output : node.outputs) to.set(output, Unknown{});
}

/// A layer of which others only take parts, all of it together, becomes a layer for each part.
class PartedLayers {
public:
    explicit PartedLayers(NetworkSpec& network) : network_(network) {
        for (std::size_t number = 0; number < network.layers.size(); ++number) {
            for (const std::string& input : *network.layers[number].inputs) readers_[input].push_back(number);
            if (!network.layers[number].weights_of.empty()) shared_.insert(network.layers[number].weights_of);
        }
    }

    /// How many were parted.
    std::size_t part() {
        std::vector<LayerSpec> layers;
        std::size_t parted = 0;
        for (const LayerSpec& layer : network_.layers) {
            if (!is_parted(layer)) {
                layers.push_back(layer);
                continue;
            }
            ++parted;
            for (const std::size_t reader : readers_[layer.name]) {
                LayerSpec& slice = network_.layers[reader];
                LayerSpec part = layer;
                part.name = slice.name;
                part.out_channels = slice.slice_channels->end - slice.slice_channels->begin;
                slice = part;
            }
        }
        network_.layers = std::move(layers);
        return parted;
    }

private:
    bool is_parted(const LayerSpec& layer) {
        const std::vector<std::size_t>& readers = readers_[layer.name];
        if (layer.type != LayerType::FullyConnected || readers.empty() || shared_.count(layer.name) > 0 ||
            !layer.weights_of.empty()) {
            return false;
        }
        std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
        for (const std::size_t reader : readers) {
            const LayerSpec& slice = network_.layers[reader];
            if (slice.type != LayerType::Slice || !slice.slice_channels || slice.slice_rows) return false;
            parts.emplace_back(slice.slice_channels->begin, slice.slice_channels->end);
        }
        std::sort(parts.begin(), parts.end());
        std::uint64_t covered = 0;
        for (const auto& [begin, end] : parts) {
            if (begin != covered) return false;
            covered = end;
        }
        return covered == layer.out_channels;
    }

    NetworkSpec& network_;
    std::map<std::string, std::vector<std::size_t>> readers_;
    std::set<std::string> shared_;
};

}  // namespace

std::string joined_problems(const std::vector<std::string>& problems) {
    return fmt::format("cannot be imported:\n  {}", fmt::join(problems, "\n  "));
}

ImportedNetwork convert_onnx(const OnnxModel& model, const DimSizes& sizes) {
    OnnxGraph graph = graph_of(model);
    fuse_patterns(graph);
    const Operators operators = all_operators();
    Conversion conversion(std::move(graph), sizes);
    for (const OnnxNode& node : conversion.graph().nodes) {
        try {
            convert(conversion, node, operators);
        } catch (const ConfigError& error) {
            conversion.problem(node, error.problem());
        } catch (const std::overflow_error& error) {
            conversion.problem(node, error.what());
        }
    }
    if (!conversion.problems().empty()) throw ConfigError("", joined_problems(conversion.problems()));
    ImportedNetwork imported = conversion.finish();
    const std::size_t parted = PartedLayers(imported.spec).part();
    if (parted > 0) {
        imported.notes.push_back(
            fmt::format("{} fully connected layers became one for each part that is read", parted));
    }
    return imported;
}

}  // namespace hypar
