#include "report/run_render.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arch/array/flow_limits.h"
#include "report/collective_render.h"
#include "report/energy.h"
#include "report/exchange_render.h"
#include "report/explain.h"
#include "report/format.h"
#include "report/kind_render.h"
#include "report/link_render.h"
#include "report/overlap_render.h"
#include "report/path_render.h"
#include "report/placement.h"
#include "report/plan_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

std::vector<std::string> layer_names(const RunReport& report) {
    std::vector<std::string> names;
    for (const LayerReport& layer : report.layers) names.push_back(layer.name);
    return names;
}

/// Of the lanes of all vector units while the phase is computed.
double vector_utilisation(const RunReport& report, const PhaseReport& phase) {
    if (phase.compute_cycles == 0) return 0;
    const double lanes =
        static_cast<double>(report.array.accelerators) * static_cast<double>(report.array.vector_unit.lanes);
    return static_cast<double>(phase.counts.vector_operations) / (lanes * static_cast<double>(phase.compute_cycles));
}

double joules_of(const RunReport& report, const PhaseReport& phase) {
    return total_joules(energy_entries(report, phase));
}

std::string heading(const RunReport& report, const TextStyle& style) {
    const std::string title =
        fmt::format("{} on {}, {} accelerator{}, {}, {} plan, batch {}", report.network, report.array.name,
                    report.array.accelerators, report.array.accelerators == 1 ? "" : "s",
                    name_of(report.array.interconnect.topology.kind), report.strategy, report.batch);
    std::string text = style.paint(Tone::Heading, wrapped("", title, style)) + "\n";
    text += step_times(report);
    text += fmt::format("  traffic        {:>9}   {} bytes\n",
                        format_bytes(static_cast<double>(report.traffic_bytes)), format_count(report.traffic_bytes));
    text += fmt::format("  memory         {:>9}   of {} in the fullest accelerator{}\n",
                        format_bytes(static_cast<double>(report.memory.bytes())),
                        format_bytes(static_cast<double>(report.array.memory.capacity_bytes)),
                        report.memory.bytes() > report.array.memory.capacity_bytes
                            ? ": " + style.paint(Tone::Warning, "DOES NOT FIT")
                            : "");
    text += fmt::format("  energy         {:>9}\n", format_joules(total_joules(energy_entries(report))));
    return text + kinds_text(report) + "\n";
}

std::vector<TextTable::Column> layer_columns(const RunReport& report) {
    std::vector<TextTable::Column> columns = {"layer",   left("phase"), where_room("cycles"),
                                              "compute", left("bound"), report.overlap ? "exposed" : "exchange",
                                              "util"};
    if (report.array.vector_unit.exists()) columns.emplace_back("vector");
    columns.insert(columns.end(), {where_room("PEs"), where_room("macs"), "dram", where_room("sent"), "energy"});
    return columns;
}

TextTable::Row layer_row(const RunReport& report, const std::string& layer, Phase phase, const PhaseReport& part) {
    const bool is_mapped = part.mapping && part.mapping->units > 0;
    TextTable::Row row = {layer,
                          name_of(phase),
                          format_count(part.cycles()),
                          format_seconds(seconds_of(report, part.compute_cycles)),
                          part.unit_cycles > 0 ? name_of(part.bound()) : "-",
                          format_seconds(seconds_of(report, part.communication_cycles)),
                          phase == Phase::Update ? "-" : format_percent(utilisation(report, part))};
    if (report.array.vector_unit.exists()) row.emplace_back(format_percent(vector_utilisation(report, part)));
    row.insert(row.end(),
               {is_mapped ? format_count(part.mapping->active_pes) : "-", format_count(part.counts.macs),
                format_bytes(static_cast<double>(part.counts.dram_bytes)),
                format_bytes(static_cast<double>(part.counts.sent_bytes)), format_joules(joules_of(report, part))});
    return row;
}

std::string layer_table(const RunReport& report, const TextStyle& style) {
    TextTable table(layer_columns(report));
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const PhaseReport& part = layer.phases[static_cast<std::size_t>(phase)];
            if (part.cycles() == 0) continue;
            table.add_row(layer_row(report, is_first ? layer.name : "", phase, part));
            is_first = false;
        }
    }
    return table.render(style);
}

