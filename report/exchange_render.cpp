#include "report/exchange_render.h"

#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

TextTable::Row row_of(const RunReport& report, const std::string& layer, const std::string& phase,
                      std::uint64_t sent_bytes, const ExchangeCycles& exchange) {
    TextTable::Row row{layer, phase, format_bytes(static_cast<double>(sent_bytes)), format_count(exchange.total()),
                       format_seconds(seconds_of(report, exchange.total()))};
    for (const Cycles part : {exchange.bandwidth, exchange.contention, exchange.latency}) {
        row.emplace_back(format_percent(static_cast<double>(part) / static_cast<double>(exchange.total())));
    }
    row.emplace_back(name_of(*exchange.bound()));
    return row;
}

}  // namespace

std::string exchange_table(const RunReport& report, const TextStyle& style) {
    TextTable table({"layer", left("phase"), where_room("sent"), where_room("cycles"), "exchange", "bandwidth",
                     "contention", "latency", left("bound")});
    ExchangeCycles all;
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const PhaseReport& part = layer.phases[static_cast<std::size_t>(phase)];
            if (!part.exchange.bound()) continue;
            table.add_row(
                row_of(report, is_first ? layer.name : "", name_of(phase), part.counts.sent_bytes, part.exchange));
            all += part.exchange;
            is_first = false;
        }
    }
    if (!all.bound()) return {};
    table.add_rule();
    table.add_row(row_of(report, "all", "", report.traffic_bytes, all));
    return table.render(style);
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
