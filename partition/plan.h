#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "partition/levels.h"
#include "partition/split.h"

namespace hypar {

/// The choice of every layer at one level, in layer order.
using LevelPlan = std::vector<Parallelism>;

/// A parallelism for every layer at every level, H1 (the split of the whole array) first. Every level halves, so H
/// levels share the work among 2^H accelerators; a plan of no levels is for one accelerator.
class Plan {
public:
    Plan() = default;
    /// Every level must name as many layers as the first.
    explicit Plan(std::vector<LevelPlan> levels);

    /// From one string a level, "0011": 0 is data, 1 is model parallelism. Throws ConfigError (key "plan.1") if a
    /// string has another length than `layers` or another character.
    static Plan from_strings(const std::vector<std::string>& levels, std::size_t layers);
    std::vector<std::string> to_strings() const;

    std::size_t levels() const { return levels_.size(); }
    /// How its levels divide the array.
    const Levels& division() const { return division_; }
    std::uint64_t accelerators() const { return division_.accelerators(); }
    Parallelism at(std::size_t level, std::size_t layer) const { return levels_[level][layer]; }
    const LevelPlan& level(std::size_t level) const { return levels_[level]; }

    /// The same plan with the other parallelism in one cell.
    Plan with_flipped(std::size_t level, std::size_t layer) const;

    friend bool operator==(const Plan& a, const Plan& b) { return a.levels_ == b.levels_; }

private:
    std::vector<LevelPlan> levels_;
    Levels division_;
};

}  // namespace hypar
