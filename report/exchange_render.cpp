#include "report/exchange_render.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"
#include "sim/analysis/resource.h"

namespace hypar {
namespace {

using Causes = std::vector<const FlowResource*>;

constexpr std::size_t kUsualCauses = 3;

/// The usual ones, and others that cycles go to.
Causes causes_in(const ExchangeCycles& all) {
    Causes causes;
    for (const FlowResource& cause : flow_resources()) {
        const bool is_usual = cause.resource == Resource::Links || cause.resource == Resource::Contention ||
                              cause.resource == Resource::Latency;
        if (is_usual || all.*cause.spent > 0) causes.push_back(&cause);
    }
    return causes;
}

TextTable::Row row_of(const RunReport& report, const std::string& layer, const std::string& phase,
                      std::uint64_t sent_bytes, const ExchangeCycles& exchange, const Causes& causes) {
    TextTable::Row row{layer, phase, format_bytes(static_cast<double>(sent_bytes)), format_count(exchange.total()),
                       format_seconds(seconds_of(report, exchange.total()))};
    for (const FlowResource* cause : causes) {
        const auto cycles = static_cast<double>(exchange.*cause->spent);
        row.emplace_back(format_percent(cycles / static_cast<double>(exchange.total())));
    }
    row.emplace_back(name_of(*exchange.bound()));
    return row;
}

}  // namespace

std::string exchange_table(const RunReport& report, const TextStyle& style) {
    const ExchangeCycles all = report.exchange();
    if (!all.bound()) return {};
    const Causes causes = causes_in(all);
    const TextTable::Column sent = causes.size() > kUsualCauses ? where_room("sent") : "sent";
    // The table before has the times, too.
    std::vector<TextTable::Column> columns{"layer", left("phase"), sent, where_room("cycles"),
                                           where_room("exchange")};
    for (const FlowResource* cause : causes) columns.emplace_back(name_of(cause->bound));
    columns.push_back(left("bound"));
    TextTable table(columns);
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const PhaseReport& part = layer.phases[static_cast<std::size_t>(phase)];
            if (!part.exchange.bound()) continue;
            table.add_row(row_of(report, is_first ? layer.name : "", name_of(phase), part.counts.sent_bytes,
                                 part.exchange, causes));
            is_first = false;
        }
    }
    table.add_rule();
    table.add_row(row_of(report, "all", "", report.traffic_bytes, all, causes));
    return table.render(style);
}

nlohmann::ordered_json exchange_json(const ExchangeCycles& exchange) {
    nlohmann::ordered_json json;
    json["bound"] = nullptr;
    if (const auto bound = exchange.bound()) json["bound"] = name_of(*bound);
    for (const FlowResource& cause : flow_resources()) {
        json[fmt::format("{}_cycles", name_of(cause.bound))] = exchange.*cause.spent;
    }
    return json;
}

}  // namespace hypar
