#include "partition/redistribution.h"

#include <algorithm>
#include <array>
#include <optional>

#include "partition/shard.h"

namespace hypar {
namespace {

/// Layers that read a tensor in one sharding, with borders that are alike.
struct Reader {
    Sharding sharding;
    std::vector<std::size_t> borders;  ///< one layer of each border
};

bool has_like_border(const Layer& a, const Layer& b) {
    const auto window = [](const Layer& layer) {
        const Pool pool = layer.pool.value_or(Pool{PoolKind::Max, 1, 1});
        return std::array<std::uint64_t, 8>{layer.kernel.height,   layer.stride.height, layer.padding.top,
                                            layer.dilation.height, pool.size.height,    pool.stride.height,
                                            pool.padding.top,      layer.output.height};
    };
    return window(a) == window(b);
}

std::vector<Sharding> shardings_of(const std::vector<Reader>& readers) {
    std::vector<Sharding> shardings;
    shardings.reserve(readers.size());
    for (const Reader& reader : readers) shardings.push_back(reader.sharding);
    return shardings;
}

/// A layer's output or its error, with who reads and makes it.
struct Neighbourhood {
    const Network& network;
    std::size_t layer;
    const LayerPlan& own;
    const std::vector<LayerPlan>& consumers;
    const Levels& levels;

    /// The consumers, or the loss, that read the output or make the error in one sharding, once.
    std::vector<Reader> readers(Operand first, Operand second) const {
        std::vector<Reader> readers;
        readers.reserve(consumers.size() + 1);
        for (std::size_t number = 0; number < consumers.size(); ++number) {
            const std::size_t consumer = network.consumers(layer)[number];
            const Operand operand = network.is_second_input(consumer, layer) ? second : first;
            const Sharding sharding = sharding_of(form_of(consumer), consumers[number], operand);
            auto found = std::find_if(readers.begin(), readers.end(),
                                      [&](const Reader& reader) { return reader.sharding == sharding; });
            if (found == readers.end()) found = readers.insert(readers.end(), {sharding, {}});
            if (layout_of(sharding).rows != 0) add_border(found->borders, consumer);
        }
        if (readers.empty()) readers.push_back({loss_sharding(form_of(layer), own), {}});
        return readers;
    }

    /// All numbers of a row are summed where channels are divided.
    std::vector<Redistribution> statistics() const {
        const LevelSet channels = compute_layout(own).channels;
        if (network.layer(layer).statistics() == 0 || channels == 0) return {};
        Sharding whole = sharding_of(form_of(layer), own, Operand::Output);
        Sharding parts = whole;
        for (std::size_t level = 0; level < whole.size(); ++level) {
            if (!contains_level(channels, level)) continue;
            whole[level] = replicated();
            parts[level] = partial();
        }
        return {{Tensor::Statistics, layer, parts, whole, {}}};
    }

    LayerForm form_of(std::size_t of) const { return network.layer(of).kind().form; }

    void add_border(std::vector<std::size_t>& borders, std::size_t consumer) const {
        const bool is_known = std::any_of(borders.begin(), borders.end(), [&](std::size_t other) {
            return has_like_border(network.layer(other), network.layer(consumer));
        });
        if (!is_known) borders.push_back(consumer);
    }

    std::vector<Redistribution> borders(const std::vector<Reader>& readers, Tensor tensor) const {
        std::vector<Redistribution> moves;
        for (const Reader& reader : readers) {
            for (const std::size_t border : reader.borders) {
                moves.push_back({tensor, layer, reader.sharding, reader.sharding, border});
            }
        }
        return moves;
    }

    std::vector<Redistribution> forward() const {
        const Sharding made = sharding_of(form_of(layer), own, Operand::Output);
        const std::vector<Reader> all = readers(Operand::Input, Operand::SecondInput);
        std::vector<Redistribution> moves = statistics();
        for (const Source& source : cheapest_sources(made, shardings_of(all), Tensor::FeatureMaps, levels)) {
            const Sharding& from = source.from ? all[*source.from].sharding : made;
            moves.push_back({Tensor::FeatureMaps, layer, from, all[source.reader].sharding, {}});
        }
        const std::vector<Redistribution> after = borders(all, Tensor::FeatureMaps);
        moves.insert(moves.end(), after.begin(), after.end());
        return moves;
    }

