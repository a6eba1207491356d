#include "partition/plan.h"

#include <cassert>

#include <fmt/format.h>

#include "base/error.h"

namespace hypar {
namespace {

/// "0 (data), 1 (model), ? (free)"
std::string known_characters(bool may_be_free) {
    std::string text;
    for (const SplitEntry& split : kSplits) {
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", split.digit, split.name);
    }
    return may_be_free ? text + ", ? (free)" : text;
}

PlanCells read_cells(const std::vector<std::string>& levels, std::size_t layers, const Levels& division,
                     bool may_be_free) {
    if (levels.size() != division.count()) {
        if (division.count() == 0) throw ConfigError("plan", "a single accelerator has no levels; expected []");
        throw ConfigError("plan", fmt::format("expected {} strings, one for each level of {} accelerators, not {}",
                                              division.count(), division.accelerators(), levels.size()));
    }
    PlanCells cells;
    for (std::size_t index = 0; index < levels.size(); ++index) {
        cells.emplace_back();
        for (const char character : levels[index]) {
            if (may_be_free && is_free(character)) cells.back().push_back(std::nullopt);
            for (const SplitEntry& split : kSplits) {
                if (character == split.digit) cells.back().push_back(split.parallelism);
            }
        }
        if (cells.back().size() != layers || cells.back().size() != levels[index].size()) {
            throw ConfigError(fmt::format("plan.{}", index),
                              fmt::format("expected {} digits, one for each layer, of {}, not \"{}\"", layers,
                                          known_characters(may_be_free), levels[index]));
        }
    }
    return cells;
}

}  // namespace

PlanCells cells_from_strings(const std::vector<std::string>& levels, std::size_t layers, const Levels& division) {
    return read_cells(levels, layers, division, true);
}

Plan::Plan(std::vector<LevelPlan> levels, Levels division)
    : levels_(std::move(levels)), division_(std::move(division)) {
    assert(levels_.size() == division_.count());
    for ([[maybe_unused]] const LevelPlan& level : levels_) assert(level.size() == levels_.front().size());
}

Plan::Plan(const std::vector<LevelPlan>& levels) : Plan(levels, Levels::halving(levels.size())) {}

Plan Plan::from_cells(const PlanCells& cells, const Levels& division) {
    std::vector<LevelPlan> levels;
    for (const auto& level : cells) {
        levels.emplace_back();
        for (const auto& cell : level) levels.back().push_back(cell.value());
    }
    return Plan(std::move(levels), division);
}

Plan Plan::from_strings(const std::vector<std::string>& levels, std::size_t layers, const Levels& division) {
    return from_cells(read_cells(levels, layers, division, false), division);
}

Plan Plan::from_strings(const std::vector<std::string>& levels, std::size_t layers) {
    return from_strings(levels, layers, Levels::halving(levels.size()));
}

std::vector<std::string> Plan::to_strings() const {
    std::vector<std::string> texts;
    for (const LevelPlan& level : levels_) {
        std::string text;
        for (const Parallelism parallelism : level) text += entry_of(parallelism).digit;
        texts.push_back(std::move(text));
    }
    return texts;
}

LayerPlan Plan::layer(std::size_t layer) const {
    LayerPlan choices;
    for (const LevelPlan& level : levels_) choices.push_back(level[layer]);
    return choices;
}

Plan Plan::with(std::size_t level, std::size_t layer, Parallelism parallelism) const {
    Plan changed = *this;
    changed.levels_[level][layer] = parallelism;
    return changed;
}

}  // namespace hypar
