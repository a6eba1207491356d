#include "report/exchange_render.h"

#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

std::vector<std::string> row_of(const RunReport& report, const std::string& layer, const std::string& phase,
                                const ExchangeCycles& exchange) {
    std::vector<std::string> row{layer, phase, format_seconds(seconds_of(report, exchange.total()))};
    for (const Cycles part : {exchange.bandwidth, exchange.contention, exchange.latency}) {
        row.push_back(format_percent(static_cast<double>(part) / static_cast<double>(exchange.total())));
    }
    row.emplace_back(name_of(*exchange.bound()));
    return row;
}

}  // namespace

std::string exchange_table(const RunReport& report) {
    constexpr std::size_t kBoundColumn = 6;
    TextTable table({"layer", "phase", "exchange", "bandwidth", "contention", "latency", "bound"});
    table.align(1, TextTable::Align::Left);
    table.align(kBoundColumn, TextTable::Align::Left);
    ExchangeCycles all;
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const ExchangeCycles& exchange = layer.phases[static_cast<std::size_t>(phase)].exchange;
            if (!exchange.bound()) continue;
            table.add_row(row_of(report, is_first ? layer.name : "", name_of(phase), exchange));
            all += exchange;
            is_first = false;
        }
    }
    if (!all.bound()) return {};
    table.add_rule();
    table.add_row(row_of(report, "all", "", all));
    return table.render();
}

nlohmann::ordered_json exchange_json(const ExchangeCycles& exchange) {
    nlohmann::ordered_json json;
    json["bound"] = nullptr;
    if (const auto bound = exchange.bound()) json["bound"] = name_of(*bound);
    json["bandwidth_cycles"] = exchange.bandwidth;
    json["contention_cycles"] = exchange.contention;
    json["latency_cycles"] = exchange.latency;
    return json;
}

}  // namespace hypar
