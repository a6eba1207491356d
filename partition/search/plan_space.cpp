#include "partition/search/plan_space.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "partition/ownership.h"
#include "partition/shard.h"

namespace hypar {
namespace {

LevelSet levels_of(const LayerPlan& choices, Parallelism parallelism) {
    LevelSet levels = 0;
    for (std::size_t level = 0; level < choices.size(); ++level) {
        if (choices[level] == parallelism) levels |= level_bit(level);
    }
    return levels;
}

/// Input channels of a convolution that each position of the group that spans `split` has.
std::vector<std::uint64_t> shares_of_channels(const Network& network, std::size_t layer, LevelSet split,
                                              const Levels& division) {
    std::vector<std::uint64_t> shares(division.places(split));
    for (const ChannelItems& part : whole_input_items(network, layer)) {
        const ItemTree tree(part.items, division);
        for (std::uint64_t position = 0; position < shares.size(); ++position) {
            shares[position] += part.channels_each * tree.owned(split, division.at_position(0, split, position));
        }
    }
    return shares;
}

std::optional<std::string> why_not_in_groups(const Network& network, std::size_t layer, const LayerPlan& choices,
                                             const Levels& division) {
    const Layer& shape = network.layer(layer);
    const std::uint64_t of_a_group = shape.input.channels / shape.groups;
    const LevelSet split = levels_of(choices, Parallelism::Model);
    if (split == 0) return std::nullopt;
    for (const std::uint64_t owned : shares_of_channels(network, layer, split, division)) {
        if (owned % of_a_group == 0 || of_a_group % owned == 0) continue;
        return fmt::format(
            "{} groups of {} input channels cannot be divided into shares of {} channels: expected "
            "shares of whole groups or equal parts of one",
            shape.groups, of_a_group, owned);
    }
    return std::nullopt;
}

/// Why a layer cannot split its channels as such, whatever their number.
std::optional<std::string> why_not_channels(const Network& network, std::size_t layer) {
    const Layer& shape = network.layer(layer);
    if (shape.type == LayerType::Embedding) return "an embedding cannot split its vocabulary";
    if (!shape.is_elementwise()) return std::nullopt;
    if (shape.kind().across == Across::Neighbours) {
        return fmt::format("{} needs the channels beside each", shape.kind().name);
    }
    if (shape.input.channels != shape.output.channels)
        return "a part of the channels is not divided as all of them are";
    const bool joins = shape.inputs == 1 && !network.producers(layer).empty() &&
                       network.layer(network.producers(layer).front()).output.channels != shape.input.channels;
    if (joins) return fmt::format("{} of a concatenation cannot split its channels", shape.kind().name);
    return std::nullopt;
}

std::optional<std::string> why_not_rows(const Layer& shape) {
    if (shape.is_flat()) return "a fully connected layer has no rows to split";
    if (shape.type == LayerType::TransposedConvolution) return "a transposed convolution cannot split its rows";
    const bool moves_rows = shape.type == LayerType::Position || shape.type == LayerType::Slice;
    if (moves_rows && shape.input.height != shape.output.height) {
        return fmt::format("{} has other rows than it reads", shape.kind().name);
    }
    return std::nullopt;
}

/// Why a layer cannot do so at any level.
std::optional<std::string> why_never(const Network& network, std::size_t layer, Parallelism choice) {
    const Layer& shape = network.layer(layer);
    if (!layouts_of(shape.kind().form, choice)) {
        return fmt::format("{} cannot be split by {}", shape.kind().name, entry_of(choice).split_name);
    }
    if (choice == Parallelism::Model) return why_not_channels(network, layer);
    return choice == Parallelism::Spatial ? why_not_rows(shape) : std::nullopt;
}

/// That an accelerator has: the last position of a group of H1.
std::uint64_t fewest_rows(std::uint64_t height, LevelSet rows, const Levels& division) {
    const std::uint64_t last = division.at_position(0, rows, division.places(rows) - 1);
    std::uint64_t fewest = owned_items(height, rows, last, division);
    for (std::size_t place = 0; place < division.shares().size(); ++place) {
        fewest = std::min(fewest, owned_items(height, rows, division.at_place(last, 0, place), division));
    }
    return fewest;
}

/// What no choices at further levels could mend.
std::optional<std::string> why_hopeless(const Network& network, std::size_t layer, const LayerPlan& choices,
                                        const Levels& division) {
    const Layer& shape = network.layer(layer);
    for (const Parallelism choice : choices) {
        if (auto problem = why_never(network, layer, choice)) return problem;
    }
    const LevelSet rows = levels_of(choices, Parallelism::Spatial);
    if (rows != 0 && fewest_rows(shape.output.height, rows, division) == 0) {
        return fmt::format("{} rows are too few for {} accelerators to have one each at these levels",
                           shape.output.height, division.places(rows));
    }
    if (shape.groups > 1 && levels_of(choices, Parallelism::Output) != 0) {
        return fmt::format("a layer of {} groups cannot split its output channels", shape.groups);
    }
    return std::nullopt;
}

}  // namespace

SplitSet with_heads(SplitSet splits, const Network& network) {
    const auto& layers = network.layers();
    const bool has_products =
        std::any_of(layers.begin(), layers.end(), [](const Layer& layer) { return layer.is_product(); });
    return has_products ? static_cast<SplitSet>(splits | set_of(Parallelism::Heads)) : splits;
}

std::optional<std::string> why_impossible(const Network& network, std::size_t layer, const LayerPlan& choices,
                                          const Levels& division) {
    if (auto problem = why_hopeless(network, layer, choices, division)) return problem;
    return network.layer(layer).groups == 1 ? std::nullopt : why_not_in_groups(network, layer, choices, division);
}

void check_possible(const Network& network, const Plan& plan, const std::string& key) {
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const auto problem = why_impossible(network, layer, plan.layer(layer), plan.division());
        if (!problem) continue;
        throw ConfigError(key, fmt::format("{}: {}", network.layer(layer).name, *problem));
    }
}

