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
    exchange(0, Phase::Gradient) = {10, 20, 0, 0, 0, 70};
    exchange(1, Phase::Forward) = {150, 250, 0, 0, 0, 0};
    exchange(1, Phase::Backward) = {250, 249, 0, 0, 0, 1};
    const auto send = [&](std::size_t layer, Phase phase, std::uint64_t bytes) {
        report.layers[layer].phases[static_cast<std::size_t>(phase)].counts.sent_bytes = bytes;
    };
    send(0, Phase::Gradient, 1000);
    send(1, Phase::Forward, 20);
    send(1, Phase::Backward, 30);
    report.traffic_bytes = 1050;
    return report;
}

TEST(ExchangeTable, HasARowForEachPhaseWithAnExchangeAndTheirSum) {
    // All: 410 + 519 + 71 = 1000 cycles.
    EXPECT_EQ(exchange_table(report_of_two_layers()),
              "  layer  phase        sent  bandwidth  contention  latency  bound\n"
              "  --------------------------------------------------------------------\n"
              "  conv   gradient  1.00 kB     10.0 %      20.0 %   70.0 %  latency\n"
              "  fc     forward      20 B     37.5 %      62.5 %    0.0 %  contention\n"
              "         backward     30 B     50.0 %      49.8 %    0.2 %  bandwidth\n"
              "  --------------------------------------------------------------------\n"
              "  all              1.05 kB     41.0 %      51.9 %    7.1 %  contention\n");
}

TEST(ExchangeTable, HasOtherCausesWhereCyclesGoToThem) {
    RunReport report = report_of_two_layers();
    report.layers[1].phases[static_cast<std::size_t>(Phase::Backward)].exchange = {100, 0, 300, 0, 100, 0};
    // All: 260 + 270 + 300 + 100 + 70 = 1000 cycles; memory holds none back.
    EXPECT_EQ(exchange_table(report),
              "  layer  phase     bandwidth  contention    port     dma  latency  bound\n"
              "  ---------------------------------------------------------------------------\n"
              "  conv   gradient     10.0 %      20.0 %   0.0 %   0.0 %   70.0 %  latency\n"
              "  fc     forward      37.5 %      62.5 %   0.0 %   0.0 %    0.0 %  contention\n"
              "         backward     20.0 %       0.0 %  60.0 %  20.0 %    0.0 %  port\n"
              "  ---------------------------------------------------------------------------\n"
              "  all                 26.0 %      27.0 %  30.0 %  10.0 %    7.0 %  port\n");
}

TEST(ExchangeTable, IsLeftOutWhereNothingIsExchanged) {
    RunReport report;
    report.layers.resize(1);
    EXPECT_EQ(exchange_table(report), "");
}

TEST(ExchangeJson, HasNoBoundWithoutAnExchange) {
    EXPECT_EQ(exchange_json({}), json::parse(R"({"bound": null, "bandwidth_cycles": 0, "contention_cycles": 0,
        "port_cycles": 0, "memory_cycles": 0, "dma_cycles": 0, "latency_cycles": 0})"));
    EXPECT_EQ(exchange_json({1, 3, 2, 6, 4, 5}), json::parse(R"({"bound": "memory", "bandwidth_cycles": 1,
        "contention_cycles": 3, "port_cycles": 2, "memory_cycles": 6, "dma_cycles": 4, "latency_cycles": 5})"));
}

}  // namespace
}  // namespace hypar