    std::vector<Redistribution> backward() const {
        const Sharding read = sharding_of(form_of(layer), own, Operand::OutputError);
        const std::vector<Reader> makers = readers(Operand::InputError, Operand::SecondInputError);
        std::vector<Redistribution> moves = borders(makers, Tensor::Error);
        const std::vector<Source> ways = cheapest_sources(read, shardings_of(makers), Tensor::Error, levels);
        for (auto way = ways.rbegin(); way != ways.rend(); ++way) {
            const Sharding& to = way->from ? makers[*way->from].sharding : read;
            moves.push_back({Tensor::Error, layer, makers[way->reader].sharding, to, {}});
        }
        const std::vector<Redistribution> after = statistics();
        moves.insert(moves.end(), after.begin(), after.end());
        return moves;
    }
};

/// An error's shares cannot become parts of sums.
bool is_possible(const Sharding& from, const Sharding& to) {
    for (std::size_t level = 0; level < from.size(); ++level) {
        if (to[level].placement == Placement::Partial && from[level].placement != Placement::Partial) return false;
    }
    return true;
}

}  // namespace

const char* name_of(Tensor tensor) {
    switch (tensor) {
        case Tensor::FeatureMaps: return "feature maps";
        case Tensor::Error: return "error";
        case Tensor::Gradient: return "gradient";
        case Tensor::Statistics: return "statistics";
        case Tensor::Weights: return "weights";
    }
    return "";
}

std::vector<LayerPlan> layer_plans_of(const Network& network, const Plan& plan) {
    std::vector<LayerPlan> layers(network.size());
    for (std::size_t layer = 0; layer < layers.size(); ++layer) layers[layer] = plan.layer(layer);
    return layers;
}

std::vector<LayerPlan> consumers_of(const Network& network, std::size_t layer, const std::vector<LayerPlan>& layers) {
    const std::vector<std::size_t>& numbers = network.consumers(layer);
    std::vector<LayerPlan> consumers(numbers.size());
    std::transform(numbers.begin(), numbers.end(), consumers.begin(),
                   [&](std::size_t number) { return layers[number]; });
    return consumers;
}

Redistribution gradient_redistribution(const Network& network, std::size_t layer, const LayerPlan& own) {
    const LayerForm form = network.layer(layer).kind().form;
    return {Tensor::Gradient,
            layer,
            sharding_of(form, own, Operand::WeightGradient),
            sharding_of(form, own, Operand::Weights),
            {}};
}

namespace {

/// How the dimension of the weights that is split is divided; none where that depends on a producer's plan, which may
/// divide its output into single features.
std::optional<std::vector<ChannelItems>> weight_items(const Network& network, std::size_t layer,
                                                      Dimension dimension) {
    const Layer& shape = network.layer(layer);
    if (dimension != Dimension::Channels) return {{{shape.channel_parts(), shape.channel_unit}}};
    const std::vector<std::size_t>& producers = network.producers(layer);
    const bool may_be_features = std::any_of(producers.begin(), producers.end(), [&](std::size_t producer) {
        const Layer& read = network.layer(producer);
        return read.output.plane() > 1 || read.channel_unit > 1;
    });
    if (shape.is_flat() && may_be_features) return std::nullopt;
    return whole_input_items(network, layer);
}

Dimension transposed(Dimension dimension) {
    return dimension == Dimension::Channels ? Dimension::Outputs : Dimension::Channels;
}

}  // namespace

bool shares_gradient(const Network& network, std::size_t layer, const LayerPlan& own, const LayerPlan& owner) {
    if (!network.weights_of(layer)) return false;
    const std::size_t other = network.owner_of_weights(layer);
    const auto is_table = [&](std::size_t of) { return network.layer(of).type == LayerType::Embedding; };
    const auto weights = [](Parallelism choice) {
        return placement_of(LayerForm::Weighted, Operand::Weights, choice);
    };
    for (std::size_t level = 0; level < own.size(); ++level) {
        const LevelPlacement here = weights(own[level]);
        LevelPlacement like = here;
        if (here.placement == Placement::Split) {
            if (is_table(layer) != is_table(other)) like.dimension = transposed(here.dimension);
            const auto items = weight_items(network, layer, here.dimension);
            if (!items || items != weight_items(network, other, like.dimension)) return false;
        }
        if (like != weights(owner[level])) return false;
    }
    return true;
}

LayerRedistributions redistributions_of(const Network& network, std::size_t layer, const LayerPlan& own,
                                        const std::vector<LayerPlan>& consumers, const Levels& levels) {
    const Neighbourhood around{network, layer, own, consumers, levels};
    return {around.forward(), around.backward(), {gradient_redistribution(network, layer, own)}};
}

std::vector<LayerRedistributions> redistributions(const Network& network, const Plan& plan) {
    const std::vector<LayerPlan> layers = layer_plans_of(network, plan);
    std::vector<LayerRedistributions> all;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        all.push_back(
            redistributions_of(network, layer, layers[layer], consumers_of(network, layer, layers), plan.division()));
        if (shares_gradient(network, layer, layers[layer], layers[network.owner_of_weights(layer)])) {
            all.back().gradient.clear();
        }
    }
    return all;
}

