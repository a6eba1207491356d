#include "report/energy.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arch/kernel/event_prices.h"
#include "base/checked.h"
#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

constexpr double kJoulesPerPicojoule = 1e-12;
constexpr double kPicojoulesPerMicrowattPicosecond = 1e-6;

/// Directions of all wires, also of those that no packet takes.
std::uint64_t link_count(const Topology& topology) {
    std::uint64_t count = 0;
    for (const LinkSpec& link : topology.graph().links()) count = checked_add(count, link.members);
    for (const LinkSpec& link : topology.graph().idle_links()) count = checked_add(count, link.members);
    return count;
}

std::vector<EnergyEntry> entries_in(const RunReport& report, const EventCounts& counts, Cycles cycles) {
    const EnergyTable table = report.array.prices();
    std::vector<EnergyEntry> entries = energy_entries(counts, table);
    const auto add_static = [&](const char* component, std::uint64_t number, std::uint64_t microwatts) {
        const double picojoules = static_cast<double>(microwatts) * static_cast<double>(report.array.clock.period) *
                                  kPicojoulesPerMicrowattPicosecond;
        entries.push_back({component, checked_multiply(number, cycles), "cycles", picojoules});
    };
    if (table.accelerator_microwatts > 0) {
        add_static("accelerator_static", report.array.accelerators, table.accelerator_microwatts);
    }
    if (table.link_microwatts > 0) add_static("link_static", link_count(report.topology), table.link_microwatts);
    return entries;
}

double share_of(double part, double whole) { return whole == 0 ? 0 : part / whole; }

/// Components that stand together in one column of the table by layer.
struct EnergyGroup {
    const char* name;
    std::array<std::string_view, 3> components;
};
constexpr EnergyGroup kEnergyGroups[] = {{"ops", {"multiply_accumulate", "reduction", "vector"}},
                                         {"regs", {"register_file", "array"}},
                                         {"buf", {"buffer"}},
                                         {"mem", {"dram", "tsv"}},
                                         {"link", {"link", "priced_link"}},
                                         {"rout", {"router"}},
                                         {"stat", {"accelerator_static", "link_static"}}};

double joules_of(const EnergyGroup& group, const std::vector<EnergyEntry>& entries) {
    double joules = 0;
    for (const EnergyEntry& entry : entries) {
        const bool is_in =
            std::find(group.components.begin(), group.components.end(), entry.component) != group.components.end();
        if (is_in) joules += entry.joules();
    }
    return joules;
}

TextTable::Row layer_energy_row(const std::string& layer, const std::string& phase,
                                const std::vector<EnergyEntry>& entries, double total) {
    const double joules = total_joules(entries);
    TextTable::Row row{layer, phase, format_joules(joules), format_percent(share_of(joules, total))};
    for (const EnergyGroup& group : kEnergyGroups) {
        row.emplace_back(fmt::format("{:.0f}", 100 * share_of(joules_of(group, entries), joules)));
    }
    return row;
}

std::string layer_energy_table(const RunReport& report, const TextStyle& style) {
    std::vector<TextTable::Column> columns = {"layer", left("phase"), "joules", "of all"};
    for (const EnergyGroup& group : kEnergyGroups) columns.emplace_back(group.name);
    TextTable table(columns);
    const std::vector<EnergyEntry> whole = energy_entries(report);
    const double total = total_joules(whole);
    for (const LayerReport& layer : report.layers) {
        bool is_first = true;
        for (const Phase phase : kPhases) {
            const std::vector<EnergyEntry> entries =
                energy_entries(report, layer.phases[static_cast<std::size_t>(phase)]);
            if (total_joules(entries) == 0) continue;
            table.add_row(layer_energy_row(is_first ? layer.name : "", name_of(phase), entries, total));
            is_first = false;
        }
    }
    table.add_rule();
    if (report.idle_cycles() > 0) {
        table.add_row(layer_energy_row("idle", "", entries_in(report, {}, report.idle_cycles()), total));
    }
    table.add_row(layer_energy_row("all", "", whole, total));
    return table.render(style);
}

}  // namespace

double EnergyEntry::joules() const { return static_cast<double>(count) * picojoules * kJoulesPerPicojoule; }