nlohmann::ordered_json phase_json(const RunReport& report, const PhaseReport& phase) {
    nlohmann::ordered_json json;
    json["cycles"] = phase.cycles();
    json["compute_cycles"] = phase.compute_cycles;
    json["compute_seconds"] = seconds_of(report, phase.compute_cycles);
    json["processing_seconds"] = seconds_of(report, phase.processing_cycles());
    json["communication_cycles"] = phase.communication_cycles;
    if (report.overlap) json["exposed_seconds"] = seconds_of(report, phase.communication_cycles);
    json["exchange"] = exchange_json(phase.exchange);
    json["macs"] = phase.counts.macs;
    json["active_pes"] = phase.mapping ? phase.mapping->active_pes : 0;
    json["utilisation"] = utilisation(report, phase);
    if (report.array.vector_unit.exists()) {
        json["vector_operations"] = phase.counts.vector_operations;
        json["vector_utilisation"] = vector_utilisation(report, phase);
    }
    json["mapping"] = mapping_json(phase);
    json["unit_cycles"] = unit_cycles_json(phase, report.array);
    json["adds"] = phase.counts.adds;
    json["register_bytes"] = phase.counts.register_bytes;
    json["array_bytes"] = phase.counts.array_bytes;
    json["buffer_bytes"] = phase.counts.buffer_bytes;
    json["dram_bytes"] = phase.counts.dram_bytes;
    json["link_bytes"] = phase.counts.link_bytes;
    json["router_flits"] = phase.counts.router_flits();
    json["sent_bytes"] = phase.counts.sent_bytes;
    json["energy_joules"] = joules_of(report, phase);
    json["energy_components"] = energy_components_json(report, phase);
    return json;
}

nlohmann::ordered_json layers_json(const RunReport& report) {
    auto json = nlohmann::ordered_json::array();
    for (const LayerReport& layer : report.layers) {
        nlohmann::ordered_json phases;
        for (const Phase phase : kPhases) {
            phases[name_of(phase)] = phase_json(report, layer.phases[static_cast<std::size_t>(phase)]);
        }
        json.push_back({{"name", layer.name}, {"phases", phases}});
    }
    return json;
}

nlohmann::ordered_json memory_json(const RunReport& report) {
    auto regions = nlohmann::ordered_json::array();
    for (const MemoryRegion& region : report.memory.regions) {
        regions.push_back({{"layer", report.layers[region.layer].name},
                           {"tensor", name_of(region.tensor)},
                           {"address", region.address},
                           {"bytes", region.bytes}});
    }
    return {{"needed_bytes", report.memory.bytes()},
            {"capacity_bytes", report.array.memory.capacity_bytes},
            {"peak_in_use_bytes", peak_in_use(report.memory_use)},
            {"accelerator", report.memory.accelerator},
            {"regions", regions},
            {"over_step", over_step_json(report)}};
}

/// What rooflines are drawn from.
nlohmann::ordered_json hardware_json(const RunReport& report) {
    const ArraySpec& array = report.array;
    const auto accelerators = static_cast<double>(array.accelerators);
    const double vaults = static_cast<double>(array.memory.vaults);
    nlohmann::ordered_json json = {
        {"accelerators", array.accelerators},
        {"processing_units", array.processing_units},
        {"pes", array.pe_array.size()},
        {"peak_macs_per_second", peak_macs_per_second(report)},
        {"memory_bytes_per_second",
         accelerators * vaults * static_cast<double>(array.memory.vault_bits_per_second) / 8}};
    if (array.vector_unit.exists()) json["vector_lanes"] = array.vector_unit.lanes;
    if (!report.kinds.empty()) json["kinds"] = kinds_json(report);
    return json;
}

nlohmann::ordered_json simulation_json(const SimulationReport& simulation) {
    const ReplayUse& use = simulation.use;
    return {{"wall_seconds", simulation.wall_seconds},
            {"events", use.events},
            {"fidelity", name_of(simulation.fidelity)},
            {"pieces", use.pieces},
            {"distinct_pieces", use.distinct_pieces},
            {"simulated_pieces", use.simulated_pieces},
            {"simulated_cycles", use.simulated_cycles},
            {"skipped_cycles", use.skipped_cycles},
            {"jumps", use.jumps},
            {"without_state", use.without_state}};
}

}  // namespace

double to_seconds(Picoseconds time) { return static_cast<double>(time) / static_cast<double>(kPicosecondsPerSecond); }

double seconds_of(const RunReport& report, Cycles cycles) { return to_seconds(report.array.clock.duration(cycles)); }

double peak_macs_per_second(const RunReport& report) {
    return static_cast<double>(report.array.processing_elements()) / seconds_of(report, 1);
}

double utilisation(const RunReport& report, const PhaseReport& phase) {
    if (phase.compute_cycles == 0) return 0;
    const auto pes = static_cast<double>(report.array.processing_elements());
    return static_cast<double>(phase.counts.macs) / (pes * static_cast<double>(phase.compute_cycles));
}

