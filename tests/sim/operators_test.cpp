// Steps of networks of every kind of operator: their checks hold, and full and fast replays are the same.

#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/run.h"
#include "tests/sim/random_operator_step.h"

namespace hypar {
namespace {

using tests::draw;

std::string described(const Network& network, const Plan& plan) {
    std::string text;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const Layer& shape = network.layer(layer);
        text += fmt::format("\n{} {} {}x{}x{} -> {}x{}x{}, ", shape.name, shape.kind().name, shape.input.channels,
                            shape.input.height, shape.input.width, shape.output.channels, shape.output.height,
                            shape.output.width);
        for (const std::size_t producer : network.producers(layer)) text += network.layer(producer).name + " ";
        for (const std::string& level : plan.to_strings()) text += level[layer];
    }
    return text;
}

/// The step of a random network and plan on a random array, mostly with vector units.
void expect_equal_replays(std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const tests::RandomOperatorStep drawn(seed);
    const auto& [array, network, plan, step] = std::tie(drawn.array, drawn.network, drawn.plan, drawn.step);
    RunInput input{network, array, plan, "random", step, tests::kAllPhases};
    input.capacity = CapacityRule::Report;
    try {
        const RunReport report = run_step(input);  // with all its checks
        ASSERT_FALSE(report.is_partial());
        const Program program = lower(network, plan, step, tests::kAllPhases, array);
        const Topology topology = Topology::make(array.interconnect, array.accelerators);
        const ReplayResult whole = replay(program, array, topology, tests::full());
        const ReplayResult fast = replay(program, array, topology, {});
        ASSERT_TRUE(tests::are_equal(whole, fast));
    } catch (const ConfigError& error) {
        // A tile that does not fit the random buffer, or groups that are cut: a mistake of the input.
        SUCCEED() << error.what();
    } catch (const RunError& error) {
        ADD_FAILURE() << error.what() << described(network, plan);
    }
}

TEST(Operators, OfEveryKindReplayTheSameFullAndFast) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) expect_equal_replays(seed);
}

TEST(OperatorsLong, OfEveryKindReplayTheSameFullAndFast) {
    for (std::uint64_t seed = 1001; seed <= 2000; ++seed) expect_equal_replays(seed);
}

}  // namespace
}  // namespace hypar
