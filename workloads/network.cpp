#include "workloads/network.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/names.h"
#include "workloads/layer_shape.h"

namespace hypar {
namespace {

constexpr const char* kNetworkInput = "input";

std::string layer_key(std::size_t index, const std::string& key) { return fmt::format("layers.{}.{}", index, key); }

void check_names(const NetworkSpec& spec) {
    if (spec.layers.empty()) throw ConfigError("layers", "a network needs at least one layer");
    std::set<std::string> names{kNetworkInput};
    for (std::size_t index = 0; index < spec.layers.size(); ++index) {
        const std::string& name = spec.layers[index].name;
        if (!names.insert(name).second) {
            throw ConfigError(layer_key(index, "name"), name == kNetworkInput
                                                            ? "\"input\" is the name of the network's own input"
                                                            : fmt::format("a second layer is named \"{}\"", name));
        }
    }
}

/// The numbers of layers; none for the network's own input.
using Sources = std::vector<std::optional<std::size_t>>;

}  // namespace

class NetworkBuilder {
public:
    NetworkBuilder(const NetworkSpec& spec, Network& network) : spec_(spec), network_(network) {
        known_.emplace_back(kNetworkInput);
        sources_[kNetworkInput] = {std::nullopt};
    }

    void build() {
        for (std::size_t index = 0; index < spec_.layers.size(); ++index) {
            try {
                add(index);
            } catch (const std::overflow_error&) {
                throw ConfigError(fmt::format("layers.{}", index),
                                  fmt::format("the sizes of layer {} exceed 64 bits", spec_.layers[index].name));
            }
            known_.push_back(spec_.layers[index].name);
        }
        if (network_.layers_.empty()) throw ConfigError("layers", "a network needs at least one layer that computes");
        spread_units();
    }

private:
    void add(std::size_t index) {
        const LayerSpec& layer = spec_.layers[index];
        const std::vector<Sources> inputs = sources_of(index);
        if (kind_of(layer.type).form == LayerForm::View) {
            Sources joined;
            for (const Sources& input : inputs) joined.insert(joined.end(), input.begin(), input.end());
            joined_shape(index, joined);
            sources_[layer.name] = joined;
            return;
        }
        const bool takes_one_by_one = inputs_of(layer.type).most > 1;
        check_count(index, inputs, takes_one_by_one);
        Sources edges;
        InputShapes shapes;
        for (const Sources& input : inputs) {
            edges.insert(edges.end(), input.begin(), input.end());
            if (takes_one_by_one) shapes.push_back(joined_shape(index, input));
        }
        if (!takes_one_by_one) shapes.push_back(joined_shape(index, edges));
        try {
            network_.layers_.push_back(shape_layer(layer, shapes));
        } catch (const ConfigError& error) {
            throw error.below(fmt::format("layers.{}", index));
        }
        connect(index, edges);
        share_weights(index);
        sources_[layer.name] = {network_.size() - 1};
    }

    /// What each name of the inputs stands for.
    std::vector<Sources> sources_of(std::size_t index) const {
        const LayerSpec& layer = spec_.layers[index];
        const std::vector<std::string> names = layer.inputs.value_or(
            std::vector<std::string>{index == 0 ? kNetworkInput : spec_.layers[index - 1].name});
        if (names.empty()) throw ConfigError(layer_key(index, "inputs"), "expected at least one layer's name");
        std::vector<Sources> inputs;
        for (std::size_t position = 0; position < names.size(); ++position) {
            const std::string key = fmt::format("layers.{}.inputs.{}", index, position);
            const auto found = sources_.find(names[position]);
            if (found == sources_.end()) throw ConfigError(key, unknown_name("layer above", names[position], known_));
            if (std::count(names.begin(), names.end(), names[position]) > 1) {
                throw ConfigError(key, fmt::format("\"{}\" is named twice", names[position]));
            }
            inputs.push_back(found->second);
        }
        return inputs;
    }

    void check_count(std::size_t index, const std::vector<Sources>& inputs, bool takes_one_by_one) const {
        const LayerSpec& layer = spec_.layers[index];
        if (!takes_one_by_one) return;
        const InputCount count = inputs_of(layer.type);
        if (inputs.size() < count.least || inputs.size() > count.most) {
            throw ConfigError(layer_key(index, "inputs"),
                              fmt::format("{} takes {}{} inputs, not {}", kind_of(layer.type).name,
                                          count.most > count.least ? "at least " : "", count.least, inputs.size()));
        }
        for (std::size_t position = 0; position < inputs.size(); ++position) {
            if (inputs[position].size() == 1) continue;
            throw ConfigError(layer_key(index, fmt::format("inputs.{}", position)),
                              fmt::format("{} takes layers one by one, not a concatenation of {}",
                                          kind_of(layer.type).name, inputs[position].size()));
        }
    }

    const FeatureShape& shape_of(const std::optional<std::size_t>& source) const {
        return source ? network_.layers_[*source].output : spec_.input;
    }

    FeatureShape joined_shape(std::size_t index, const Sources& sources) const {
        FeatureShape joined = shape_of(sources.front());
        for (std::size_t position = 1; position < sources.size(); ++position) {
            const FeatureShape& shape = shape_of(sources[position]);
            if (shape.height != joined.height || shape.width != joined.width ||
                shape.is_sequence != joined.is_sequence) {
                const std::vector<std::string>& names = *spec_.layers[index].inputs;
                const std::size_t name = std::min(position, names.size() - 1);
                throw ConfigError(layer_key(index, fmt::format("inputs.{}", name)),
                                  fmt::format("its {}x{} feature maps do not join {}x{} ones", shape.height,
                                              shape.width, joined.height, joined.width));
            }
            joined.channels = checked_add(joined.channels, shape.channels);
        }
        return joined;
    }