std::vector<EnergyEntry> energy_entries(const EventCounts& counts, const EnergyTable& table) {
    const EventPrices prices(table);
    std::vector<EnergyEntry> entries = {
        {"multiply_accumulate", counts.macs, "operations", prices.multiply_accumulate},
        {"reduction", counts.adds, "additions", prices.addition},
        {"register_file", counts.register_bytes, "bytes", prices.register_byte},
        {"array", counts.array_bytes, "bytes", prices.array_byte},
        {"buffer", counts.buffer_bytes, "bytes", prices.buffer_byte},
        {"tsv", counts.dram_bytes, "bytes", prices.tsv_byte},
        {"dram", counts.dram_bytes, "bytes", prices.dram_byte},
        {"link", counts.link_bytes, "bytes", prices.link_byte}};
    if (counts.priced_link_femtojoules > 0) {
        entries.push_back({"priced_link", counts.priced_link_femtojoules, "femtojoules", 0.001});
    }
    if (counts.vector_operations > 0) {
        entries.push_back({"vector", counts.vector_operations, "operations", prices.vector_operation});
    }
    if (prices.router_flit > 0) {
        entries.push_back({"router", counts.router_flits(), "flits", prices.router_flit});
    }
    return entries;
}

std::vector<EnergyEntry> energy_entries(const RunReport& report) {
    return entries_in(report, report.counts(), report.cycles());
}

std::vector<EnergyEntry> energy_entries(const RunReport& report, const PhaseReport& phase) {
    return entries_in(report, phase.counts, phase.cycles());
}

double total_joules(const std::vector<EnergyEntry>& entries) {
    double sum = 0;
    for (const EnergyEntry& entry : entries) sum += entry.joules();
    return sum;
}

double energy_delay_product(const RunReport& report) {
    return total_joules(energy_entries(report)) * seconds_of(report, report.cycles());
}

std::string energy_table(const RunReport& report, const TextStyle& style) {
    const std::vector<EnergyEntry> entries = energy_entries(report);
    const double total = total_joules(entries);
    TextTable table({"energy", "joules", "share", where_room("count"), where_room(left("of"))});
    for (const EnergyEntry& entry : entries) {
        table.add_row({entry.component, format_joules(entry.joules()),
                       format_percent(share_of(entry.joules(), total)), format_count(entry.count), entry.unit});
    }
    table.add_rule();
    table.add_row({"total", format_joules(total), "", "", ""});
    return table.render(style);
}

nlohmann::ordered_json energy_json(const RunReport& report) {
    const std::vector<EnergyEntry> entries = energy_entries(report);
    nlohmann::ordered_json json;
    json["total"] = total_joules(entries);
    for (const EnergyEntry& entry : entries) json[entry.component] = entry.joules();
    return json;
}

nlohmann::ordered_json energy_components_json(const RunReport& report, const PhaseReport& phase) {
    auto json = nlohmann::ordered_json::object();
    for (const EnergyEntry& entry : energy_entries(report, phase)) {
        if (entry.joules() > 0) json[entry.component] = entry.joules();
    }
    return json;
}

std::string explain_energy(const RunReport& report, const TextStyle& style) {
    std::string text = "\nEnergy, as counts times the array's table:\n\n";
    const std::vector<EnergyEntry> entries = energy_entries(report);
    const double total = total_joules(entries);
    TextTable table({"component", "count", left("of"), "price", "joules", where_room("share")});
    for (const EnergyEntry& entry : entries) {
        table.add_row({entry.component, format_count(entry.count), entry.unit,
                       fmt::format("{:.4g} pJ", entry.picojoules), format_joules(entry.joules()),
                       format_percent(share_of(entry.joules(), total))});
    }
    text += table.render(style);
    text +=
        "\n  The array's file gives the source of each price; memory and register prices\n  are of 32 bits there.\n";
    if (report.array.energy.precision && !(*report.array.energy.precision == report.array.precision)) {
        text += fmt::format("  Operations are priced for {}, scaled from the table's {}.\n",
                            report.array.precision.name, report.array.energy.precision->name);
    }
    text += "\nWhere the joules go, and in per cent of each row what takes them:\n\n";
    text += layer_energy_table(report, style);
    text +=
        "\n  ops: multiply-accumulates, reductions, vector units. regs: registers and words\n"
        "  received by processing elements. buf: global buffers. mem: memories, their\n"
        "  tsv. rout: routers. stat: static power in the cycles that each row takes.\n";
    return text;
}

}  // namespace hypar
