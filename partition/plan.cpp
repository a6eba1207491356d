#include "partition/plan.h"

#include <cassert>

#include <fmt/format.h>

#include "base/error.h"

namespace hypar {
namespace {

/// "0 (data) or 1 (model)"
std::string known_digits() {
    std::string text;
    for (const SplitEntry& split : kSplits) {
        text += fmt::format("{}{} ({})", text.empty() ? "" : " or ", split.digit, split.name);
    }
    return text;
}

}  // namespace

Plan::Plan(std::vector<LevelPlan> levels) : levels_(std::move(levels)), division_(Levels::halving(levels_.size())) {
    for ([[maybe_unused]] const LevelPlan& level : levels_) assert(level.size() == levels_.front().size());
}

Plan Plan::from_strings(const std::vector<std::string>& levels, std::size_t layers) {
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
                              fmt::format("expected {} characters, {} for each layer, not \"{}\"", layers,
                                          known_digits(), levels[index]));
        }
        read.push_back(std::move(level));
    }
    return Plan(std::move(read));
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

Plan Plan::with_flipped(std::size_t level, std::size_t layer) const {
    Plan flipped = *this;
    Parallelism& cell = flipped.levels_[level][layer];
    cell = cell == Parallelism::Data ? Parallelism::Model : Parallelism::Data;
    return flipped;
}

}  // namespace hypar