std::vector<Source> cheapest_sources(const Sharding& made, const std::vector<Sharding>& readers, Tensor tensor,
                                     const Levels& levels) {
    std::vector<Source> least;  // of the readers that have nothing yet
    least.reserve(readers.size());
    const auto offer = [&](std::optional<std::size_t> from) {
        const Sharding& there = from ? readers[*from] : made;
        for (Source& source : least) {
            const Sharding& own = readers[source.reader];
            if (!(tensor == Tensor::Error ? is_possible(own, there) : is_possible(there, own))) continue;
            const MoveCost cost = tensor == Tensor::Error ? cost_of(own, there, levels) : cost_of(there, own, levels);
            if (!from || cost.all() < source.cost.all()) source = {source.reader, from, cost};
        }
    };
    for (std::size_t reader = 0; reader < readers.size(); ++reader) least.push_back({reader, {}, {}});
    std::vector<Source> chosen;
    chosen.reserve(least.size());
    for (std::optional<std::size_t> last; !least.empty(); last = chosen.back().reader) {
        offer(last);
        const auto next = std::min_element(
            least.begin(), least.end(), [](const Source& a, const Source& b) { return a.cost.all() < b.cost.all(); });
        chosen.push_back(*next);
        least.erase(next);
    }
    return chosen;
}

std::uint64_t copies_throughout(const Sharding& from, const Sharding& to, const Levels& levels) {
    std::uint64_t copies = 1;
    for (std::size_t level = 0; level < from.size(); ++level) {
        if (from[level] == to[level] && from[level].placement != Placement::Split) copies *= levels.size(level);
    }
    return copies;
}

MoveCost cost_of(const Sharding& from, const Sharding& to, const Levels& levels) {
    const std::uint64_t all = levels.accelerators();
    const std::uint64_t copies = copies_throughout(from, to, levels);
    std::uint64_t sums = 1;  // groups that have parts of one sum, which becomes complete
    std::uint64_t gathered = 1;
    std::uint64_t swapped = 0;
    for (std::size_t level = 0; level < from.size(); ++level) {
        const std::uint64_t size = levels.size(level);
        const bool stays = from[level] == to[level];
        if (to[level].placement != Placement::Split) gathered *= size;
        if (!stays && from[level].placement == Placement::Partial) sums *= size;
        const bool is_share = from[level].placement == Placement::Split && to[level].placement == Placement::Split;
        if (!stays && is_share) swapped += all - all / size;
    }
    return {copies * (sums - 1) * all, copies * swapped, (gathered - copies) * all};
}

std::vector<MoveCost> costs_by_level(const Sharding& from, const Sharding& to, const Levels& levels) {
    std::vector<MoveCost> costs(from.size());
    std::uint64_t copies = copies_throughout(from, to, levels);
    std::uint64_t sums = 1;
    const std::uint64_t all = levels.accelerators();
    for (std::size_t level = 0; level < from.size(); ++level) {
        if (from[level].placement == Placement::Partial && from[level] != to[level]) sums *= levels.size(level);
    }
    for (std::size_t level = from.size(); level-- > 0;) {
        const std::uint64_t size = levels.size(level);
        if (from[level] == to[level]) continue;
        if (from[level].placement == Placement::Partial) {
            sums /= size;
            costs[level].scattered = copies * sums * (size - 1) * all;
        } else if (from[level].placement == Placement::Split && to[level].placement == Placement::Split) {
            costs[level].swapped = copies * (all - all / size);
        }
    }
    for (std::size_t level = 0; level < from.size(); ++level) {
        if (from[level] == to[level] || to[level].placement != Placement::Replicated) continue;
        costs[level].gathered = copies * (levels.size(level) - 1) * all;
        copies *= levels.size(level);
    }
    return costs;
}

}  // namespace hypar
