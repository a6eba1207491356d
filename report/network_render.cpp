#include "report/network_render.h"

#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/checked.h"
#include "report/format.h"
#include "report/text_table.h"

namespace hypar {
namespace {

using Json = nlohmann::ordered_json;

/// Inputs of a layer that its line names; of more than these the first, and how many.
constexpr std::size_t kMostNamed = 4;

/// Weights that are multiplied or looked up: no scales and shifts of norms.
std::uint64_t weights_of(const Layer& layer) {
    return layer.is_weighted() || layer.type == LayerType::Position ? layer.weights() : 0;
}

struct Totals {
    std::uint64_t weights = 0;  ///< those that layers share once
    std::uint64_t macs = 0;
    std::uint64_t kept = 0;
};

Totals totals_of(const Network& network) {
    Totals totals;
    for (std::size_t index = 0; index < network.size(); ++index) {
        const Layer& layer = network.layer(index);
        if (!network.weights_of(index)) totals.weights = checked_add(totals.weights, weights_of(layer));
        totals.macs = checked_add(totals.macs, layer.macs());
        totals.kept = checked_add(totals.kept, layer.kept());
    }
    return totals;
}

std::vector<std::string> inputs_of(const Network& network, std::size_t index) {
    std::vector<std::string> names;
    if (network.reads_input(index)) names.emplace_back("input");
    for (const std::size_t producer : network.producers(index)) names.push_back(network.layer(producer).name);
    return names;
}

/// "64x112x112", or of a sequence "512x768"
std::string shape_text(const FeatureShape& shape) {
    if (shape.is_sequence) return fmt::format("{}x{}", shape.height, shape.channels);
    return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

/// Of "block1.q" "block1.", the block that it is in.
std::string block_of(const std::string& name) { return name.substr(0, name.rfind('.') + 1); }

/// "block1.scores of q, k": the layer, and what it reads where that is not the layer above alone.
std::string line_of(const Network& network, std::size_t index) {
    const std::string& name = network.layer(index).name;
    const std::vector<std::string> inputs = inputs_of(network, index);
    const std::string above = index == 0 ? "input" : network.layer(index - 1).name;
    if (inputs.size() == 1 && inputs.front() == above) return name;
    const std::string block = block_of(name);
    std::string text = name + " of ";
    for (std::size_t number = 0; number < inputs.size(); ++number) {
        if (number == 1 && inputs.size() > kMostNamed) return text + fmt::format(" and {} more", inputs.size() - 1);
        const bool is_near = !block.empty() && block_of(inputs[number]) == block;
        text += (number == 0 ? "" : ", ") + (is_near ? inputs[number].substr(block.size()) : inputs[number]);
    }
    return text;
}

std::string cell(std::uint64_t count) { return count == 0 ? "-" : format_amount(count); }

std::string table_of(const Network& network, const Totals& totals, const TextStyle& style) {
    TextTable table({"layer", left("kind"), left("output"), "weights", "MACs", "kept"});
    for (std::size_t index = 0; index < network.size(); ++index) {
        const Layer& layer = network.layer(index);
        const std::string weights = cell(weights_of(layer));
        table.add_row({line_of(network, index), layer.kind().name, shape_text(layer.output),
                       network.weights_of(index) ? "(" + weights + ")" : weights, cell(layer.macs()),
                       cell(layer.kept())});
    }
    table.add_rule();
    table.add_row({"all", "", "", cell(totals.weights), cell(totals.macs), cell(totals.kept)});
    return table.render(style);
}

Json shape_json(const FeatureShape& shape) {
    if (shape.is_sequence) return {{"tokens", shape.height}, {"features", shape.channels}};
    return {{"channels", shape.channels}, {"height", shape.height}, {"width", shape.width}};
}

Json operator_json(const Network& network, std::size_t index) {
    const Layer& layer = network.layer(index);
    Json json{{"name", layer.name},
              {"kind", layer.kind().name},
              {"inputs", inputs_of(network, index)},
              {"output", shape_json(layer.output)},
              {"weights", weights_of(layer)}};
    if (const auto owner = network.weights_of(index)) json["weights_of"] = network.layer(*owner).name;
    json["parameters"] = network.parameters(index);
    json["macs"] = layer.macs();
    json["kept"] = layer.kept();
    return json;
}

}  // namespace

std::string network_text(const Network& network, const TextStyle& style) {
    const Totals totals = totals_of(network);
    const std::string title =
        fmt::format("{}: {} layers, {} parameters, {} MACs a sample", network.name(), network.size(),
                    format_count(network.parameters()), format_count(totals.macs));
    std::string text = style.paint(Tone::Heading, wrapped("", title, style));
    if (!network.source().empty()) text += wrapped("", network.source(), style);
    text += wrapped("", "input " + shape_text(network.input()), style);
    text += "\n" + table_of(network, totals, style) + "\n";
    text += wrapped_note(
        "a layer reads the one above it where nothing else stands behind \"of\"; outputs are channels x height x "
        "width, or tokens x features",
        style);
    text += wrapped_note(
        "weights are without biases and without scales and shifts of norms, which parameters have; in brackets those "
        "of another layer, counted there",
        style);
    return text + wrapped_note(
                      "kept: elements of one sample, of a layer's inputs or output, that its backward phases read "
                      "again; what two layers keep counts for both",
                      style);
}

std::string network_json(const Network& network) {
    const Totals totals = totals_of(network);
    Json json{{"network", network.name()},
              {"source", network.source()},
              {"input", shape_json(network.input())},
              {"parameters", network.parameters()},
              {"weights", totals.weights},
              {"macs", totals.macs},
              {"kept", totals.kept},
              {"operators", Json::array()}};
    for (std::size_t index = 0; index < network.size(); ++index) {
        json["operators"].push_back(operator_json(network, index));
    }
    return json.dump(2) + "\n";
}

}  // namespace hypar
