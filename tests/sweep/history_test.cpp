// What a run finds must not depend on what was run before it: alone, compared in either order, and swept by one
// worker or two, an experiment has the same integers and joules.

#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiment/sweep/sweep_axis.h"
#include "report/run_render.h"
#include "sim/run.h"
#include "sweep/engine/local_engine.h"
#include "sweep/point/run_point.h"
#include "tests/sweep/support.h"

namespace hypar {
namespace {

using Random = std::mt19937_64;

/// All that a report tells of what was simulated, or why it was refused.
std::string found_in(const Experiment& experiment, Remembered& remembered) {
    ReplayOptions options;
    options.remembered = &remembered;
    const Plan plan = experiment.make_plan();
    try {
        nlohmann::json json = nlohmann::json::parse(
            run_json(run_step({experiment.network, experiment.array, plan, experiment.strategy.title(),
                               experiment.step(), experiment.phases, experiment.capacity},
                              options)));
        json.erase("simulation");
        return json.dump();
    } catch (const ConfigError& error) {
        return error.what();
    }
}

void expect_same_row(const PointResult& alone, const PointResult& swept) {
    EXPECT_EQ(alone.status, swept.status);
    EXPECT_EQ(alone.error, swept.error);
    EXPECT_EQ(alone.column_values, swept.column_values);
    ASSERT_EQ(alone.phases.size(), swept.phases.size());
    for (std::size_t row = 0; row < alone.phases.size(); ++row) {
        EXPECT_EQ(alone.phases[row].column_values, swept.phases[row].column_values) << "row " << row;
    }
}

void expect_no_history(const std::string& text) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep(text);
    std::vector<Experiment> experiments;
    std::vector<std::string> alone;
    std::vector<PointResult> rows;
    std::vector<std::size_t> points;
    for (std::size_t point = 0; point < sweep.size(); ++point) {
        Remembered nothing;
        experiments.push_back(sweep.experiment(point));
        alone.push_back(found_in(experiments.back(), nothing));
        Remembered nothing_either;
        rows.push_back(run_point(sweep, point, nothing_either));
        points.push_back(point);
    }
    for (const bool is_reversed : {false, true}) {
        Remembered remembered;
        for (std::size_t place = 0; place < points.size(); ++place) {
            const std::size_t point = is_reversed ? points.size() - 1 - place : place;
            EXPECT_EQ(found_in(experiments[point], remembered), alone[point]) << text << "point " << point;
        }
    }
    for (const std::size_t jobs : {1U, 2U}) {
        LocalEngine engine(
            [&](std::size_t point, Remembered& remembered) { return run_point(sweep, point, remembered); }, {jobs});
        engine.run(points, [&](const std::vector<FinishedPoint>& finished) {
            for (const FinishedPoint& one : finished) {
                SCOPED_TRACE(fmt::format("{}point {} of {} jobs", text, one.point, jobs));
                expect_same_row(rows[one.point], one.result);
            }
            return true;
        });
    }
}

TEST(History, ChangesNoMappingAmongThoseOfLikeCycles) {
    // Of these, energies choose: by 1 pJ another one than by 2.
    expect_no_history("base: lenet-c\nvary: {array.energy.array_32bit: [1 pJ, 2 pJ]}\n");
    expect_no_history(
        "base: lenet-c\nvary: {array.energy.buffer_32bit: [20 pJ, 5 pJ], array.mapping.minimise: [energy]}\n");
}

template <typename Values>
auto draw(Random& random, const Values& values) {
    return values[random() % values.size()];
}

/// A small experiment, as the map of its file.
std::string random_base(Random& random) {
    const std::vector<std::string> networks = {"lenet-c", "sfc", "lenet-c"};
    const std::vector<std::string> topologies = {"htree",    "torus",     "mesh",           "ring",
                                                 "fat-tree", "dragonfly", "fully-connected"};
    const std::vector<std::string> strategies = {"data", "model", "hypar"};
    const std::vector<int> accelerators = {1, 2, 4, 8};
    const std::vector<int> batches = {8, 32, 50};
    return fmt::format("{{network: {}, accelerators: {}, topology: {}, strategy: {}, batch: {}, capacity: report}}",
                       draw(random, networks), draw(random, accelerators), draw(random, topologies),
                       draw(random, strategies), draw(random, batches));
}

/// What a key may be besides a number.
const std::vector<std::pair<std::string, std::vector<std::string>>> kChoices = {
    {"array.mapping.minimise", {"cycles", "energy"}},
    {"array.mapping.sets", {"searched", "whole"}},
    {"array.mapping.dataflow", {"searched", "row-stationary"}},
    {"array.memory.page", {"open", "closed"}},
    {"array.memory.scheduler", {"in-order", "fr-fcfs"}},
    {"array.interconnect.routing", {"deterministic", "minimal-adaptive"}},
    {"array.interconnect.flow_control", {"virtual-cut-through", "wormhole"}},
    {"precision", {"float32", "float16", "int16", "int8"}},
    {"topology", {"htree", "torus", "mesh", "ring", "{kind: htree, arity: [2, 2], factor: [1]}"}},
    {"strategy", {"data", "model", "hypar", "trick"}},
    {"optimizer", {"sgd", "momentum", "adam"}},
    {"optimizer_state", {"whole", "sharded"}},
    {"partial_sums", {"pooled", "before-pooling"}},
    {"phases", {"[forward]", "[forward, backward, gradient, update]"}},
    {"batch", {"8", "9", "64"}},
    {"accelerators", {"2", "4", "16"}},
};

/// Two experiments that differ in one key, as a sweep; nothing where one of them is none.
std::optional<std::string> random_pair(Random& random) {
    const std::string base = random_base(random);
    const auto sweep_of = [&](const std::string& key, const std::string& first, const std::string& second) {
        return fmt::format("base: {}\nvary: {{{}: [{}, {}]}}\n", base, key, first, second);
    };
    const SweepFolder folder;
    std::ofstream(folder.path() / "base.yaml") << base << "\n";
    const Sweep around = sweep_around((folder.path() / "base.yaml").string());
    const std::size_t number = random() % (around.keys().size() + kChoices.size());
    std::string text;
    if (number < around.keys().size()) {
        YamlValue value;
        value.kind = YamlValue::Kind::Scalar;
        value.text = around.values(0)[number];
        const std::vector<std::pair<unsigned, unsigned>> ratios = {{2, 1}, {1, 2}, {4, 1}, {1, 4}, {3, 2}};
        const auto [times, over] = draw(random, ratios);
        const auto other = scaled_value(value, times, over);
        if (!other) return std::nullopt;
        text = sweep_of(around.keys()[number], value.text, other->text);
    } else {
        const auto& [key, values] = kChoices[number - around.keys().size()];
        const std::size_t first = random() % values.size();
        text = sweep_of(key, values[first], values[(first + 1 + random() % (values.size() - 1)) % values.size()]);
    }
    try {
        const Sweep sweep = folder.sweep(text);
        for (std::size_t point = 0; point < sweep.size(); ++point) sweep.experiment(point).make_plan();
    } catch (const ConfigError&) {
        return std::nullopt;
    }
    return text;
}

void expect_no_history_of_pairs(int pairs, std::uint64_t seed) {
    Random random(seed);
    while (pairs > 0) {
        const std::optional<std::string> pair = random_pair(random);
        if (!pair) continue;
        expect_no_history(*pair);
        --pairs;
    }
}

TEST(History, ChangesNoRandomPair) { expect_no_history_of_pairs(12, 1); }

TEST(HistoryLong, ChangesNoneOfTwoHundredRandomPairs) { expect_no_history_of_pairs(200, 2); }

}  // namespace
}  // namespace hypar
