#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/levels.h"
#include "partition/split.h"

namespace hypar {

/// The choice of every layer at one level, in layer order.
using LevelPlan = std::vector<Parallelism>;

/// The choice of one layer at every level, H1 first.
using LayerPlan = std::vector<Parallelism>;

/// Choices by level and layer, of which some may be free.
using PlanCells = std::vector<std::vector<std::optional<Parallelism>>>;

/// Whether a character of a plan's strings leaves its cell free.
constexpr bool is_free(char character) { return character == '?'; }

/// From one string a level, "0?12": for each layer a digit of kSplits, or ? for a free cell. Throws ConfigError (key
/// "plan.1") if there is not one for each level of `division`, or if one has another length than `layers` or another
/// character.
PlanCells cells_from_strings(const std::vector<std::string>& levels, std::size_t layers, const Levels& division);

/// A parallelism for every layer at every level, H1 (the split of the whole array) first. The levels' sizes say among
/// how many accelerators they share the work; a plan of no levels is for one.
class Plan {
public:
    Plan() = default;
    /// Every level must name as many layers as the first, and `division` have as many levels.
    Plan(std::vector<LevelPlan> levels, Levels division);
    /// Of levels that halve.
    explicit Plan(const std::vector<LevelPlan>& levels);

    /// Of cells none of which is free.
    static Plan from_cells(const PlanCells& cells, const Levels& division);

    /// From one string a level, "0012", as `cells_from_strings`, without free cells.
    static Plan from_strings(const std::vector<std::string>& levels, std::size_t layers, const Levels& division);
    static Plan from_strings(const std::vector<std::string>& levels, std::size_t layers);
    std::vector<std::string> to_strings() const;

    std::size_t levels() const { return levels_.size(); }
    /// How its levels divide the array.
    const Levels& division() const { return division_; }
    std::uint64_t accelerators() const { return division_.accelerators(); }
    Parallelism at(std::size_t level, std::size_t layer) const { return levels_[level][layer]; }
    const LevelPlan& level(std::size_t level) const { return levels_[level]; }
    LayerPlan layer(std::size_t layer) const;

    /// The same plan with another parallelism in one cell.
    Plan with(std::size_t level, std::size_t layer, Parallelism parallelism) const;

    friend bool operator==(const Plan& a, const Plan& b) {
        return a.levels_ == b.levels_ && a.division_ == b.division_;
    }

private:
    std::vector<LevelPlan> levels_;
    Levels division_;
};

}  // namespace hypar