PlanSpace::PlanSpace(const Network& network, const StepShape& step, const Levels& levels)
    : network_(network),
      step_(step),
      levels_(levels),
      given_(levels.count(), std::vector<SplitSet>(network.size())) {}

void PlanSpace::give(std::size_t level, std::size_t layer, Parallelism parallelism) {
    given_[level][layer] = set_of(parallelism);
    has_given_cells_ = true;
}

bool PlanSpace::is_given(std::size_t level, std::size_t layer) const { return given_[level][layer] != 0; }

SplitSet PlanSpace::cell(std::size_t level, std::size_t layer) const {
    return given_[level][layer] != 0 ? given_[level][layer] : splits_;
}

bool PlanSpace::is_possible(std::size_t layer, const LayerPlan& choices) const {
    return !why_impossible(network_, layer, choices, levels_);
}

bool PlanSpace::allows(std::size_t layer, const LayerPlan& choices) const {
    for (std::size_t level = 0; level < choices.size(); ++level) {
        if (!hypar::contains(cell(level, layer), choices[level])) return false;
    }
    return is_possible(layer, choices);
}

bool PlanSpace::contains(const Plan& plan) const {
    for (std::size_t layer = 0; layer < network_.size(); ++layer) {
        if (!allows(layer, plan.layer(layer))) return false;
    }
    return true;
}

namespace {

/// Any plan of a layer that a space has, whether it is possible or not.
LayerPlan some_plan(const PlanSpace& space, std::size_t layer) {
    LayerPlan choices;
    for (std::size_t level = 0; level < space.levels().count(); ++level) {
        for (const SplitEntry& split : kSplits) {
            if (choices.size() > level || !contains(space.cell(level, layer), split.parallelism)) continue;
            choices.push_back(split.parallelism);
        }
    }
    return choices;
}

void check_layer(const PlanSpace& space, std::size_t layer) {
    PlanSpace trial(space.network(), space.step(), space.levels());
    trial.restrict_to(space.splits());
    std::string key = "splits";
    for (std::size_t level = 0; level <= space.levels().count(); ++level) {
        if (layer_plans(trial, layer, space.levels().count(), 1).empty()) {
            const LayerPlan plan = some_plan(trial, layer);
            const auto problem = why_impossible(space.network(), layer, plan, space.levels());
            throw ConfigError(key, fmt::format("{}: {}", space.network().layer(layer).name, problem.value()));
        }
        if (level == space.levels().count() || !space.is_given(level, layer)) continue;
        key = fmt::format("plan.{}", level);
        for (const SplitEntry& split : kSplits) {
            if (space.cell(level, layer) == set_of(split.parallelism)) trial.give(level, layer, split.parallelism);
        }
    }
}

}  // namespace

void check_possible(const PlanSpace& space) {
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        if (layer_plans(space, layer, space.levels().count(), 1).empty()) check_layer(space, layer);
    }
}

std::vector<LayerPlan> layer_plans(const PlanSpace& space, std::size_t layer, std::size_t levels, std::size_t most,
                                   const LayerPlan& begin) {
    std::vector<Levels> divisions;
    for (std::size_t level = 0; level <= levels; ++level) divisions.push_back(space.levels().first(level));
    std::vector<LayerPlan> plans;
    LayerPlan choices = begin;
    const auto extend = [&](const auto& self) -> void {
        const std::size_t level = choices.size();
        if (plans.size() >= most || why_hopeless(space.network(), layer, choices, divisions[level])) return;
        if (level == levels) {
            if (!why_impossible(space.network(), layer, choices, divisions[level])) plans.push_back(choices);
            return;
        }
        for (const SplitEntry& split : kSplits) {
            if (!contains(space.cell(level, layer), split.parallelism)) continue;
            choices.push_back(split.parallelism);
            self(self);
            choices.pop_back();
        }
    };
    extend(extend);
    return plans;
}

Plan plan_of(const std::vector<LayerPlan>& layers, const Levels& levels) {
    std::vector<LevelPlan> plan(levels.count());
    for (std::size_t level = 0; level < levels.count(); ++level) {
        for (const LayerPlan& layer : layers) plan[level].push_back(layer[level]);
    }
    return Plan(std::move(plan), levels);
}

SplitSet splits_in(const Plan& plan) {
    SplitSet splits = 0;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        for (const Parallelism choice : plan.level(level)) splits = static_cast<SplitSet>(splits | set_of(choice));
    }
    return splits;
}

}  // namespace hypar
