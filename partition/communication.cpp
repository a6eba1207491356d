#include "partition/communication.h"

#include "base/checked.h"
#include "partition/redistribution.h"

namespace hypar {
namespace {

constexpr std::uint64_t kGroups = 2;  // of each level

/// Where the two models differ.
struct CountingRules {
    Placement sums;                   ///< what partial sums become first: whole in every group, or divided
    bool errors_have_readers_shares;  ///< an error has the share of the channels that its maker has
    bool counts_loss;                 ///< a last layer's output goes to the loss, whose error comes back
};
constexpr CountingRules kPaperTables{Placement::Replicated, true, false};
constexpr CountingRules kTransfers{Placement::Split, false, true};

constexpr std::size_t number_of(Parallelism parallelism) { return static_cast<std::size_t>(parallelism); }

double moved(const LevelPlacement& from, const LevelPlacement& to, double elements) {
    return elements_moved(from, to, elements, kGroups);
}

/// The sums of a layer's gradient and of its output.
double moved_inside(Parallelism own, double weights, double outputs, const CountingRules& rules) {
    const LevelPlacement& output = placement_of(Operand::Output, own);
    const bool is_sum = output.placement == Placement::Partial;
    return moved(placement_of(Operand::WeightGradient, own), placement_of(Operand::Weights, own), weights) +
           (is_sum ? moved(output, {rules.sums, Dimension::Batch}, outputs) : 0);
}

/// A layer's output, its sums complete, to where it is `read`, and the error from where it is `made`.
double moved_between(Parallelism own, const LevelPlacement& read, double outputs, const LevelPlacement& made,
                     double errors) {
    const LevelPlacement& output = placement_of(Operand::Output, own);
    const bool was_sum = output.placement == Placement::Partial;
    return (was_sum ? 0 : moved(output, read, outputs)) +
           moved(made, placement_of(Operand::OutputError, own), errors);
}

CostsOfPair edge_costs(double outputs, double errors) {
    CostsOfPair costs{};
    for (const SplitEntry& from : kSplits) {
        for (const SplitEntry& to : kSplits) {
            costs[number_of(from.parallelism)][number_of(to.parallelism)] =
                moved_between(from.parallelism, placement_of(Operand::Input, to.parallelism), outputs,
                              placement_of(Operand::InputError, to.parallelism), errors);
        }
    }
    return costs;
}

LevelCosts level_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares,
                       const CountingRules& rules) {
    LevelCosts costs;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const double weights = static_cast<double>(network.layer(layer).weights()) * shares[layer].channels;
        const auto whole = static_cast<double>(checked_multiply(network.layer(layer).output.elements(), batch));
        const double outputs = whole * shares[layer].batch;
        const auto& consumers = network.consumers(layer);
        costs.layers.emplace_back();
        for (const SplitEntry& own : kSplits) {
            double& inside = costs.layers.back()[number_of(own.parallelism)];
            inside = moved_inside(own.parallelism, weights, outputs, rules);
            if (!consumers.empty() || !rules.counts_loss) continue;
            const LevelPlacement loss = split(Dimension::Batch);
            inside += moved_between(own.parallelism, loss, outputs, loss, outputs);
        }
        for (const std::size_t next : consumers) {
            const double errors = rules.errors_have_readers_shares ? outputs * shares[next].channels : outputs;
            costs.edges.push_back({layer, next, edge_costs(outputs, errors)});
        }
    }
    return costs;
}

}  // namespace

std::vector<Shares> shares_below(const std::vector<Shares>& shares, const LevelPlan& level) {
    std::vector<Shares> below = shares;
    for (std::size_t layer = 0; layer < level.size(); ++layer) {
        switch (entry_of(level[layer]).divides) {
            case Dimension::Batch: below[layer].batch /= kGroups; break;
            case Dimension::Channels: below[layer].channels /= kGroups; break;
        }
    }
    return below;
}

double LevelCosts::of(const LevelPlan& plan) const {
    double sum = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) sum += layers[layer][number_of(plan[layer])];
    for (const Edge& edge : edges) sum += edge.elements[number_of(plan[edge.from])][number_of(plan[edge.to])];
    return sum;
}

LevelCosts objective_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares) {
    return level_costs(network, batch, shares, kPaperTables);
}

LevelCosts traffic_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares) {
    return level_costs(network, batch, shares, kTransfers);
}

std::vector<double> objective_bytes(const Network& network, std::uint64_t batch, const Plan& plan,
                                    std::uint64_t element_bytes) {
    std::vector<double> bytes;
    std::vector<Shares> shares(network.size());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        const double elements = objective_costs(network, batch, shares).of(plan.level(level));
        const auto pairs = static_cast<double>(plan.division().groups(level));
        bytes.push_back(elements * pairs * static_cast<double>(element_bytes));
        shares = shares_below(shares, plan.level(level));
    }
    return bytes;
}

}  // namespace hypar
