#include "report/reproduction/bar_drawing.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/reproduction/choices_render.h"
#include "report/reproduction/svg.h"

namespace hypar {
namespace {

constexpr const char* kGrid = "#dddddd";
constexpr const char* kColours[] = {"#e69f00", "#0072b2", "#009e73", "#cc79a7"};
constexpr double kTop = 80;
constexpr double kBottom = 330;
constexpr double kLeft = 64;
constexpr double kRight = 940;
constexpr double kLogarithmicFrom = 30;  // times that the highest bar is the lowest

using Value = std::optional<double>;

/// The two bars of a kind at each category.
struct Kind {
    std::string name;
    std::vector<Value> ours;
    std::vector<Value> paper;
};

struct Bars {
    std::vector<std::string> categories;
    std::vector<Kind> kinds;
};

bool is_kind(const std::string& key) { return key == "strategy" || key == "topology" || key == "metric"; }

std::string category_of(const FigureRow& row) {
    std::string text;
    for (const auto& [key, value] : row.keys) {
        if (is_kind(key)) continue;
        text += (text.empty() ? "" : ", ") + value + (key == "levels" ? " levels" : "");
    }
    return text;
}

std::string kind_of(const FigureRow& row) {
    const auto found =
        std::find_if(row.keys.begin(), row.keys.end(), [](const auto& entry) { return is_kind(entry.first); });
    return found == row.keys.end() ? "" : found->second;
}

std::size_t place_in(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) names.push_back(name);
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

Bars bars_of(const ReproducedFigure& figure) {
    Bars bars;
    std::vector<std::string> kinds;
    for (const ReproducedRow& row : figure.rows) {
        place_in(bars.categories, category_of(*row.row));
        place_in(kinds, kind_of(*row.row));
    }
    const std::size_t count = bars.categories.size();
    for (const std::string& kind : kinds)
        bars.kinds.push_back({kind, std::vector<Value>(count), std::vector<Value>(count)});
    for (const ReproducedRow& row : figure.rows) {
        Kind& kind = bars.kinds[place_in(kinds, kind_of(*row.row))];
        const std::size_t category = place_in(bars.categories, category_of(*row.row));
        kind.ours[category] = row.ours;
        kind.paper[category] = row.row->paper;
    }
    return bars;
}

void add_means(Bars& bars, const ReproducedFigure& figure) {
    if (figure.rows.front().row->value_of("network").empty()) return;
    bars.categories.emplace_back("gmean");
    for (Kind& kind : bars.kinds) {
        // Of rows that have both and stand in no bar twice.
        std::vector<double> ours;
        std::vector<double> paper;
        for (const ReproducedRow& row : figure.rows) {
            if (kind_of(*row.row) != kind.name || row.row->is_again || !row.ours || !row.row->paper) continue;
            ours.push_back(*row.ours);
            paper.push_back(*row.row->paper);
        }
        kind.ours.push_back(geometric_mean(ours));
        kind.paper.push_back(geometric_mean(paper));
    }
}

/// An axis from `least` to `most` between the drawing's bottom and top.
class ValueAxis {
public:
    explicit ValueAxis(const Bars& bars) {
        std::vector<double> values;
        for (const Kind& kind : bars.kinds) {
            for (const auto* column : {&kind.ours, &kind.paper}) {
                for (const Value& value : *column) {
                    if (value) values.push_back(*value);
                }
            }
        }
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        is_logarithmic_ = *most > kLogarithmicFrom * *least;
        least_ = is_logarithmic_ ? std::pow(10, std::floor(std::log10(*least))) : 0;
        step_ = std::pow(10, std::floor(std::log10(*most)));
        if (*most / step_ < 4) step_ /= 2;
        most_ = is_logarithmic_ ? std::pow(10, std::ceil(std::log10(*most))) : step_ * std::ceil(*most / step_);
    }

    double y(double value) const {
        const double share = is_logarithmic_ ? std::log(value / least_) / std::log(most_ / least_) : value / most_;
        return kBottom - share * (kBottom - kTop);
    }

    void draw(Svg& svg) const {
        for (double value = is_logarithmic_ ? least_ : 0; value <= most_ * 1.000001;
             value = is_logarithmic_ ? 10 * value : value + step_) {
            svg.line(kLeft, y(value), kRight, y(value), kGrid);
            svg.text(kLeft - 6, y(value) + 4, fmt::format("{:.4g}", value), "end", 10);
        }
    }

private:
    bool is_logarithmic_ = false;
    double least_ = 0;
    double most_ = 1;
    double step_ = 1;
};

void draw_bar(Svg& svg, const ValueAxis& axis, double x, double width, const Value& value, const char* colour,
              Svg::Fill fill) {
    if (!value) return;
    svg.rectangle(x, axis.y(*value), width, kBottom - axis.y(*value), colour, fill);
    svg.text(x + width / 2 + 3, axis.y(*value) - 4, figure_number(value), "start", 8, 90);
}

void draw_legend(Svg& svg, const Bars& bars) {
    double x = kLeft;
    for (std::size_t index = 0; index < bars.kinds.size(); ++index) {
        const char* colour = kColours[index % std::size(kColours)];
        const std::string name = bars.kinds[index].name + (bars.kinds[index].name.empty() ? "" : ", ");
        for (const bool is_ours : {true, false}) {
            svg.rectangle(x, 38, 12, 12, colour, is_ours ? Svg::Fill::Solid : Svg::Fill::Hatched);
            svg.text(x + 18, 48, name + (is_ours ? "ours" : "paper"));
            x += 150;
        }
    }
}

}  // namespace

std::string title_of(const ReproducedFigure& figure) {
    return fmt::format("Figure {}: {}", figure.figure->number, figure.figure->title);
}

std::string bars_svg(const ReproducedFigure& figure) {
    const std::string title = title_of(figure);
    Bars bars = bars_of(figure);
    add_means(bars, figure);
    Svg svg(960, 420, title);
    svg.text(16, 24, title, "start", 14);
    draw_legend(svg, bars);
    const ValueAxis axis(bars);
    axis.draw(svg);
    const double group = (kRight - kLeft) / static_cast<double>(bars.categories.size());
    const double width = group / static_cast<double>(2 * bars.kinds.size() + 1);
    for (std::size_t category = 0; category < bars.categories.size(); ++category) {
        double x = kLeft + group * static_cast<double>(category) + width / 2;
        svg.text(x + group / 2 - width / 2, kBottom + 16, bars.categories[category], "end", 10, 30);
        for (std::size_t index = 0; index < bars.kinds.size(); ++index) {
            const char* colour = kColours[index % std::size(kColours)];
            draw_bar(svg, axis, x, width, bars.kinds[index].ours[category], colour, Svg::Fill::Solid);
            draw_bar(svg, axis, x + width, width, bars.kinds[index].paper[category], colour, Svg::Fill::Hatched);
            x += 2 * width;
        }
    }
    svg.line(kLeft, kBottom, kRight, kBottom, kInk);
    return svg.finish();
}

}  // namespace hypar
