#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "partition/communication.h"
#include "partition/strategy.h"

namespace hypar {
namespace {

constexpr double kUnreached = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostOpenLayers = 20;

/// The least sum of `LevelCosts` over all choices of one level (Algorithm 1, for any directed acyclic graph).
///
/// Layers are decided in order. Only the choices of layers that a later layer still reads can matter: these are
/// open, and a state is one choice for each of them. In a chain one layer is open, which is the paper's program.
class LevelSearch {
public:
    explicit LevelSearch(const LevelCosts& costs) : costs_(costs), last_reader_(costs.layers.size()) {
        for (std::size_t layer = 0; layer < last_reader_.size(); ++layer) last_reader_[layer] = layer;
        for (const auto& edge : costs.edges) last_reader_[edge.from] = std::max(last_reader_[edge.from], edge.to);
    }

    LevelPlan least() {
        for (std::size_t layer = 0; layer < costs_.layers.size(); ++layer) decide(layer);
        return trace_back();
    }

private:
    struct Origin {
        std::size_t state = 0;
        Parallelism choice = Parallelism::Data;
    };

    /// A bit of a state is the choice of the open layer at that position.
    double step_cost(std::size_t layer, std::size_t state, std::size_t choice) const {
        double cost = costs_.layers[layer][choice];
        for (const auto& edge : costs_.edges) {
            if (edge.to != layer) continue;
            const auto position = std::find(open_.begin(), open_.end(), edge.from) - open_.begin();
            cost += edge.elements[(state >> position) & 1U][choice];
        }
        return cost;
    }

    void decide(std::size_t layer) {
        std::vector<std::size_t> still_open;
        for (std::size_t position = 0; position < open_.size(); ++position) {
            if (last_reader_[open_[position]] > layer) still_open.push_back(position);
        }
        const bool stays = last_reader_[layer] > layer;
        const std::size_t open_after = still_open.size() + (stays ? 1 : 0);
        if (open_after > kMostOpenLayers) {
            throw ConfigError("strategy", fmt::format("more than {} layers are open at once, the search is too large",
                                                      kMostOpenLayers));
        }
        std::vector<double> least_after(std::size_t{1} << open_after, kUnreached);
        std::vector<Origin> origins(least_after.size());
        for (std::size_t state = 0; state < least_.size(); ++state) {
            for (std::size_t choice = 0; choice < 2; ++choice) {
                std::size_t next = 0;
                for (std::size_t bit = 0; bit < still_open.size(); ++bit) {
                    next |= ((state >> still_open[bit]) & 1U) << bit;
                }
                if (stays) next |= choice << still_open.size();
                const double cost = least_[state] + step_cost(layer, state, choice);
                if (cost < least_after[next]) {
                    least_after[next] = cost;
                    origins[next] = {state, static_cast<Parallelism>(choice)};
                }
            }
        }
        least_ = std::move(least_after);
        origins_.push_back(std::move(origins));
        std::vector<std::size_t> open_layers;
        open_layers.reserve(still_open.size() + 1);
        for (const std::size_t position : still_open) open_layers.push_back(open_[position]);
        if (stays) open_layers.push_back(layer);
        open_ = std::move(open_layers);
    }

    LevelPlan trace_back() const {
        LevelPlan plan(origins_.size());
        std::size_t state = 0;
        for (std::size_t layer = plan.size(); layer-- > 0;) {
            const Origin& origin = origins_[layer][state];
            plan[layer] = origin.choice;
            state = origin.state;
        }
        return plan;
    }

    const LevelCosts& costs_;
    std::vector<std::size_t> last_reader_;
    std::vector<std::size_t> open_;
    std::vector<double> least_{0};
    std::vector<std::vector<Origin>> origins_;
};

}  // namespace

Plan plan_hypar(const Network& network, std::uint64_t batch, std::size_t levels) {
    std::vector<LevelPlan> plan;
    std::vector<Shares> shares(network.size());
    for (std::size_t level = 0; level < levels; ++level) {
        const LevelCosts costs = objective_costs(network, batch, shares);
        plan.push_back(LevelSearch(costs).least());
        shares = shares_below(shares, plan.back());
    }
    return Plan(std::move(plan));
}

}  // namespace hypar
