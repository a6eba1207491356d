#include "partition/strategy.h"

#include "base/error.h"
#include "base/names.h"

namespace hypar {
namespace {

Plan uniform_plan(const LevelPlan& level, std::size_t levels) { return Plan(std::vector<LevelPlan>(levels, level)); }

}  // namespace

const std::vector<StrategyEntry>& strategies() {
    static const std::vector<StrategyEntry> kStrategies = {
        {"data", plan_data, "data parallelism for every layer"},
        {"model", plan_model, "model parallelism for every layer"},
        {"trick", plan_trick, "one weird trick: convolutions data, fully connected layers model parallel"},
        {"hypar", plan_hypar, "least communication level by level (Song et al., HPCA 2019)"},
        {"exhaustive", plan_exhaustive, "least communication over all levels at once, up to 2^24 plans"},
    };
    return kStrategies;
}

std::vector<std::string> strategy_names() {
    std::vector<std::string> names;
    for (const StrategyEntry& entry : strategies()) names.emplace_back(entry.name);
    return names;
}

Strategy find_strategy(const std::string& name) {
    for (const StrategyEntry& entry : strategies()) {
        if (name == entry.name) return entry.make_plan;
    }
    throw ConfigError("strategy", unknown_name("strategy", name, strategy_names()));
}

Plan plan_data(const Network& network, std::uint64_t, std::size_t levels) {
    return uniform_plan(LevelPlan(network.size(), Parallelism::Data), levels);
}

Plan plan_model(const Network& network, std::uint64_t, std::size_t levels) {
    return uniform_plan(LevelPlan(network.size(), Parallelism::Model), levels);
}

Plan plan_trick(const Network& network, std::uint64_t, std::size_t levels) {
    LevelPlan level;
    for (const Layer& layer : network.layers()) {
        level.push_back(layer.type == LayerType::Convolution ? Parallelism::Data : Parallelism::Model);
    }
    return uniform_plan(level, levels);
}

}  // namespace hypar
