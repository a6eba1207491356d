#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "partition/communication.h"
#include "partition/strategy.h"

namespace hypar {
namespace {

constexpr std::size_t kMostCells = 24;

/// Depth-first over the levels; a branch that already costs as much as the best whole plan is left.
class ExhaustiveSearch {
public:
    ExhaustiveSearch(const Network& network, std::uint64_t batch, std::size_t levels)
        : network_(network), batch_(batch), levels_(Levels::halving(levels)), current_(levels) {}

    Plan least() {
        descend(0, 0, std::vector<Shares>(network_.size()));
        return Plan(best_);
    }

private:
    // Objectives are never negative, so a partial sum bounds the whole.
    void descend(std::size_t level, double cost_above, const std::vector<Shares>& shares) {
        if (level == current_.size()) {
            least_ = cost_above;
            best_ = current_;
            return;
        }
        const LevelCosts costs = objective_costs(network_, batch_, shares);
        const auto pairs = static_cast<double>(levels_.groups(level));
        const std::size_t layers = network_.size();
        for (std::size_t digits = 0; digits < std::size_t{1} << layers; ++digits) {
            LevelPlan choice(layers);
            for (std::size_t layer = 0; layer < layers; ++layer) {
                choice[layer] = static_cast<Parallelism>((digits >> (layers - 1 - layer)) & 1U);
            }
            const double cost = cost_above + pairs * costs.of(choice);
            if (cost >= least_) continue;
            current_[level] = choice;
            descend(level + 1, cost, shares_below(shares, choice));
        }
    }

    const Network& network_;
    std::uint64_t batch_;
    Levels levels_;
    std::vector<LevelPlan> current_;
    std::vector<LevelPlan> best_;
    double least_ = std::numeric_limits<double>::infinity();
};

}  // namespace

Plan plan_exhaustive(const Network& network, std::uint64_t batch, std::size_t levels) {
    if (network.size() * levels > kMostCells) {
        throw ConfigError("strategy",
                          fmt::format("exhaustive would search 2^{} plans ({} layers x {} levels); the most is 2^{}",
                                      network.size() * levels, network.size(), levels, kMostCells));
    }
    return ExhaustiveSearch(network, batch, levels).least();
}

}  // namespace hypar