    void connect(std::size_t index, const Sources& edges) {
        const std::size_t layer = network_.size() - 1;
        network_.producers_.emplace_back();
        network_.reads_input_.push_back(std::count(edges.begin(), edges.end(), std::nullopt) > 0);
        network_.consumers_.emplace_back();
        network_.second_.emplace_back();
        for (std::size_t position = 0; position < edges.size(); ++position) {
            const std::optional<std::size_t>& producer = edges[position];
            if (network_.layers_[layer].second == position) network_.second_[layer] = producer;
            if (!producer) continue;
            std::vector<std::size_t>& producers = network_.producers_[layer];
            if (std::find(producers.begin(), producers.end(), *producer) != producers.end()) {
                throw ConfigError(layer_key(index, "inputs"),
                                  fmt::format("it reads {} twice", network_.layers_[*producer].name));
            }
            producers.push_back(*producer);
            network_.consumers_[*producer].push_back(layer);
        }
    }

    void share_weights(std::size_t index) {
        network_.weights_of_.emplace_back();
        const std::string& name = spec_.layers[index].weights_of;
        if (name.empty()) return;
        const std::string key = layer_key(index, "weights");
        const std::size_t layer = network_.size() - 1;
        const auto found = sources_.find(name);
        if (found == sources_.end() || found->second.size() != 1 || !found->second.front()) {
            throw ConfigError(key, unknown_name("layer above", name, known_));
        }
        const std::size_t owner = network_.owner_of_weights(*found->second.front());
        const Layer& own = network_.layers_[layer];
        const Layer& shared = network_.layers_[owner];
        if (!are_alike(own, shared)) {
            throw ConfigError(
                key, fmt::format("{} has weights of another shape: {} cannot use them", shared.name, own.name));
        }
        network_.weights_of_[layer] = owner;
    }

    /// Whether one kernel serves both; that of an embedding is transposed where features become numbers of tokens.
    static bool are_alike(const Layer& a, const Layer& b) {
        const auto shape = [](const Layer& layer, bool transposed) {
            const std::uint64_t in =
                layer.type == LayerType::Embedding ? layer.vocabulary : layer.input.channels / layer.groups;
            const std::uint64_t out = layer.unpooled_output.channels;
            const Extent kernel = layer.type == LayerType::Embedding ? Extent(1) : layer.kernel;
            return std::array<std::uint64_t, 4>{transposed ? out : in, transposed ? in : out, kernel.height,
                                                kernel.width};
        };
        if (!a.is_weighted() || !b.is_weighted()) return false;
        const bool transposes = (a.type == LayerType::Embedding) != (b.type == LayerType::Embedding);
        return shape(a, transposes) == shape(b, false);
    }

    /// What is divided in heads is so from where it is made to where heads are read, and in as many parts wherever
    /// channels, or heads, are taken each by itself.
    void spread_units() {
        for (bool has_changed = true; has_changed;) {
            has_changed = false;
            for (std::size_t layer = 0; layer < network_.size(); ++layer) {
                Layer& reader = network_.layers_[layer];
                for (const std::size_t producer : network_.producers_[layer]) {
                    Layer& read = network_.layers_[producer];
                    if (keeps_parts(reader, read) && join_parts(reader, read)) has_changed = true;
                }
            }
        }
    }

    static bool keeps_parts(const Layer& reader, const Layer& read) {
        if (reader.is_product()) return true;
        return reader.is_elementwise() && reader.input.channels == reader.output.channels &&
               read.output.channels == reader.output.channels;
    }

    /// Whether that changes one.
    static bool join_parts(Layer& a, Layer& b) {
        const std::uint64_t parts_of_a = a.channel_parts();
        const std::uint64_t parts_of_b = b.channel_parts();
        const std::uint64_t parts = std::gcd(parts_of_a, parts_of_b);
        a.channel_unit = a.output.channels / parts;
        b.channel_unit = b.output.channels / parts;
        return parts_of_a != parts_of_b;
    }

    const NetworkSpec& spec_;
    Network& network_;
    std::vector<std::string> known_;
    std::map<std::string, Sources> sources_;
};

Network::Network(const NetworkSpec& spec) : name_(spec.name), source_(spec.source), input_(spec.input) {
    check_names(spec);
    NetworkBuilder(spec, *this).build();
}

std::vector<std::size_t> Network::users_of_weights(std::size_t layer) const {
    std::vector<std::size_t> users;
    for (std::size_t user = layer + 1; user < weights_of_.size(); ++user) {
        if (weights_of_[user] == layer) users.push_back(user);
    }
    return users;
}

std::vector<std::string> Network::layer_names() const {
    std::vector<std::string> names;
    names.reserve(layers_.size());
    for (const Layer& layer : layers_) names.push_back(layer.name);
    return names;
}

std::uint64_t Network::weights() const {
    std::uint64_t sum = 0;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        if (!weights_of_[layer]) sum = checked_add(sum, layers_[layer].weights());
    }
    return sum;
}

std::uint64_t Network::parameters() const {
    std::uint64_t sum = 0;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) sum = checked_add(sum, parameters(layer));
    return sum;
}

std::uint64_t Network::parameters(std::size_t layer) const {
    const Layer& own = layers_[layer];
    const std::optional<std::size_t>& owner = weights_of_[layer];
    if (!owner) return checked_add(own.weights(), own.biases());
    return layers_[*owner].biases() == own.biases() ? 0 : own.biases();
}

std::uint64_t Network::macs() const {
    std::uint64_t sum = 0;
    for (const Layer& layer : layers_) sum = checked_add(sum, layer.macs());
    return sum;
}

}  // namespace hypar
