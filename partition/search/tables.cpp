#include "partition/search/tables.h"

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "partition/redistribution.h"
#include "partition/search/layer_problem.h"

namespace hypar {
namespace {

using Model = TableCosts (*)(const Network&, std::uint64_t, const std::vector<Shares>&, std::uint64_t);

constexpr SearchLimits kLimits{std::size_t{1} << 20, std::size_t{1} << 20};

double elements_of(const FeatureShape& shape, std::uint64_t batch) {
    return static_cast<double>(checked_multiply(shape.elements(), batch));
}

std::vector<Parallelism> in(SplitSet splits) {
    std::vector<Parallelism> list;
    for (const SplitEntry& split : kSplits) {
        if (contains(splits, split.parallelism)) list.push_back(split.parallelism);
    }
    return list;
}

/// A square of entries for every two of the splits; 0 for others.
template <typename Entry>
std::vector<std::vector<double>> for_each_pair(SplitSet splits, const Entry& entry) {
    std::vector<std::vector<double>> square(kSplitCount, std::vector<double>(kSplitCount));
    for (const Parallelism from : in(splits)) {
        for (const Parallelism to : in(splits)) square[number_of(from)][number_of(to)] = entry(from, to);
    }
    return square;
}

/// Table 2, of one direction: what the reader lacks of what the writer has; a writer's sums are whole by then.
double hypar_boundary(Parallelism from, Parallelism to, double outputs, double errors, double groups) {
    const bool reads_samples = to == Parallelism::Data;
    double elements = 0;
    if (from == Parallelism::Data && !reads_samples) elements += (outputs + errors) * (groups - 1) / groups;
    if (from == Parallelism::Model) elements += errors * (groups - 1);
    return elements;
}

/// AccPar's table of boundaries, of one group: forward and backward.
double accpar_boundary(Parallelism from, Parallelism to, double elements, double groups) {
    const double half = elements * (groups - 1) / groups;  // a half of two groups: what one lacks of the whole
    const double swap = 2 * half / groups;                 // both ways
    if (from == Parallelism::Model) return to == Parallelism::Output ? 0 : half;
    if (to == Parallelism::Output) return half;
    const bool same = (from == Parallelism::Data) == (to == Parallelism::Data);
    return same ? 0 : swap;
}

/// Of the layers' choices those of weighted ones in whose layout the tensor between them is made or read.
Parallelism like_writer(const Layer& shape, Parallelism choice) {
    const bool makes_channels = !shape.is_weighted() && choice != Parallelism::Data;
    return makes_channels ? Parallelism::Output : choice;
}
Parallelism like_reader(Parallelism choice) { return choice == Parallelism::Heads ? Parallelism::Model : choice; }

SplitSet splits_of(Objective objective, const Network& network) {
    return objective == Objective::AccparTables ? with_heads(kBatchInOut, network) : kBatchIn;
}

/// HyPar's tables are of layers with weights alone.
void check_layers(Objective objective, const Network& network) {
    if (objective != Objective::HyparTables) return;
    for (const Layer& layer : network.layers()) {
        if (layer.is_weighted()) continue;
        throw ConfigError("strategy",
                          fmt::format("hypar-tables is for layers with weights, which {} ({}) has not: hypar "
                                      "counts what moves by itself",
                                      layer.name, layer.kind().name));
    }
}

Model model_of(Objective objective) {
    return objective == Objective::AccparTables ? accpar_table_costs : hypar_table_costs;
}

/// A choice is the last of a layer's levels so far.
SumProblem<double> table_problem(const TableCosts& costs, const Candidates& candidates) {
    const auto number = [&candidates](std::size_t layer, std::size_t option) {
        return number_of(candidates[layer][option].back());
    };
    SumProblem<double> problem;
    for (std::size_t layer = 0; layer < candidates.size(); ++layer) {
        problem.options.push_back(candidates[layer].size());
        problem.terms.push_back({{layer}, [&costs, number, layer](const auto& options) {
                                     return costs.layers[layer][number(layer, options[0])];
                                 }});
    }
    for (const TableCosts::Edge& edge : costs.edges) {
        problem.terms.push_back({{edge.from, edge.to}, [&edge, number](const auto& options) {
                                     return edge.elements[number(edge.from, options[0])][number(edge.to, options[1])];
                                 }});
    }
    return problem;
}

SearchResult plan_by(const PlanSpace& space, Objective objective) {
    PlanSpace own(space.network(), space.step(), space.levels());
    check_layers(objective, space.network());
    own.restrict_to(splits_of(objective, space.network()));
    std::vector<LayerPlan> layers(space.network().size());
    std::vector<Shares> shares(layers.size());
    SearchResult result;
    for (std::size_t level = 0; level < space.levels().count(); ++level) {
        const std::uint64_t size = space.levels().size(level);
        const TableCosts costs = model_of(objective)(space.network(), space.step().batch, shares, size);
        const Candidates candidates = extended(own, layers, space.levels().first(level + 1));
        const NearlyLeast best = nearly_least_sum(table_problem(costs, candidates), kLimits);
        if (!best.is_least) result.was_cut = true;
        layers = chosen(candidates, best.choice);
        LevelPlan choices;
        for (const LayerPlan& layer : layers) choices.push_back(layer.back());
        shares = shares_below(shares, choices, size);
    }
    result.plan = plan_of(layers, space.levels());
    return result;
}

}  // namespace

std::vector<Shares> shares_below(const std::vector<Shares>& shares, const LevelPlan& level, std::uint64_t size) {
    std::vector<Shares> below = shares;
    const auto groups = static_cast<double>(size);
    for (std::size_t layer = 0; layer < level.size(); ++layer) {
        switch (entry_of(level[layer]).divides) {
            case Dimension::Batch: below[layer].batch /= groups; break;
            case Dimension::Channels: below[layer].in /= groups; break;
            case Dimension::Outputs: below[layer].out /= groups; break;
            case Dimension::Rows: break;
        }
    }
    return below;
}

double TableCosts::of(const LevelPlan& plan) const {
    double sum = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) sum += layers[layer][number_of(plan[layer])];
    for (const Edge& edge : edges) sum += edge.elements[number_of(plan[edge.from])][number_of(plan[edge.to])];
    return sum;
}

