#include "report/reproduction/figure_drawing.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/format.h"
#include "report/reproduction/bar_drawing.h"
#include "report/reproduction/choices_render.h"
#include "report/reproduction/svg.h"

namespace hypar {
namespace {

constexpr const char* kOnes = "#0072b2";  // model parallelism, and the most of a map
constexpr const char* kMark = "#d55e00";

// --- Plans as grids ---

constexpr double kSide = 14;
constexpr double kTop = 56;

/// A row for each level, a cell for each layer, filled where it is model parallel.
void draw_plan(Svg& svg, double left, double top, const std::vector<std::string>& plan, Svg::Fill fill) {
    for (std::size_t level = 0; level < plan.size(); ++level) {
        for (std::size_t layer = 0; layer < plan[level].size(); ++layer) {
            const bool is_data = plan[level][layer] == '0';
            svg.rectangle(left + kSide * static_cast<double>(layer), top + kSide * static_cast<double>(level),
                          kSide - 2, kSide - 2, is_data ? "#cccccc" : kOnes, is_data ? Svg::Fill::Outline : fill);
        }
    }
}

std::string plans_svg(const ReproducedFigure& figure) {
    constexpr double kOurs = 130;
    constexpr double kTheirs = 460;
    std::size_t levels = 0;
    for (const ReproducedRow& row : figure.rows) levels += row.plan.size() + 1;
    Svg svg(780, kTop + kSide * static_cast<double>(levels), title_of(figure));
    svg.text(16, 24, title_of(figure), "start", 14);
    svg.text(kOurs, 46, "ours");
    svg.text(kTheirs, 46, "paper");
    double top = kTop;
    for (const ReproducedRow& row : figure.rows) {
        svg.text(kOurs - 10, top + kSide, row.row->value_of("network"), "end");
        draw_plan(svg, kOurs, top, row.plan, Svg::Fill::Solid);
        draw_plan(svg, kTheirs, top, row.row->paper_plan, Svg::Fill::Hatched);
        top += kSide * static_cast<double>(row.plan.size() + 1);
    }
    return svg.finish();
}

// --- All plans as a map ---

/// A colour between white and `kOnes`.
std::string ramp(double share) {
    const auto channel = [&](int most) { return static_cast<int>(255 + share * (most - 255)); };
    return fmt::format("#{:02x}{:02x}{:02x}", channel(0), channel(0x72), channel(0xb2));
}

std::vector<std::string> values_of(const ReproducedFigure& figure, std::size_t key) {
    std::vector<std::string> values;
    for (const ReproducedRow& row : figure.rows) {
        const std::string& value = row.row->keys[key].second;
        if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    return values;
}

double place_in(const std::vector<std::string>& values, const std::string& value) {
    return static_cast<double>(std::find(values.begin(), values.end(), value) - values.begin());
}

std::string map_svg(const ReproducedFigure& figure) {
    constexpr double kWide = 46;
    constexpr double kHigh = 22;
    constexpr double kLeft = 80;
    const std::vector<std::string> across = values_of(figure, 0);
    const std::vector<std::string> down = values_of(figure, 1);
    const double width = kLeft + kWide * static_cast<double>(across.size()) + 16;
    const double bottom = kTop + kHigh * static_cast<double>(down.size());
    Svg svg(width, bottom + 60, title_of(figure));
    svg.text(16, 24, title_of(figure), "start", 14);
    const auto is_less = [](const ReproducedRow& a, const ReproducedRow& b) { return *a.ours < *b.ours; };
    const auto [least, most] = std::minmax_element(figure.rows.begin(), figure.rows.end(), is_less);
    const double range = std::max(*most->ours - *least->ours, 1e-12);
    for (const ReproducedRow& row : figure.rows) {
        const double x = kLeft + kWide * place_in(across, row.row->keys[0].second);
        const double y = kTop + kHigh * place_in(down, row.row->keys[1].second);
        svg.rectangle(x, y, kWide - 1, kHigh - 1, ramp(0.8 * (*row.ours - *least->ours) / range), Svg::Fill::Solid);
        if (row.row->paper) svg.rectangle(x, y, kWide - 1, kHigh - 1, kMark, Svg::Fill::Outline);
        svg.text(x + kWide / 2, y + 15, fmt::format("{:.2f}", *row.ours), "middle", 10);
        if (&row == &figure.rows[*figure.peak]) {
            svg.rectangle(x + 1.5, y + 1.5, kWide - 4, kHigh - 4, kInk, Svg::Fill::Outline);
        }
    }
    for (const std::string& value : across) {
        svg.text(kLeft + kWide * (place_in(across, value) + 0.5), bottom + 16, value, "middle", 10);
    }
    for (const std::string& value : down)
        svg.text(kLeft - 8, kTop + kHigh * place_in(down, value) + 15, value, "end", 10);
    const auto& keys = figure.rows.front().row->keys;
    svg.text(kLeft, bottom + 40,
             fmt::format("{} across, {} down: ours. Framed in black: our best, in orange: the paper's plans",
                         keys[0].first, keys[1].first));
    return svg.finish();
}

}  // namespace

std::string figure_svg(const ReproducedFigure& figure) {
    if (figure.rows.front().row->metric == Metric::Plan) return plans_svg(figure);
    return figure.peak ? map_svg(figure) : bars_svg(figure);
}

std::string figure_csv(const ReproducedFigure& figure) {
    const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; };
    const std::vector<std::string> choices = columns_of(figure.figure->choices);
    std::string text;
    for (const auto& [key, value] : figure.rows.front().row->keys) text += key + ",";
    text += "ours,papers_way,paper,difference";
    for (const std::string& choice : choices) text += ",choice_" + choice;
    text += "\n";
    for (const ReproducedRow& row : figure.rows) {
        for (const auto& [key, value] : row.row->keys) text += csv_text(value) + ",";
        const bool is_plan = row.cells_apart.has_value();
        text += fmt::format("{},{},{},{}", is_plan ? fmt::format("{}", fmt::join(row.plan, " ")) : number(row.ours),
                            number(row.papers_way),
                            is_plan ? fmt::format("{}", fmt::join(row.row->paper_plan, " ")) : number(row.row->paper),
                            number(row.difference()));
        for (const std::string& choice : choices) text += "," + number(row.with(choice));
        text += "\n";
    }
    return text;
}

}  // namespace hypar
