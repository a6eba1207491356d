#include "report/explain.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arch/unit/dataflow_model.h"
#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

bool is_mapped(const PhaseReport& phase) { return phase.mapping && phase.mapping->units > 0; }

/// Calls `show(layer name or nothing, phase, report)` for every phase that computes as `is_shown` says.
template <typename IsShown, typename Show>
void for_each_computed(const RunReport& report, IsShown is_shown, Show show) {
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const PhaseReport& part = layer.phases[static_cast<std::size_t>(phase)];
            if (!is_shown(part)) continue;
            show(is_first ? layer.name : std::string(), phase, part);
            is_first = false;
        }
    }
}

std::string share(Cycles part, Cycles whole) {
    return fmt::format("{:.0f}", whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string shapes_table(const RunReport& report, const TextStyle& style) {
    TextTable table({"layer", left("phase"), left("flow"), "n", "m", "e", "p", "q", "r", "t", "i", "k", "PEs",
                     "tiles", "KiB", where_room("units")});
    for_each_computed(report, is_mapped, [&](const std::string& layer, Phase phase, const PhaseReport& part) {
        const MappingReport& mapping = *part.mapping;
        TextTable::Row row{layer, name_of(phase), model_of(mapping.pass.dataflow).short_name};
        for (const std::uint64_t number :
             {mapping.samples, mapping.made, mapping.pass.e, mapping.pass.p, mapping.pass.q, mapping.pass.r,
              mapping.pass.t, mapping.pass.i, mapping.pass.k, mapping.active_pes, mapping.tiles,
              mapping.buffer_bytes / 1024, mapping.units}) {
            row.emplace_back(fmt::format("{}", number));
        }
        table.add_row(std::move(row));
    });
    return table.render(style);
}

/// What the shapes' columns are for a kind of array.
std::string shapes_legend(PeArrayKind kind) {
    const std::string of_tiles = "active, tiles of the unit, KiB of the buffer that a tile takes.\n";
    switch (kind) {
        case PeArrayKind::RowStationary: break;
        case PeArrayKind::Systolic:
            return "\n  flow: systolic, sys-o, sys-w and sys-i: outputs, weights or inputs stay. n\n"
                   "  samples and m made channels a tile; a fold takes r rows and t columns; PEs\n  " +
                   of_tiles;
        case PeArrayKind::Neurocube:
            return "\n  flow: neurocube. n samples and m made channels a tile; i units at work; PEs\n  " + of_tiles;
        case PeArrayKind::FlexFlow:
            return "\n  flow: flexflow. n samples and m made channels a tile; t made channels, e rows\n"
                   "  and i columns at once, of r summed channels, k kernel rows, q columns; PEs\n  " +
                   of_tiles;
    }
    return "\n  flow: row- or output-stationary. n samples and m made channels a tile;\n"
           "  e p q r t as in Chen et al., JSSC 2017; i, k: docs/models/accelerator.md; PEs\n  " +
           of_tiles;
}

std::string cycles_table(const RunReport& report, const TextStyle& style) {
    const bool has_vector_units = report.array.vector_unit.exists();
    std::vector<TextTable::Column> columns = {"layer", left("phase")};
    columns.push_back(has_vector_units ? where_room("passes") : "passes");
    columns.insert(columns.end(), {where_room("cycles"), "util", "mult", "fill", "deliv", "buf", "drain"});
    if (has_vector_units) columns.emplace_back("vec");
    columns.insert(columns.end(), {"wait", "bound"});
    TextTable table(columns);
    const auto computes = [](const PhaseReport& part) { return part.unit_cycles > 0; };
    for_each_computed(report, computes, [&](const std::string& layer, Phase phase, const PhaseReport& part) {
        const ArrayCycles& spent = part.counts.unit_cycles;
        const Cycles whole = part.unit_cycles;
        TextTable::Row row{layer, name_of(phase), is_mapped(part) ? fmt::format("{}", part.mapping->passes) : "-",
                           format_count(whole),
                           phase == Phase::Update ? "-" : fmt::format("{:.0f}", 100 * utilisation(report, part))};
        for (const Cycles cycles : {spent.multiply, spent.fill, spent.delivery, spent.buffer, spent.drain}) {
            row.emplace_back(share(cycles, whole));
        }
        if (has_vector_units) row.emplace_back(share(spent.vector, whole));
        row.emplace_back(share(part.waiting_cycles(), whole));
        row.emplace_back(name_of(part.bound()));
        table.add_row(std::move(row));
    });
    return table.render(style);
}

/// What goes between memories and buffers, beside what has to.
std::string traffic_table(const RunReport& report, const TextStyle& style) {
    TextTable table({"layer", left("phase"), "DRAM", "once", "bound", "DRAM / bound"});
    for_each_computed(report, is_mapped, [&](const std::string& layer, Phase phase, const PhaseReport& part) {
        const auto moved = static_cast<double>(part.counts.dram_bytes);
        const auto once = static_cast<double>(part.mapping->tensor_bytes);
        const auto least = static_cast<double>(part.mapping->least_bytes);
        table.add_row({layer, name_of(phase), format_bytes(moved), format_bytes(once), format_bytes(least),
                       fmt::format("{:.2f}", moved / least)});
    });
    return table.render(style);
}

}  // namespace

std::string explain_mapping(const RunReport& report, const TextStyle& style) {
    std::string text = "\nHow each phase is laid on a processing unit of the first accelerator:\n\n";
    text += shapes_table(report, style);
    text += shapes_legend(report.array.pe_array.kind);
    text += "\nPasses of a tile, and what the cycles of the units at work go to, in per cent:\n\n";
    text += cycles_table(report, style);
    text +=
        "\n  util: of all PEs. mult: the fullest PE is at work. fill, drain: before and\n"
        "  after a pass. deliv, buf: PEs wait for their networks, these for the banks.\n"
        "  wait: no tile to compute: for memory, or for another unit. bound: the largest\n"
        "  of pe (mult), delivery (fill, deliv, drain), buffer, and memory (wait).\n";
    if (report.array.vector_unit.exists()) {
        text += "  vec: a vector unit's lanes are at work, which bounds where it is the largest.\n";
    }
    text += "\nBytes between the memories and the buffers of all accelerators:\n\n";
    text += traffic_table(report, style);
    text +=
        "\n  once: each tensor once on each accelerator with a share of it. bound: that, or\n"
        "  what buffers of this size must move, if more: docs/models/accelerator.md.\n";
    return text;
}

nlohmann::ordered_json mapping_json(const PhaseReport& phase) {
    if (!is_mapped(phase)) return nullptr;
    const MappingReport& mapping = *phase.mapping;
    return {{"dataflow", name_of(mapping.pass.dataflow)},
            {"n", mapping.samples},
            {"m", mapping.made},
            {"e", mapping.pass.e},
            {"p", mapping.pass.p},
            {"q", mapping.pass.q},
            {"r", mapping.pass.r},
            {"t", mapping.pass.t},
            {"i", mapping.pass.i},
            {"k", mapping.pass.k},
            {"passes", mapping.passes},
            {"tiles", mapping.tiles},
            {"buffer_bytes", mapping.buffer_bytes},
            {"units", mapping.units},
            {"tensor_bytes", mapping.tensor_bytes},
            {"least_bytes", mapping.least_bytes},
            {"bound", name_of(phase.bound())}};
}

nlohmann::ordered_json spent_json(const ArrayCycles& spent, Cycles waiting, const ArraySpec& array) {
    nlohmann::ordered_json json = {{"multiply", spent.multiply},
                                   {"fill", spent.fill},
                                   {"delivery", spent.delivery},
                                   {"buffer", spent.buffer},
                                   {"drain", spent.drain}};
    if (array.vector_unit.exists()) json["vector"] = spent.vector;
    json["waiting"] = waiting;
    return json;
}

nlohmann::ordered_json unit_cycles_json(const PhaseReport& phase, const ArraySpec& array) {
    if (phase.unit_cycles == 0) return nullptr;
    nlohmann::ordered_json json = {{"total", phase.unit_cycles}};
    json.update(spent_json(phase.counts.unit_cycles, phase.waiting_cycles(), array));
    return json;
}

}  // namespace hypar
