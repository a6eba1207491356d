#include "partition/redistribution.h"

#include <algorithm>

namespace hypar {
namespace {

/// Shardings in which the consumers of a layer, or the loss, read its output and make its error, without repetition.
std::vector<Sharding> consumer_shardings(const Network& network, const Plan& plan, std::size_t layer,
                                         Operand operand) {
    std::vector<Sharding> shardings;
    for (const std::size_t consumer : network.consumers(layer)) {
        Sharding sharding = sharding_of(plan, consumer, operand);
        if (std::find(shardings.begin(), shardings.end(), sharding) == shardings.end()) {
            shardings.push_back(std::move(sharding));
        }
    }
    if (shardings.empty()) shardings.push_back(loss_sharding(plan));
    return shardings;
}

}  // namespace

const char* name_of(Tensor tensor) {
    switch (tensor) {
        case Tensor::FeatureMaps: return "feature maps";
        case Tensor::Error: return "error";
        case Tensor::Gradient: return "gradient";
    }
    return "";
}

std::vector<LayerRedistributions> redistributions(const Network& network, const Plan& plan) {
    std::vector<LayerRedistributions> all;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const auto made_or_read = [&](Operand operand) { return sharding_of(plan, layer, operand); };
        const auto readers = consumer_shardings(network, plan, layer, Operand::Input);
        const auto makers = consumer_shardings(network, plan, layer, Operand::InputError);
        LayerRedistributions moves;
        moves.forward.push_back({Tensor::FeatureMaps, layer, made_or_read(Operand::Output), readers.front()});
        for (std::size_t other = 1; other < readers.size(); ++other) {
            moves.forward.push_back({Tensor::FeatureMaps, layer, readers.front(), readers[other]});
        }
        for (std::size_t other = 1; other < makers.size(); ++other) {
            moves.backward.push_back({Tensor::Error, layer, makers[other], makers.front()});
        }
        moves.backward.push_back({Tensor::Error, layer, makers.front(), made_or_read(Operand::OutputError)});
        moves.gradient.push_back(
            {Tensor::Gradient, layer, made_or_read(Operand::WeightGradient), made_or_read(Operand::Weights)});
        all.push_back(std::move(moves));
    }
    return all;
}

double elements_moved(const LevelPlacement& from, const LevelPlacement& to, double elements, std::uint64_t groups) {
    const auto count = static_cast<double>(groups);
    const double to_all_others = elements * (count - 1);
    if (from == to || from.placement == Placement::Replicated) return 0;
    if (from.placement == Placement::Partial) {
        return to.placement == Placement::Replicated ? 2 * to_all_others : to_all_others;
    }
    return to.placement == Placement::Replicated ? to_all_others : to_all_others / count;
}

}  // namespace hypar
