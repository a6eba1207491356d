#include "sweep/results/sensitivity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiment/sweep/condition.h"
#include "report/format.h"
#include "report/text_table.h"

namespace hypar {
namespace {

constexpr double kNoInfluence = 0.0005;  // rounds to 0.000

std::size_t column(const std::string& name) {
    const auto& columns = point_columns();
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
    return static_cast<std::size_t>(found - columns.begin());
}

double real(const StoredPoint& point, std::size_t column) { return std::get<double>(*point.column_values[column]); }

double larger(double a, double b) { return std::abs(b) > std::abs(a) ? b : a; }

bool has_influence(const Sensitivity& number) {
    return std::abs(number.seconds_elasticity()) >= kNoInfluence ||
           std::abs(number.joules_elasticity()) >= kNoInfluence;
}

std::string elasticity_text(const Sensitivity& number, bool of_larger, double Sensitivity::Change::*elasticity) {
    for (const Sensitivity::Change& change : number.changes) {
        if (change.is_larger == of_larger) return fmt::format("{:+.3f}", change.*elasticity);
    }
    return "-";
}

}  // namespace

double Sensitivity::seconds_elasticity() const {
    double most = 0;
    for (const Change& change : changes) most = larger(most, change.seconds_elasticity);
    return most;
}

double Sensitivity::joules_elasticity() const {
    double most = 0;
    for (const Change& change : changes) most = larger(most, change.joules_elasticity);
    return most;
}

std::vector<Sensitivity> sensitivities(const ResultsStore& store) {
    const std::vector<std::string> keys = store.keys();
    const std::size_t seconds = column("seconds");
    const std::size_t joules = column("energy_joules");
    std::vector<Sensitivity> ranked;
    std::optional<StoredPoint> base;
    store.for_each([&](const StoredPoint& point) {
        if (point.point == 0 && point.is_done()) {
            base = point;
            for (std::size_t key = 0; key < keys.size(); ++key) ranked.push_back({keys[key], {}});
        }
        if (!base || point.point == 0 || !point.is_done()) return;
        const auto differs = std::mismatch(point.values.begin(), point.values.end(), base->values.begin());
        const auto key = static_cast<std::size_t>(differs.first - point.values.begin());
        const double ratio = *ConditionValue::of(*differs.first).number / *ConditionValue::of(*differs.second).number;
        const auto elasticity = [&](std::size_t column) {
            return std::log(real(point, column) / real(*base, column)) / std::log(ratio);
        };
        ranked[key].changes.push_back({ratio > 1, elasticity(seconds), elasticity(joules)});
    });
    std::stable_sort(ranked.begin(), ranked.end(), [](const Sensitivity& a, const Sensitivity& b) {
        const auto strength = [](const Sensitivity& number) {
            return std::make_pair(std::abs(number.seconds_elasticity()), std::abs(number.joules_elasticity()));
        };
        return strength(a) > strength(b);
    });
    return ranked;
}

std::string sensitivity_text(const std::vector<Sensitivity>& ranked, const TextStyle& style) {
    if (ranked.empty()) return "the experiment itself has no result\n";
    TextTable table({"number", "step /2", "step x2", "energy /2", "energy x2"});
    std::string without;
    for (const Sensitivity& number : ranked) {
        const std::string name = number.key.compare(0, 6, "array.") == 0 ? number.key.substr(6) : number.key;
        if (has_influence(number)) {
            table.add_row({name, elasticity_text(number, false, &Sensitivity::Change::seconds_elasticity),
                           elasticity_text(number, true, &Sensitivity::Change::seconds_elasticity),
                           elasticity_text(number, false, &Sensitivity::Change::joules_elasticity),
                           elasticity_text(number, true, &Sensitivity::Change::joules_elasticity)});
        } else if (!number.changes.empty()) {
            without += (without.empty() ? "" : ", ") + name;
        }
    }
    std::string text = table.render(style) +
                       "\n  elasticity of the step's time and of its energy as the number is halved (/2)\n"
                       "  and doubled (x2): -1 if half the number doubles them, 0 if it does not matter\n";
    if (!without.empty()) text += wrapped("  without influence: ", without, style);
    return text;
}

}  // namespace hypar
