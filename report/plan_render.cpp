#include "report/plan_render.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/text_table.h"

namespace hypar {
namespace {

const char* short_name(Parallelism parallelism) { return entry_of(parallelism).short_name; }

bool is_whole(double bytes) { return bytes == std::floor(bytes) && bytes < 9e15; }

nlohmann::ordered_json objective_json(double bytes) {
    if (is_whole(bytes)) return static_cast<std::uint64_t>(bytes);
    return bytes;
}

nlohmann::ordered_json gap_json(const std::optional<double>& gap) {
    if (!gap) return nullptr;
    return *gap;
}

/// How good the plan is.
std::string certificate(const PlanReport& report, const TextStyle& style) {
    const auto gap = report.gap();
    std::string bound = fmt::format("no plan moves less than {} bytes", format_count(report.bound.bytes));
    if (!report.bound.is_even) bound += ", with what uneven parts may save taken off";
    if (gap) bound += fmt::format("; gap {:.3f}", *gap);
    std::string text = "\n" + wrapped("  bound: ", bound, style);
    if (report.is_best)
        text += wrapped("  proved optimal: ", "no plan with the same splits and given cells moves less", style);
    if (!report.is_best && report.was_cut) {
        text += wrapped("  not proved optimal: ", "there are too many plans to look at all of them", style);
    }
    return text;
}

}  // namespace

TextTable::Cell choice_cell(Parallelism choice) {
    constexpr Tone kTones[kSplitCount] = {Tone::Plain, Tone::Accent, Tone::Cool, Tone::Deep, Tone::Good};
    return {short_name(choice), kTones[static_cast<std::size_t>(choice)]};
}

std::string level_name(std::size_t level) { return fmt::format("H{}", level + 1); }

std::string shape_of(const Plan& plan, std::uint64_t batch) {
    const std::vector<std::uint32_t>& sizes = plan.division().sizes();
    const bool is_halving = std::all_of(sizes.begin(), sizes.end(), [](std::uint32_t size) { return size == 2; });
    return fmt::format("{} accelerator{}{}, batch {}", plan.accelerators(), sizes.empty() ? "" : "s",
                       is_halving ? "" : fmt::format(" ({})", fmt::join(sizes, " x ")), batch);
}

std::string legend(SplitSet splits) {
    std::string text;
    for (const SplitEntry& split : kSplits) {
        if (!contains(splits, split.parallelism)) continue;
        text += fmt::format("  {}: {}\n", split.short_name, split.description);
    }
    return text;
}

std::string format_objective(double bytes) {
    return is_whole(bytes) ? format_count(static_cast<std::uint64_t>(bytes)) : fmt::format("{:.3f}", bytes);
}

std::string plan_grid(const Plan& plan, const std::vector<std::string>& layers, const TextStyle& style) {
    std::vector<TextTable::Column> columns{"layer"};
    for (std::size_t level = 0; level < plan.levels(); ++level) columns.emplace_back(level_name(level));
    TextTable table(columns);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        TextTable::Row row{layers[layer]};
        for (std::size_t level = 0; level < plan.levels(); ++level) row.push_back(choice_cell(plan.at(level, layer)));
        table.add_row(std::move(row));
    }
    return table.render(style);
}

std::string plan_text(const PlanReport& report, const TextStyle& style) {
    const std::string title =
        fmt::format("{}: {} plan for {}", report.network, report.strategy, shape_of(report.plan, report.batch));
    std::string text = style.paint(Tone::Heading, wrapped("", title, style)) + "\n";
    if (report.levels.empty()) return text + "  one accelerator: nothing is shared, nothing is sent\n";
    text += plan_grid(report.plan, report.layers, style);
    text += "\n" + legend(splits_in(report.plan) | report.splits) + "\n";
    TextTable table({"level", "objective bytes", "traffic bytes", "traffic", where_room("share")});
    const double traffic = static_cast<double>(report.traffic_bytes());
    for (std::size_t level = 0; level < report.levels.size(); ++level) {
        const LevelReport& costs = report.levels[level];
        table.add_row({level_name(level), format_objective(costs.objective_bytes), format_count(costs.traffic_bytes),
                       format_bytes(static_cast<double>(costs.traffic_bytes)),
                       format_percent(traffic == 0 ? 0 : static_cast<double>(costs.traffic_bytes) / traffic)});
    }
    table.add_rule();
    table.add_row({"all", format_objective(report.objective_bytes()), format_count(report.traffic_bytes()),
                   format_bytes(traffic), ""});
    text += table.render(style);
    text +=
        "\n" +
        wrapped("  objective: ", "the traffic if all shares were even, or what its strategy's tables count", style);
    text += "  traffic: what the transfers move in one training step\n";
    text += certificate(report, style);
    return text;
}

