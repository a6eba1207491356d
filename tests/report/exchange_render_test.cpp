#include "report/exchange_render.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using json = nlohmann::ordered_json;

/// Two layers on a clock of 4 ns: conv exchanges gradients, fc feature maps and errors.
RunReport report_of_two_layers() {
    RunReport report;
    report.array.clock.period = 4000;
    report.layers.resize(2);
    const auto exchange = [&](std::size_t layer, Phase phase) -> ExchangeCycles& {
        return report.layers[layer].phases[static_cast<std::size_t>(phase)].exchange;
    };
    report.layers[0].name = "conv";
    report.layers[1].name = "fc";
    exchange(0, Phase::Gradient) = {10, 20, 70};
    exchange(1, Phase::Forward) = {150, 250, 0};
    exchange(1, Phase::Backward) = {250, 249, 1};
    return report;
}

TEST(ExchangeTable, HasARowForEachPhaseWithAnExchangeAndTheirSum) {
    // All: 410 + 519 + 71 = 1000 cycles.
    EXPECT_EQ(exchange_table(report_of_two_layers()),
              "  layer  phase     exchange  bandwidth  contention  latency  bound\n"
              "  ---------------------------------------------------------------------\n"
              "  conv   gradient    400 ns     10.0 %      20.0 %   70.0 %  latency\n"
              "  fc     forward    1.60 us     37.5 %      62.5 %    0.0 %  contention\n"
              "         backward   2.00 us     50.0 %      49.8 %    0.2 %  bandwidth\n"
              "  ---------------------------------------------------------------------\n"
              "  all               4.00 us     41.0 %      51.9 %    7.1 %  contention\n");
}

TEST(ExchangeTable, IsLeftOutWhereNothingIsExchanged) {
    RunReport report;
    report.layers.resize(1);
    EXPECT_EQ(exchange_table(report), "");
}

TEST(ExchangeJson, HasNoBoundWithoutAnExchange) {
    EXPECT_EQ(exchange_json({}), json::parse(R"({"bound": null, "bandwidth_cycles": 0, "contention_cycles": 0,
                                                "latency_cycles": 0})"));
    EXPECT_EQ(exchange_json({1, 3, 2}), json::parse(R"({"bound": "contention", "bandwidth_cycles": 1,
                                                       "contention_cycles": 3, "latency_cycles": 2})"));
}

}  // namespace
}  // namespace hypar
