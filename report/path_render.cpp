#include "report/path_render.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/exchange_render.h"
#include "report/explain.h"
#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

std::string level_name(const StepSegment& entry) { return names_of_levels(entry.levels); }

TextTable::Row row_of(const RunReport& report, const std::string& name, Cycles cycles, Cycles without) {
    return {name, format_seconds(seconds_of(report, cycles)), share_of_step(report, cycles),
            format_seconds(seconds_of(report, without)), share_of_step(report, without)};
}

std::string resources_table(const RunReport& report, const TextStyle& style) {
    TextTable table({"critical path", "time", "of the step", "step without", "of the step"});
    for (const CriticalResource& resource : report.critical_path->resources) {
        table.add_row(row_of(report, resource.name, resource.cycles, resource.step_cycles_without));
    }
    return table.render(style);
}

/// Without a layer an overlapped step would run through others.
std::string layers_table(const RunReport& report, const TextStyle& style) {
    std::vector<TextTable::Column> columns{"layer", "time", "of the step"};
    if (!report.overlap) columns.insert(columns.end(), {"step without", "of the step"});
    TextTable table(columns);
    for (std::size_t layer = 0; layer < report.layers.size(); ++layer) {
        const Cycles cycles = report.critical_path->layer_cycles[layer];
        TextTable::Row row = row_of(report, report.layers[layer].name, cycles, report.cycles() - cycles);
        row.erase(row.begin() + static_cast<std::ptrdiff_t>(columns.size()), row.end());
        table.add_row(row);
    }
    return table.render(style);
}

bool is_vector_unit(const RunReport& report, const CriticalUnit& unit) {
    return unit.unit == report.array.units_of(unit.accelerator);
}

std::string waits_for(const RunReport& report, const StepSegment& entry) {
    if (entry.unit) {
        const std::string unit =
            is_vector_unit(report, *entry.unit) ? "vector unit" : fmt::format("unit {}", entry.unit->unit);
        return fmt::format("{} {}, vault {}: {}", report.topology.node_name(entry.unit->accelerator), unit,
                           entry.unit->busiest_vault, name_of(entry.unit->bound()));
    }
    if (!entry.flow) return "";
    const LinkReport* link = entry.flow->link ? &report.links[*entry.flow->link] : nullptr;
    return fmt::format("{} to {}{}", report.topology.node_name(entry.flow->sender),
                       report.topology.node_name(entry.flow->receiver),
                       link == nullptr ? "" : fmt::format(", {} -> {}", link->from, link->to));
}

std::string segments_table(const RunReport& report, const TextStyle& style) {
    constexpr std::size_t kShown = 8;
    std::vector<const StepSegment*> longest;
    for (const StepSegment& entry : report.step_segments) longest.push_back(&entry);
    std::stable_sort(longest.begin(), longest.end(),
                     [](const StepSegment* a, const StepSegment* b) { return a->cycles > b->cycles; });
    if (longest.size() > kShown) longest.resize(kShown);
    TextTable table({"longest segments", "time", "share", left("waits for")});
    for (const StepSegment* entry : longest) {
        const std::string segment = fmt::format("{} {}{}", report.layers[entry->layer].name, name_of(entry->phase),
                                                entry->is_compute() ? "" : " " + level_name(*entry));
        table.add_row({segment, format_seconds(seconds_of(report, entry->cycles)),
                       share_of_step(report, entry->cycles), waits_for(report, *entry)});
    }
    return table.render(style);
}

nlohmann::ordered_json through_json(const RunReport& report, const CriticalUnit& unit) {
    nlohmann::ordered_json number = unit.unit;
    if (is_vector_unit(report, unit)) number = "vector";
    return {{"accelerator", report.topology.node_name(unit.accelerator)},
            {"unit", number},
            {"vaults", {0, report.array.memory.vaults - 1}},
            {"busiest_vault", unit.busiest_vault},
            {"bound", name_of(unit.bound())},
            {"unit_cycles", spent_json(unit.spent, unit.waiting, report.array)}};
}