nlohmann::ordered_json alternatives_json(const std::vector<std::string>& layers,
                                         const std::vector<CellAlternative>& alternatives) {
    auto json = nlohmann::ordered_json::array();
    for (const CellAlternative& cell : alternatives) {
        json.push_back({{"level", level_name(cell.level)},
                        {"layer", layers[cell.layer]},
                        {"chosen", short_name(cell.chosen)},
                        {"other", short_name(cell.other)},
                        {"traffic_bytes", cell.traffic_bytes}});
        if (cell.more_seconds) json.back()["more_seconds"] = *cell.more_seconds;
        if (cell.is_at_pace) json.back()["at_pace"] = true;
    }
    return json;
}

std::string plan_json(const PlanReport& report, const std::vector<CellAlternative>& alternatives) {
    nlohmann::ordered_json json;
    json["network"] = report.network;
    json["batch"] = report.batch;
    json["accelerators"] = report.plan.accelerators();
    json["strategy"] = report.strategy;
    json["plan"] = report.plan.to_strings();
    json["layers"] = report.layers;
    json["objective_bytes"] = objective_json(report.objective_bytes());
    json["traffic_bytes"] = report.traffic_bytes();
    json["bound_bytes"] = report.bound.bytes;
    json["gap"] = gap_json(report.gap());
    json["exact"] = report.is_best;
    json["levels"] = nlohmann::ordered_json::array();
    for (const LevelReport& level : report.levels) {
        json["levels"].push_back({{"size", level.size},
                                  {"objective_bytes", objective_json(level.objective_bytes)},
                                  {"traffic_bytes", level.traffic_bytes}});
    }
    json["layer_bytes"] = nlohmann::ordered_json::array();
    for (std::size_t layer = 0; layer < report.layers.size(); ++layer) {
        const LayerTraffic& bytes = report.layer_traffic[layer];
        json["layer_bytes"].push_back(
            {{"outputs", bytes.outputs}, {"errors", bytes.errors}, {"gradient", bytes.gradient}});
        if (report.moves_weights()) json["layer_bytes"].back()["weights"] = bytes.weights;
        json["layer_bytes"].back()["bound"] = report.bound.layer_bytes[layer];
    }
    if (!alternatives.empty()) json["alternatives"] = alternatives_json(report.layers, alternatives);
    return json.dump(2) + "\n";
}

/// What each layer's tensors move, and the bound of its work.
std::string layers_text(const PlanReport& report, const TextStyle& style) {
    std::vector<TextTable::Column> columns{left("layer"), "outputs", "errors", "gradient"};
    if (report.moves_weights()) columns.emplace_back("weights");
    columns.insert(columns.end(), {"all", "bound"});
    TextTable table(columns);
    for (std::size_t layer = 0; layer < report.layers.size(); ++layer) {
        const LayerTraffic& bytes = report.layer_traffic[layer];
        const auto cell = [](std::uint64_t count) { return format_bytes(static_cast<double>(count)); };
        TextTable::Row row{report.layers[layer], cell(bytes.outputs), cell(bytes.errors), cell(bytes.gradient)};
        if (report.moves_weights()) row.emplace_back(cell(bytes.weights));
        row.insert(row.end(), {cell(bytes.all()), cell(report.bound.layer_bytes[layer])});
        table.add_row(std::move(row));
    }
    return "\n" +
           wrapped(
               "",
               "What each layer moves, its output to those that read it; no plan's layers move less for what they "
               "read, hold and make than their bounds, added up:",
               style) +
           "\n" + table.render(style);
}

std::string explain_plan(const PlanReport& report, const std::vector<CellAlternative>& alternatives,
                         const TextStyle& style) {
    if (alternatives.empty()) return {};
    std::string text = layers_text(report, style);
    text += "\nEach cell's other choices, and what they would change in the whole plan:\n\n";
    TextTable table({"level", left("layer"), "chosen", "other", "traffic", where_room("traffic bytes"), "time"});
    bool has_pace = false;
    std::size_t level = 0;
    for (const CellAlternative& cell : alternatives) {
        if (cell.level != level) table.add_rule();
        level = cell.level;
        const double traffic = static_cast<double>(cell.traffic_bytes) - static_cast<double>(report.traffic_bytes());
        std::string time = cell.more_seconds ? format_change(*cell.more_seconds, format_seconds) : "-";
        if (cell.is_at_pace) time += " ~";
        has_pace |= cell.is_at_pace;
        table.add_row({level_name(cell.level), report.layers[cell.layer], choice_cell(cell.chosen),
                       choice_cell(cell.other), format_change(traffic, format_bytes),
                       format_count(cell.traffic_bytes), time});
    }
    text += table.render(style) + "\n";
    text += wrapped(
        "  time: ", "expected of a step in which nothing overlaps, from the mappings and the busiest links", style);
    if (has_pace) {
        text += wrapped("  ~: ", "no mapping was searched, there are many; as fast as the layer computes in the plan",
                        style);
    }
    return text;
}

}  // namespace hypar
