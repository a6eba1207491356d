#include "partition/communication.h"

#include "base/checked.h"

namespace hypar {
namespace {

constexpr std::size_t kData = static_cast<std::size_t>(Parallelism::Data);
constexpr std::size_t kModel = static_cast<std::size_t>(Parallelism::Model);

double output_elements(const Network& network, std::size_t layer, std::uint64_t batch) {
    return static_cast<double>(checked_multiply(network.layer(layer).output.elements(), batch));
}

}  // namespace

std::vector<Shares> shares_below(const std::vector<Shares>& shares, const LevelPlan& level) {
    std::vector<Shares> below = shares;
    for (std::size_t layer = 0; layer < level.size(); ++layer) {
        (level[layer] == Parallelism::Data ? below[layer].batch : below[layer].channels) /= 2;
    }
    return below;
}

double LevelCosts::of(const LevelPlan& plan) const {
    double sum = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        sum += layers[layer][static_cast<std::size_t>(plan[layer])];
    }
    for (const Edge& edge : edges) {
        sum += edge.elements[static_cast<std::size_t>(plan[edge.from])][static_cast<std::size_t>(plan[edge.to])];
    }
    return sum;
}

LevelCosts objective_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares) {
    LevelCosts costs;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const double weights = static_cast<double>(network.layer(layer).weights());
        const double outputs = output_elements(network, layer, batch) * shares[layer].batch;
        costs.layers.push_back({2 * weights * shares[layer].channels, 2 * outputs});
        for (const std::size_t next : network.consumers(layer)) {
            const double errors = outputs * shares[next].channels;
            LevelCosts::Edge edge{layer, next, {}};
            edge.elements[kData][kModel] = 2 * (0.25 * outputs + 0.25 * errors);
            edge.elements[kModel][kModel] = 2 * (0.5 * errors);
            edge.elements[kModel][kData] = 2 * (0.5 * errors);
            costs.edges.push_back(edge);
        }
    }
    return costs;
}

LevelCosts traffic_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares) {
    LevelCosts costs;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const double weights = static_cast<double>(network.layer(layer).weights());
        const double outputs = output_elements(network, layer, batch) * shares[layer].batch;
        const auto consumers = network.consumers(layer);
        const double loss_error = consumers.empty() ? outputs : 0;
        costs.layers.push_back({2 * weights * shares[layer].channels, outputs + loss_error});
        for (const std::size_t next : consumers) {
            LevelCosts::Edge edge{layer, next, {}};
            edge.elements[kData][kModel] = outputs;
            edge.elements[kModel][kModel] = outputs;
            edge.elements[kModel][kData] = outputs;
            costs.edges.push_back(edge);
        }
    }
    return costs;
}

std::vector<double> objective_bytes(const Network& network, std::uint64_t batch, const Plan& plan,
                                    std::uint64_t element_bytes) {
    std::vector<double> bytes;
    std::vector<Shares> shares(network.size());
    double pairs = 1;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        const double elements = objective_costs(network, batch, shares).of(plan.level(level));
        bytes.push_back(elements * pairs * static_cast<double>(element_bytes));
        shares = shares_below(shares, plan.level(level));
        pairs *= 2;
    }
    return bytes;
}

}  // namespace hypar