nlohmann::ordered_json through_json(const RunReport& report, const CriticalFlow& flow) {
    nlohmann::ordered_json json;
    json["sender"] = report.topology.node_name(flow.sender);
    json["receiver"] = report.topology.node_name(flow.receiver);
    json["link"] = nullptr;
    if (flow.link) json["link"] = {{"from", report.links[*flow.link].from}, {"to", report.links[*flow.link].to}};
    json.update(exchange_json(flow.cycles));
    return json;
}

}  // namespace

std::string share_of_step(const RunReport& report, Cycles cycles) {
    const Cycles step = report.cycles();
    return format_percent(step == 0 ? 0 : static_cast<double>(cycles) / static_cast<double>(step));
}

std::string explain_path(const RunReport& report, const TextStyle& style) {
    if (!report.critical_path) return "\nThe critical path was not found: the run was stopped.\n";
    const char* vector_units = report.array.vector_unit.exists() ? " vector: of a vector unit's lanes;" : "";
    return style.paint(Tone::Heading,
                       "\nWhat the step waits for, and what it would take without each resource and layer:\n\n") +
           resources_table(report, style) + "\n" +
           wrapped("  ",
                   fmt::format(
                       "Of each segment the unit or flow that ended last, and what its cycles go to. multiply, fill, "
                       "delivery, buffer, drain: of the unit's array;{} memory: it has no tile, or vaults move data "
                       "for longer "
                       "than links. links: a flow's bytes cross them; contention: others' do; port, dma: local "
                       "ports, and "
                       "requests in flight, take longer; latency: all else. Step without: replayed with that "
                       "resource taking "
                       "no time.",
                       vector_units),
                   style) +
           "\n" + layers_table(report, style) + "\n" + segments_table(report, style);
}

nlohmann::ordered_json timeline_json(const RunReport& report) {
    auto json = nlohmann::ordered_json::array();
    for (const StepSegment& entry : report.step_segments) {
        nlohmann::ordered_json item;
        item["layer"] = report.layers[entry.layer].name;
        item["phase"] = name_of(entry.phase);
        item["activity"] = entry.is_compute() ? "compute" : "exchange";
        item["level"] = nullptr;
        if (!entry.is_compute()) item["level"] = level_name(entry);
        item["start_cycle"] = entry.start;
        item["cycles"] = entry.cycles;
        item["sent_bytes"] = entry.sent_bytes;
        item["through"] = nullptr;
        if (entry.unit) item["through"] = through_json(report, *entry.unit);
        if (entry.flow) item["through"] = through_json(report, *entry.flow);
        json.push_back(std::move(item));
    }
    return json;
}

nlohmann::ordered_json over_step_json(const RunReport& report) {
    auto json = nlohmann::ordered_json::array();
    for (const MemoryUse& use : report.memory_use) {
        json.push_back({{"weights", use.weights},
                        {"optimizer_state", use.optimizer_state},
                        {"gradients", use.gradients},
                        {"feature_maps", use.feature_maps}});
    }
    return json;
}

nlohmann::ordered_json critical_path_json(const RunReport& report) {
    auto resources = nlohmann::ordered_json::array();
    for (const CriticalResource& resource : report.critical_path->resources) {
        resources.push_back({{"kind", bound_name(resource.resource)},
                             {"name", resource.name},
                             {"cycles", resource.cycles},
                             {"step_cycles_without", resource.step_cycles_without}});
    }
    auto layers = nlohmann::ordered_json::array();
    for (std::size_t layer = 0; layer < report.layers.size(); ++layer) {
        const Cycles cycles = report.critical_path->layer_cycles[layer];
        layers.push_back(
            {{"layer", report.layers[layer].name}, {"cycles", cycles}, {"step_cycles_without", nullptr}});
        if (!report.overlap) layers.back()["step_cycles_without"] = report.cycles() - cycles;
    }
    return {{"resources", resources}, {"layers", layers}};
}

}  // namespace hypar
