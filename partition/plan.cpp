#include "partition/plan.h"

#include <cassert>

#include <fmt/format.h>

#include "base/error.h"

namespace hypar {
namespace {

/// "0 (data), 1 (model)"
std::string known_digits() {
    std::string text;
    for (const SplitEntry& split : kSplits) {
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", split.digit, split.name);
    }
    return text;
}

}  // namespace

Plan::Plan(std::vector<LevelPlan> levels, Levels division)
    : levels_(std::move(levels)), division_(std::move(division)) {
    assert(levels_.size() == division_.count());
    for ([[maybe_unused]] const LevelPlan& level : levels_) assert(level.size() == levels_.front().size());
}

Plan::Plan(std::vector<LevelPlan> levels) : Plan(levels, Levels::halving(levels.size())) {}

Plan Plan::from_strings(const std::vector<std::string>& levels, std::size_t layers, const Levels& division) {
    if (levels.size() != division.count()) {
        throw ConfigError("plan", fmt::format("expected {} strings, one for each level, not {}", division.count(),
                                              levels.size()));
    }
    std::vector<LevelPlan> read;
    for (std::size_t index = 0; index < levels.size(); ++index) {
        LevelPlan level;
        for (const char digit : levels[index]) {
            for (const SplitEntry& split : kSplits) {
                if (digit == split.digit) level.push_back(split.parallelism);
            }
        }
        if (level.size() != layers || level.size() != levels[index].size()) {
            throw ConfigError(fmt::format("plan.{}", index),
                              fmt::format("expected {} characters, one for each layer of {}, not \"{}\"", layers,
                                          known_digits(), levels[index]));
        }
        read.push_back(std::move(level));
    }
    return Plan(std::move(read), division);
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
