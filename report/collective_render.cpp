#include "report/collective_render.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

/// Collectives that are alike, together.
struct Line {
    CollectiveKind kind;
    LevelSet levels;
    CollectiveAlgorithm algorithm;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    Cycles cycles = 0;
    Picoseconds predicted = 0;
    Picoseconds bound = 0;

    void add(const CollectiveReport& report) {
        ++count;
        bytes = checked_add(bytes, report.collective.bytes);
        cycles = checked_add(cycles, report.cycles);
        predicted = checked_add(predicted, report.collective.predicted);
        bound = checked_add(bound, report.collective.bound);
    }
};

std::vector<Line> lines_of(const RunReport& report) {
    std::vector<Line> lines;
    for (const CollectiveReport& part : report.collectives) {
        const ProgramCollective& collective = part.collective;
        const auto is_alike = [&](const Line& line) {
            return line.kind == collective.kind && line.levels == collective.levels &&
                   line.algorithm == collective.algorithm;
        };
        auto line = std::find_if(lines.begin(), lines.end(), is_alike);
        if (line == lines.end()) {
            line = lines.insert(lines.end(), {collective.kind, collective.levels, collective.algorithm});
        }
        line->add(part);
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.cycles > b.cycles; });
    return lines;
}

double over_bound(double taken, Picoseconds bound) { return bound == 0 ? 0 : taken / to_seconds(bound); }

TextTable::Row row_of(const RunReport& report, const Line& line, const std::string& kind, const std::string& group,
                      const std::string& algorithm) {
    const double taken = seconds_of(report, line.cycles);
    return {kind,
            group,
            algorithm,
            format_count(line.count),
            format_bytes(static_cast<double>(line.bytes)),
            format_seconds(taken),
            format_seconds(to_seconds(line.predicted)),
            format_seconds(to_seconds(line.bound)),
            fmt::format("{:.2f}", over_bound(taken, line.bound))};
}

/// The one that is furthest from its bound, of those that take a hundredth of all or more.
const CollectiveReport* furthest_from_bound(const RunReport& report, Cycles all) {
    const CollectiveReport* furthest = nullptr;
    const auto distance = [&](const CollectiveReport& part) {
        return over_bound(seconds_of(report, part.cycles), part.collective.bound);
    };
    for (const CollectiveReport& part : report.collectives) {
        if (part.cycles < all / 100) continue;
        if (furthest == nullptr || distance(part) > distance(*furthest)) furthest = &part;
    }
    return furthest;
}

}  // namespace

std::string collective_table(const RunReport& report, const TextStyle& style) {
    const std::vector<Line> lines = lines_of(report);
    if (lines.empty()) return {};
    TextTable table({left("collective"), left("levels"), left("algorithm"), where_room("number"), where_room("bytes"),
                     "time", where_room("predicted"), "bound", "x bound"});
    for (const Line& line : lines) {
        table.add_row(
            row_of(report, line, name_of(line.kind), names_of_levels(line.levels), name_of(line.algorithm)));
    }
    Line all{};
    for (const CollectiveReport& part : report.collectives) all.add(part);
    table.add_rule();
    table.add_row(row_of(report, all, "all", "", ""));
    std::string text = table.render(style);
    if (const CollectiveReport* worst = furthest_from_bound(report, all.cycles)) {
        const ProgramCollective& collective = worst->collective;
        const double taken = seconds_of(report, worst->cycles);
        text += wrapped("  furthest from its bound: ",
                        fmt::format("{} {}, {} of the {}, {:.2f} times", report.layers[collective.layer].name,
                                    name_of(collective.phase), name_of(collective.kind), name_of(collective.tensor),
                                    over_bound(taken, collective.bound)),
                        style);
    }
    return text;
}

nlohmann::ordered_json collectives_json(const RunReport& report) {
    auto json = nlohmann::ordered_json::array();
    for (const CollectiveReport& part : report.collectives) {
        const ProgramCollective& collective = part.collective;
        json.push_back({{"layer", report.layers[collective.layer].name},
                        {"phase", name_of(collective.phase)},
                        {"tensor", name_of(collective.tensor)},
                        {"kind", name_of(collective.kind)},
                        {"group", collective.members},
                        {"levels", names_of_levels(collective.levels)},
                        {"algorithm", name_of(collective.algorithm)},
                        {"bytes", collective.bytes},
                        {"seconds", seconds_of(report, part.cycles)},
                        {"predicted_seconds", to_seconds(collective.predicted)},
                        {"bound_seconds", to_seconds(collective.bound)}});
    }
    return json;
}

}  // namespace hypar