std::vector<std::string> run_notes(const RunReport& report) {
    std::vector<std::string> notes = {
        "refresh takes its share of the vaults' data buses evenly, not all banks at once every tREFI; streams have "
        "rows of their own instead of addresses",
    };
    const MemorySpec& memory = report.array.memory;
    if (memory.scheduler != VaultScheduler::InOrder) {
        notes.push_back(
            fmt::format("vaults serve by {}: of the {} oldest accesses of each those first whose row is open",
                        name_in(kVaultSchedulers, memory.scheduler), memory.window));
    }
    if (!report.kinds.empty() && report.plan.division().shares().empty()) {
        notes.emplace_back("accelerators of all kinds have even shares of the work");
    }
    if (!report.links.empty()) {
        notes.emplace_back(
            "energy counts this model's own accesses to registers, buffers and memories; the paper's figures show "
            "four "
            "memory accesses for each word communicated and hardly any others");
    }
    if (report.layers.front().phases[static_cast<std::size_t>(Phase::Backward)].cycles() > 0) {
        notes.emplace_back(
            "the first layer's backward phase is computed like every other, although nothing needs its result");
    }
    if (report.untimed_layers > 0) {
        notes.push_back(
            fmt::format("{} layers without multiplications take no time and no energy: the array has no vector_unit; "
                        "what they keep "
                        "and what moves between them counts",
                        report.untimed_layers));
    }
    if (report.memory.bytes() > report.array.memory.capacity_bytes) {
        notes.emplace_back("the plan does not fit into the memories; it was run as if they were large enough");
    }
    if (report.plan_was_cut) {
        notes.emplace_back("the plan is the best that was found, there are too many to look at all of them");
    }
    if (report.overlap) {
        for (std::string& note : overlap_notes(report)) notes.push_back(std::move(note));
    }
    if (report.links.empty()) return notes;
    if (report.array.energy.link_bit == 0) notes.emplace_back("the array's table gives links no energy");
    for (std::string& note : notes_on_feeding(report.array, report.topology)) notes.push_back(std::move(note));
    for (std::string& note : report.topology.family().notes(report.topology, report.array.interconnect)) {
        notes.push_back(std::move(note));
    }
    return notes;
}

std::string partial_note(const RunReport& report) {
    return fmt::format("the first {} of the step's {} segments (phases of layers, levels of exchanges)",
                       report.segments_done(), report.segments);
}

std::string run_text(const RunReport& report, const TextStyle& style) {
    std::string text;
    if (report.is_partial()) {
        text += style.paint(Tone::Warning, "PARTIAL:") + fmt::format(" {}\n\n", partial_note(report));
    }
    text += heading(report, style);
    if (report.plan.levels() > 0) text += plan_grid(report.plan, layer_names(report), style) + "\n";
    for (const std::string& section :
         {layer_table(report, style), accelerator_table(report, style), exchange_table(report, style),
          collective_table(report, style), energy_table(report, style), link_table(report, style),
          placement_text(report.topology, style)}) {
        if (!section.empty()) text += section + "\n";
    }
    for (const std::string& note : run_notes(report)) text += wrapped_note(note, style);
    return text;
}

std::string run_json(const RunReport& report, const std::vector<CellAlternative>& alternatives) {
    nlohmann::ordered_json json;
    if (report.is_partial()) {
        json["partial"] = {{"segments_done", report.segments_done()}, {"segments", report.segments}};
    }
    json["network"] = report.network;
    json["array"] = report.array.name;
    json["topology"] = name_of(report.array.interconnect.topology.kind);
    json["strategy"] = report.strategy;
    json["batch"] = report.batch;
    json["levels"] = report.plan.division().sizes();
    json["plan"] = report.plan.to_strings();
    json["precision"] = report.array.precision.name;
    json["clock_picoseconds"] = report.array.clock.period;
    json["step"] = {{"cycles", report.cycles()},
                    {"seconds", seconds_of(report, report.cycles())},
                    {"compute_seconds", seconds_of(report, report.compute_cycles())},
                    {"communication_seconds", seconds_of(report, report.communication_cycles())},
                    {"communication_bound_seconds", to_seconds(report.communication_bound())}};
    if (report.overlap) {
        json["step"]["exposed_communication_seconds"] = seconds_of(report, report.communication_cycles());
        json["step"]["idle_seconds"] = seconds_of(report, report.idle_cycles());
        json["step"]["bound_seconds"] = to_seconds(report.bound());
        json["overlap"] = overlap_json(report);
    }
    json["hardware"] = hardware_json(report);
    json["traffic_bytes"] = report.traffic_bytes;
    json["memory"] = memory_json(report);
    json["buffer"] = {{"peak_bytes", report.peak_buffer_bytes},
                      {"capacity_bytes", report.array.buffer.capacity_bytes}};
    json["energy_joules"] = energy_json(report);
    json["energy_delay_product"] = energy_delay_product(report);
    json["layers"] = layers_json(report);
    json["collectives"] = collectives_json(report);
    json["accelerators"] = nlohmann::ordered_json::array();
    for (const InterfaceUse& use : report.accelerators) {
        json["accelerators"].push_back({{"sent_bytes", use.sent_bytes}, {"received_bytes", use.received_bytes}});
    }
    json["placement"] = placement_json(report.topology);
    json["nodes"] = nodes_json(report.topology);
    json["links"] = links_json(report);
    json["timeline"] = timeline_json(report);
    if (report.critical_path) json["critical_path"] = critical_path_json(report);
    if (!alternatives.empty()) json["alternatives"] = alternatives_json(layer_names(report), alternatives);
    json["notes"] = run_notes(report);
    json["simulation"] = simulation_json(report.simulation);
    return json.dump(2) + "\n";
}

}  // namespace hypar