TableCosts hypar_table_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares,
                             std::uint64_t groups) {
    const double others = static_cast<double>(groups) - 1;
    TableCosts costs;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const Layer& shape = network.layer(layer);
        const double weights = static_cast<double>(shape.weights()) * shares[layer].in;
        const double outputs = elements_of(shape.output, batch) * shares[layer].batch;
        costs.layers.push_back({2 * weights * others, 2 * outputs * others});
        for (const std::size_t next : network.consumers(layer)) {
            const double errors = outputs * shares[next].in;
            costs.edges.push_back({layer, next, for_each_pair(kBatchIn, [&](Parallelism from, Parallelism to) {
                                       return hypar_boundary(from, to, outputs, errors, static_cast<double>(groups));
                                   })});
        }
    }
    return costs;
}

TableCosts accpar_table_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares,
                              std::uint64_t groups) {
    const double others = static_cast<double>(groups) - 1;
    TableCosts costs;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const Layer& shape = network.layer(layer);
        const Shares& own = shares[layer];
        const double weights = static_cast<double>(shape.weights()) * own.in * own.out * others;
        const double outputs = elements_of(shape.output, batch) * own.batch * own.out * others;
        const double errors = elements_of(shape.input, batch) * own.batch * own.in * others;
        costs.layers.push_back(shape.is_weighted() ? std::vector<double>{weights, outputs, errors, 0, 0}
                                                   : std::vector<double>{weights, 0, 0, 0, 0});
        for (const std::size_t next : network.consumers(layer)) {
            const double elements = elements_of(shape.output, batch) * shares[next].batch * shares[next].in;
            const SplitSet splits = splits_of(Objective::AccparTables, network);
            costs.edges.push_back({layer, next, for_each_pair(splits, [&](Parallelism from, Parallelism to) {
                                       return accpar_boundary(like_writer(shape, from), like_reader(to), elements,
                                                              static_cast<double>(groups));
                                   })});
        }
    }
    return costs;
}

std::vector<double> table_bytes(const Network& network, const Plan& plan, const StepShape& step,
                                Objective objective) {
    const Levels& levels = plan.division();
    std::vector<double> bytes;
    std::vector<Shares> shares(network.size());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        const double elements =
            model_of(objective)(network, step.batch, shares, levels.size(level)).of(plan.level(level));
        // HyPar counts what a group of groups exchanges, AccPar what each of them receives.
        const std::uint64_t counted = levels.groups(objective == Objective::AccparTables ? level + 1 : level);
        bytes.push_back(elements * static_cast<double>(counted) * static_cast<double>(step.element_bytes));
        shares = shares_below(shares, plan.level(level), levels.size(level));
    }
    return bytes;
}

SearchResult plan_by_hypar_tables(const PlanSpace& space) { return plan_by(space, Objective::HyparTables); }

SearchResult plan_by_accpar_tables(const PlanSpace& space) { return plan_by(space, Objective::AccparTables); }

}  // namespace hypar
