#include "report/plan_diff.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "partition/search/plan_space.h"
#include "report/energy.h"
#include "report/format.h"
#include "report/plan_render.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

using Json = nlohmann::ordered_json;

void add_cost(Json& json, const std::optional<StepCost>& cost) {
    json["traffic_bytes"] = cost ? Json(cost->traffic_bytes) : Json();
    json["seconds"] = cost ? Json(cost->seconds) : Json();
    json["energy_joules"] = cost ? Json(cost->joules) : Json();
}

Json plan_json_of(const NamedPlan& plan) {
    Json json{{"experiment", plan.reference}, {"strategy", plan.strategy}, {"plan", plan.plan.to_strings()}};
    add_cost(json, plan.cost);
    return json;
}

/// Cells of the columns from "traffic" on: changes from the first plan's step, and the step itself.
void add_cost(TextTable::Row& row, const std::optional<StepCost>& from, const std::optional<StepCost>& cost) {
    if (!from || !cost) {
        row.insert(row.end(), {"-", "-", "-", "-", "-", "-"});
        return;
    }
    const double traffic = static_cast<double>(cost->traffic_bytes);
    row.insert(row.end(), {format_change(traffic - static_cast<double>(from->traffic_bytes), format_bytes),
                           format_change(cost->seconds - from->seconds, format_seconds),
                           format_change(cost->joules - from->joules, format_joules), format_bytes(traffic),
                           format_seconds(cost->seconds), format_joules(cost->joules)});
}

std::string table_of(const PlanDiff& diff, const TextStyle& style) {
    TextTable table({"level", left("layer"), "first", "second", "traffic", "time", "energy",
                     where_room("step's traffic"), where_room("step's time"), where_room("step's energy")});
    for (const CellChange& cell : diff.cells) {
        TextTable::Row row{level_name(cell.level), diff.layers[cell.layer],
                           choice_cell(diff.first.plan.at(cell.level, cell.layer)),
                           choice_cell(diff.second.plan.at(cell.level, cell.layer))};
        add_cost(row, diff.first.cost, cell.cost);
        table.add_row(std::move(row));
    }
    table.add_rule();
    TextTable::Row all{"all", "", "", ""};
    add_cost(all, diff.first.cost, diff.second.cost);
    table.add_row(std::move(all));
    return table.render(style);
}

std::string step_line(const char* which, const NamedPlan& plan, const TextStyle& style) {
    std::string text = fmt::format("{}, {}", plan.reference, plan.strategy);
    if (plan.cost) {
        text += fmt::format(": {}, {}, {}", format_bytes(static_cast<double>(plan.cost->traffic_bytes)),
                            format_seconds(plan.cost->seconds), format_joules(plan.cost->joules));
    }
    return wrapped(fmt::format("  {:<8}", which), text, style);
}

}  // namespace

StepCost cost_of(const RunReport& report) {
    return {report.traffic_bytes, seconds_of(report, report.cycles()), total_joules(energy_entries(report))};
}

std::size_t PlanDiff::runs() const {
    return 2 + static_cast<std::size_t>(
                   std::count_if(cells.begin(), cells.end(), [](const auto& cell) { return cell.problem.empty(); }));
}

std::size_t PlanDiff::runs_done() const {
    return static_cast<std::size_t>(first.cost.has_value()) + static_cast<std::size_t>(second.cost.has_value()) +
           static_cast<std::size_t>(
               std::count_if(cells.begin(), cells.end(), [](const auto& cell) { return cell.cost.has_value(); }));
}

PlanDiff diff_of(const std::string& network, std::uint64_t batch, std::vector<std::string> layers, NamedPlan first,
                 NamedPlan second) {
    PlanDiff diff{network, batch, std::move(layers), std::move(first), std::move(second), {}};
    for (std::size_t level = 0; level < diff.first.plan.levels(); ++level) {
        for (std::size_t layer = 0; layer < diff.layers.size(); ++layer) {
            if (diff.first.plan.at(level, layer) == diff.second.plan.at(level, layer)) continue;
            diff.cells.push_back({level, layer, std::nullopt, {}});
        }
    }
    return diff;
}

std::string plan_diff_text(const PlanDiff& diff, const TextStyle& style) {
    std::string text;
    if (diff.runs_done() < diff.runs()) {
        text +=
            style.paint(Tone::Warning, "PARTIAL:") + fmt::format(" {} of {} runs\n\n", diff.runs_done(), diff.runs());
    }
    const std::size_t cells = diff.first.plan.levels() * diff.layers.size();
    const std::string title = fmt::format("{}: {} of {} cells differ, {}", diff.network, diff.cells.size(), cells,
                                          shape_of(diff.first.plan, diff.batch));
    text += style.paint(Tone::Heading, wrapped("", title, style)) + "\n";
    text += step_line("first", diff.first, style) + step_line("second", diff.second, style);
    if (diff.cells.empty()) return text;
    text += "\n" + table_of(diff, style) + "\n";
    for (const CellChange& cell : diff.cells) {
        if (cell.problem.empty()) continue;
        text += wrapped_note(
            fmt::format("{} alone at {}: {}", diff.layers[cell.layer], level_name(cell.level), cell.problem), style);
    }
    return text + legend(splits_in(diff.first.plan) | splits_in(diff.second.plan)) +
           "\n  Each row: what the first plan's step would change by with the second one's\n"
           "  choice in this cell alone. all: the second plan's step. Cells depend on each\n"
           "  other, so that the rows do not add up to it.\n";
}

std::string plan_diff_json(const PlanDiff& diff) {
    Json json;
    if (diff.runs_done() < diff.runs()) json["partial"] = {{"runs_done", diff.runs_done()}, {"runs", diff.runs()}};
    json["network"] = diff.network;
    json["batch"] = diff.batch;
    json["accelerators"] = diff.first.plan.accelerators();
    json["levels"] = diff.first.plan.division().sizes();
    json["layers"] = diff.layers;
    json["first"] = plan_json_of(diff.first);
    json["second"] = plan_json_of(diff.second);
    json["cells"] = Json::array();
    for (const CellChange& cell : diff.cells) {
        const auto name = [&](const NamedPlan& plan) {
            return entry_of(plan.plan.at(cell.level, cell.layer)).short_name;
        };
        Json entry{{"level", level_name(cell.level)},
                   {"layer", diff.layers[cell.layer]},
                   {"first", name(diff.first)},
                   {"second", name(diff.second)}};
        add_cost(entry, cell.cost);
        if (!cell.problem.empty()) entry["problem"] = cell.problem;
        json["cells"].push_back(std::move(entry));
    }
    return json.dump(2) + "\n";
}

}  // namespace hypar
