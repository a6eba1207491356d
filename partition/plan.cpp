#include "partition/plan.h"

#include <cassert>

#include <fmt/format.h>

#include "base/error.h"
#include "base/power_of_two.h"

namespace hypar {

Plan::Plan(std::vector<LevelPlan> levels) : levels_(std::move(levels)) {
    for ([[maybe_unused]] const LevelPlan& level : levels_) assert(level.size() == levels_.front().size());
}

Plan Plan::from_strings(const std::vector<std::string>& levels, std::size_t layers) {
    std::vector<LevelPlan> read;
    for (std::size_t index = 0; index < levels.size(); ++index) {
        const std::string& text = levels[index];
        if (text.size() != layers || text.find_first_not_of("01") != std::string::npos) {
            throw ConfigError(fmt::format("plan.{}", index),
                              fmt::format("expected {} characters, 0 (data) or 1 (model) for each layer, not \"{}\"",
                                          layers, text));
        }
        LevelPlan level;
        for (const char digit : text) level.push_back(digit == '1' ? Parallelism::Model : Parallelism::Data);
        read.push_back(std::move(level));
    }
    return Plan(std::move(read));
}

std::vector<std::string> Plan::to_strings() const {
    std::vector<std::string> texts;
    for (const LevelPlan& level : levels_) {
        std::string text;
        for (const Parallelism parallelism : level) text += parallelism == Parallelism::Model ? '1' : '0';
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

std::size_t level_count(std::uint64_t accelerators) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << kMostLevels;
    if (is_power_of_two(accelerators) && accelerators <= kMost) return ceil_log2(accelerators);
    throw ConfigError("accelerators",
                      fmt::format("expected a power of two from 1 to {}, each level halves the array; not {}", kMost,
                                  accelerators));
}

}  // namespace hypar
