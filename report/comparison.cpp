#include "report/comparison.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"
#include "sim/analysis/resource.h"

namespace hypar {
namespace {

std::size_t baseline_of(const ComparisonRow& row, const Comparison& comparison) {
    const std::vector<ComparisonRow>& rows = comparison.rows;
    const auto is_peer = [&](const ComparisonRow& other) {
        return other.argument == row.argument && other.network == row.network;
    };
    const auto wanted = std::find_if(rows.begin(), rows.end(), [&](const auto& other) {
        return is_peer(other) && other.strategy == comparison.strategy;
    });
    const auto baseline = wanted != rows.end() ? wanted : std::find_if(rows.begin(), rows.end(), is_peer);
    return static_cast<std::size_t>(baseline - rows.begin());
}

double ratio(double a, double b) { return b == 0 ? 1 : a / b; }

/// The experiment, with its network where that has another name.
std::string label(const ComparisonRow& row) {
    return row.experiment == row.network ? row.network : row.experiment + " " + row.network;
}

/// The rows with the first one of each topology.
std::vector<const ComparisonRow*> topologies_of(const std::vector<ComparisonRow>& rows) {
    const auto what = [](const ComparisonRow& row) {
        const Wiring& wiring = row.wiring;
        return std::tie(row.topology, row.accelerators, wiring.total, wiring.link.least, wiring.link.most,
                        wiring.into_accelerator.least, wiring.into_accelerator.most);
    };
    std::vector<const ComparisonRow*> topologies;
    for (const ComparisonRow& row : rows) {
        const auto is_it = [&](const ComparisonRow* other) { return what(*other) == what(row); };
        if (std::none_of(topologies.begin(), topologies.end(), is_it)) topologies.push_back(&row);
    }
    return topologies;
}

/// "total_bandwidth ...; htree has 4 times the wire of torus"; empty if all rows have the same topology.
std::string held_equal(const std::vector<ComparisonRow>& rows) {
    const std::vector<const ComparisonRow*> topologies = topologies_of(rows);
    if (topologies.size() < 2) return {};
    std::vector<BandwidthRule> rules;
    rules.reserve(topologies.size());
    for (const ComparisonRow* row : topologies) rules.push_back(row->bandwidth_rule);
    const auto [first, last] = std::minmax_element(topologies.begin(), topologies.end(),
                                                   [](auto a, auto b) { return a->wiring.total < b->wiring.total; });
    const ComparisonRow& least = **first;
    const ComparisonRow& most = **last;
    const auto name = [&](const ComparisonRow& row) {
        return least.accelerators == most.accelerators ? row.topology
                                                       : fmt::format("{} of {}", row.topology, row.accelerators);
    };
    const bool is_same = std::all_of(rules.begin(), rules.end(), [&](const BandwidthRule& rule) {
        return rule.bits_per_second == rules.front().bits_per_second;
    });
    const std::string text = is_same ? held_equal(rules) : "nothing: the bandwidths that are given differ";
    const double times = ratio(static_cast<double>(most.wiring.total), static_cast<double>(least.wiring.total));
    if (times < 1.005) return text + "; all have the same wire";  // but for whole bits a second of each link
    return text + fmt::format("; {} has {:.3g} times the wire of {}", name(most), times, name(least));
}

std::string bandwidths(const Wiring::Range& range) {
    const std::string least = format_bandwidth(static_cast<double>(range.least));
    const std::string most = format_bandwidth(static_cast<double>(range.most));
    return range.least == range.most ? least : fmt::format("{} to {}", least, most);
}

/// Empty if all rows have the same topology.
std::string topology_table(const std::vector<ComparisonRow>& rows, const TextStyle& style) {
    const std::vector<const ComparisonRow*> topologies = topologies_of(rows);
    if (topologies.size() < 2) return {};
    TextTable table({"topology", "accel.", "total wire", "a link", "into an accelerator"});
    for (const ComparisonRow* row : topologies) {
        table.add_row({row->topology, format_count(row->accelerators),
                       format_bandwidth(static_cast<double>(row->wiring.total)), bandwidths(row->wiring.link),
                       bandwidths(row->wiring.into_accelerator)});
    }
    return "\n" + table.render(style) + "\n" + wrapped("  held equal: ", held_equal(rows), style);
}

nlohmann::ordered_json energy_json(const ComparisonRow& row) {
    nlohmann::ordered_json json;
    for (const EnergyEntry& entry : row.energy) json[entry.component] = entry.joules();
    return json;
}

nlohmann::ordered_json estimate_json(const ComparisonRow& row) {
    return {{"compute_seconds", row.estimate.compute_seconds},
            {"communication_seconds", row.estimate.communication_seconds},
            {"seconds", row.estimate.seconds()},
            {"over_step", row.estimate_over_step()}};
}

/// The runs that were refused; empty if there are none.
std::string refused_text(const Comparison& comparison, const TextStyle& style) {
    std::string text;
    for (const RefusedRun& run : comparison.refused) {
        text += (text.empty() ? "\n" : "") +
                wrapped("  refused: ",
                        fmt::format("{}, {}, {}: {}", run.network, run.topology, run.strategy, run.problem), style);
    }
    return text;
}

/// What takes no time is left out.
nlohmann::ordered_json layers_json(const ComparisonRow& row) {
    auto json = nlohmann::ordered_json::array();
    for (const LayerReport& layer : row.layers) {
        auto phases = nlohmann::ordered_json::object();
        for (const Phase phase : kPhases) {
            const PhaseReport& part = layer.phases[static_cast<std::size_t>(phase)];
            if (part.compute_cycles > 0) phases[name_of(phase)]["compute_cycles"] = part.compute_cycles;
            for (const FlowResource& cause : flow_resources()) {
                const Cycles cycles = part.exchange.*cause.spent;
                if (cycles > 0) phases[name_of(phase)][fmt::format("{}_cycles", name_of(cause.bound))] = cycles;
            }
        }
        json.push_back({{"name", layer.name}, {"phases", phases}});
    }
    return json;
}

/// Estimates stand in the place of traffic and energy, for which there may be no room then.
TextTable table_of(const Comparison& comparison) {
    const bool has_estimates = comparison.has_estimates;
    const auto unless_estimated = [&](const char* name) { return has_estimates ? where_room(name) : name; };
    std::vector<TextTable::Column> columns = {"network", left("topology"), left("strategy"), where_room("accel."),
                                              "step"};
    if (has_estimates) columns.insert(columns.end(), {"estimate", "est./step"});
    columns.insert(columns.end(), {"compute", where_room("exchange"), where_room("bound"),
                                   unless_estimated("traffic"), unless_estimated("energy"), where_room("EDP"),
                                   "perf.", unless_estimated("eff."), where_room("batch"), where_room("cycles")});
    return TextTable(columns);
}

TextTable::Row cells_of(const ComparisonRow& row, bool has_estimates) {
    TextTable::Row cells = {label(row), row.topology, row.strategy, format_count(row.accelerators),
                            format_seconds(row.seconds)};
    if (has_estimates) {
        cells.emplace_back(format_seconds(row.estimate.seconds()));
        cells.emplace_back(fmt::format("{:.3f}", row.estimate_over_step()));
    }
    for (const std::string& text :
         {format_seconds(row.compute_seconds), format_seconds(row.communication_seconds),
          format_seconds(row.communication_bound_seconds), format_bytes(static_cast<double>(row.traffic_bytes)),
          format_joules(row.energy_joules), format_joule_seconds(row.energy_delay_product),
          fmt::format("{:.3f}", row.speedup), fmt::format("{:.3f}", row.energy_efficiency), format_count(row.batch),
          format_count(row.cycles)}) {
        cells.emplace_back(text);
    }
    return cells;
}

std::string estimate_note(const TextStyle& style) {
    return wrapped(
        "  ",
        fmt::format("estimate: multiply-accumulates at {:.0f} % of the peak, plus each accelerator's share "
                    "of the traffic over all its links",
                    100 * kEstimatedUtilisation),
        style);
}

}  // namespace

BandwidthRule::BandwidthRule(const InterconnectSpec& spec)
    : bits_per_second(spec.bits_per_second), is_per_link(spec.is_per_link), total_scope(spec.total_scope) {
    const std::vector<EdgeSpec>& edges = spec.topology.edges;
    has_own = std::any_of(edges.begin(), edges.end(), [](const EdgeSpec& edge) { return edge.bits_per_second; });
}

std::string held_equal(const std::vector<BandwidthRule>& rules) {
    std::set<std::string> words;
    bool has_own = false;
    for (const BandwidthRule& rule : rules) {
        has_own = has_own || rule.has_own;
        words.insert(rule.is_per_link ? "link_bandwidth, of each link, in a tree of those at "
                                        "the accelerators"
                     : rule.total_scope == BandwidthScope::All ? "total_bandwidth, over all wires"
                                                               : "total_bandwidth, over all wires, in a tree over "
                                                                 "those of each level");
    }
    const std::string text =
        words.size() == 1 ? *words.begin() : fmt::format("nothing: some have {}", fmt::join(words, ", others "));
    return text + (has_own ? ", but for links of a graph that have a bandwidth of their own" : "");
}

ComparisonRow comparison_row(std::size_t argument, const std::string& experiment, const RunReport& report) {
    ComparisonRow row;
    row.argument = argument;
    row.experiment = experiment;
    row.network = report.network;
    row.array = report.array.name;
    row.topology = name_of(report.array.interconnect.topology.kind);
    row.strategy = report.strategy;
    row.accelerators = report.array.accelerators;
    row.batch = report.batch;
    row.bandwidth_rule = BandwidthRule(report.array.interconnect);
    row.wiring = report.topology.wiring();
    row.plan = report.plan.to_strings();
    row.cycles = report.cycles();
    row.seconds = seconds_of(report, report.cycles());
    row.compute_seconds = seconds_of(report, report.compute_cycles());
    row.communication_seconds = seconds_of(report, report.communication_cycles());
    row.communication_bound_seconds = to_seconds(report.communication_bound());
    row.idle_seconds = seconds_of(report, report.idle_cycles());
    row.bound_seconds = to_seconds(report.bound());
    row.traffic_bytes = report.traffic_bytes;
    row.clock = report.array.clock;
    row.energy = energy_entries(report);
    row.energy_joules = total_joules(row.energy);
    row.energy_delay_product = energy_delay_product(report);
    row.layers = report.layers;
    row.estimate = estimate_of(report);
    return row;
}

void relate_to_baseline(Comparison& comparison) {
    for (ComparisonRow& row : comparison.rows) {
        row.baseline = baseline_of(row, comparison);
        const ComparisonRow& baseline = comparison.rows[row.baseline];
        row.speedup = ratio(baseline.seconds, row.seconds);
        row.energy_efficiency = ratio(baseline.energy_joules, row.energy_joules);
    }
}

std::string comparison_text(const Comparison& comparison, const TextStyle& style) {
    const std::vector<ComparisonRow>& rows = comparison.rows;
    TextTable table = table_of(comparison);
    for (std::size_t index = 0; index < rows.size(); ++index) {
        if (index > 0 && label(rows[index - 1]) != label(rows[index])) table.add_rule();
        table.add_row(cells_of(rows[index], comparison.has_estimates));
    }
    std::string partial;
    if (comparison.is_partial()) {
        partial = style.paint(Tone::Warning, "PARTIAL:") +
                  fmt::format(" {} of {} runs\n\n", comparison.done(), comparison.planned);
    }
    return partial + table.render(style) + refused_text(comparison, style) + topology_table(rows, style) + "\n" +
           wrapped("  ",
                   fmt::format("perf.: performance (speedup), eff.: energy efficiency; both against the "
                               "experiment's first row with {}, without one its first row",
                               comparison.strategy == "data" ? "data parallelism" : comparison.strategy),
                   style) +
           (comparison.has_estimates ? estimate_note(style) : "");
}

std::string comparison_json(const Comparison& comparison) {
    const std::vector<ComparisonRow>& rows = comparison.rows;
    nlohmann::ordered_json json;
    if (comparison.is_partial()) {
        json["partial"] = {{"runs_done", comparison.done()}, {"runs", comparison.planned}};
    }
    for (const RefusedRun& run : comparison.refused) {
        json["refused"].push_back({{"experiment", run.experiment},
                                   {"network", run.network},
                                   {"topology", run.topology},
                                   {"strategy", run.strategy},
                                   {"problem", run.problem}});
    }
    const std::string equal = held_equal(rows);
    if (!equal.empty()) json["held_equal"] = equal;
    if (comparison.has_estimates) json["estimated_utilisation"] = kEstimatedUtilisation;
    json["rows"] = nlohmann::ordered_json::array();
    for (const ComparisonRow& row : rows) {
        json["rows"].push_back({{"experiment", row.experiment},
                                {"network", row.network},
                                {"array", row.array},
                                {"topology", row.topology},
                                {"strategy", row.strategy},
                                {"accelerators", row.accelerators},
                                {"batch", row.batch},
                                {"plan", row.plan},
                                {"cycles", row.cycles},
                                {"seconds", row.seconds},
                                {"compute_seconds", row.compute_seconds},
                                {"communication_seconds", row.communication_seconds},
                                {"communication_bound_seconds", row.communication_bound_seconds},
                                {"idle_seconds", row.idle_seconds},
                                {"bound_seconds", row.bound_seconds},
                                {"traffic_bytes", row.traffic_bytes},
                                {"energy_joules", row.energy_joules},
                                {"energy_delay_product", row.energy_delay_product},
                                {"baseline", row.baseline},
                                {"speedup", row.speedup},
                                {"energy_efficiency", row.energy_efficiency},
                                {"wire_bits_per_second", row.wiring.total},
                                {"slowest_link_bits_per_second", row.wiring.link.least},
                                {"fastest_link_bits_per_second", row.wiring.link.most},
                                {"least_accelerator_bits_per_second", row.wiring.into_accelerator.least},
                                {"most_accelerator_bits_per_second", row.wiring.into_accelerator.most},
                                {"clock_picoseconds", row.clock.period},
                                {"energy_components", energy_json(row)},
                                {"layers", layers_json(row)}});
        if (comparison.has_estimates) json["rows"].back()["estimate"] = estimate_json(row);
    }
    return json.dump(2) + "\n";
}

std::string comparison_csv(const Comparison& comparison) {
    std::string text =
        "experiment,network,array,topology,strategy,accelerators,batch,cycles,seconds,compute_seconds,"
        "communication_seconds,communication_bound_seconds,idle_seconds,bound_seconds,traffic_bytes,energy_joules,"
        "energy_delay_product,speedup,"
        "energy_efficiency,"
        "wire_bits_per_second,slowest_link_bits_per_second,fastest_link_bits_per_second,"
        "least_accelerator_bits_per_second,most_accelerator_bits_per_second";
    if (comparison.has_estimates) {
        text += ",estimated_compute_seconds,estimated_communication_seconds,estimated_seconds,estimate_over_step";
    }
    text += "\n";
    for (const ComparisonRow& row : comparison.rows) {
        const Wiring& wiring = row.wiring;
        text += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", csv_text(row.experiment),
            csv_text(row.network), csv_text(row.array), row.topology, csv_text(row.strategy), row.accelerators,
            row.batch, row.cycles, row.seconds, row.compute_seconds, row.communication_seconds,
            row.communication_bound_seconds, row.idle_seconds, row.bound_seconds, row.traffic_bytes,
            row.energy_joules, row.energy_delay_product, row.speedup, row.energy_efficiency, wiring.total,
            wiring.link.least, wiring.link.most, wiring.into_accelerator.least, wiring.into_accelerator.most);
        if (comparison.has_estimates) {
            text += fmt::format(",{},{},{},{}", row.estimate.compute_seconds, row.estimate.communication_seconds,
                                row.estimate.seconds(), row.estimate_over_step());
        }
        text += "\n";
    }
    return text;
}

}  // namespace hypar
