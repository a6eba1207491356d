#include "report/reproduction/reproduction.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/energy.h"
#include "report/format.h"
#include "report/run_render.h"

namespace hypar {
namespace {

constexpr double kGiga = 1e9;

/// What a row shows that is no plan.
double shown(Metric metric, const RowExperiments& experiments, const FindFacts& find) {
    const RunFacts own = find(experiments.experiment, experiments.identity);
    if (metric == Metric::Traffic) return own.traffic_bytes / kGiga;
    const RunFacts baseline = find(*experiments.baseline, experiments.baseline_identity);
    return metric == Metric::Energy ? baseline.joules / own.joules : baseline.seconds / own.seconds;
}

/// By the paper's accounting, which counts neither what waits nor what a layer does in its own memory.
double papers_way(const FigureRow& row, const Accounting& accounting, const RunFacts& own, const RunFacts& baseline) {
    if (row.metric == Metric::Energy) {
        return accounting.joules(*row.baseline, baseline.traffic_bytes) /
               accounting.joules(row.experiment, own.traffic_bytes);
    }
    return accounting.seconds(*row.baseline, baseline.traffic_bytes) /
           accounting.seconds(row.experiment, own.traffic_bytes);
}

/// What each component of the energy adds to what the paper counts.
std::vector<ComponentShare> shares_of(const FigureRow& row, const std::optional<Accounting>& accounting,
                                      const RunFacts& own, const RunFacts& baseline) {
    std::vector<ComponentShare> shares;
    for (std::size_t index = 0; index < own.components.size(); ++index) {
        const auto& [component, joules] = own.components[index];
        ComponentShare share{component, baseline.components[index].second, joules, {}};
        const bool is_counted = component == "multiply_accumulate" || component == "dram_exchange";
        if (accounting && !is_counted) {
            share.gain_with = (accounting->joules(*row.baseline, baseline.traffic_bytes) + share.baseline_joules) /
                              (accounting->joules(row.experiment, own.traffic_bytes) + joules);
        }
        shares.push_back(std::move(share));
    }
    return shares;
}

/// What the paper counts, and what makes the difference.
void relate(ReproducedRow& result, const Figure& figure, const RunFacts& own, const RunFacts& baseline) {
    const FigureRow& row = *result.row;
    if (figure.accounting) result.papers_way = papers_way(row, *figure.accounting, own, baseline);
    if (row.metric == Metric::Energy) result.components = shares_of(row, figure.accounting, own, baseline);
}

ReproducedRow reproduce_row(const Figure& figure, const FigureRow& row, const FindFacts& find) {
    ReproducedRow result;
    result.row = &row;
    if (row.metric == Metric::Plan) {
        result.plan = row.experiment.make_plan().to_strings();
        result.cells_apart = 0;
        for (std::size_t level = 0; level < std::min(result.plan.size(), row.paper_plan.size()); ++level) {
            for (std::size_t layer = 0; layer < result.plan[level].size(); ++layer) {
                if (result.plan[level][layer] != row.paper_plan[level][layer]) ++*result.cells_apart;
            }
        }
        return result;
    }
    result.ours = shown(row.metric, row, find);
    if (row.baseline) {
        relate(result, figure, find(row.experiment, row.identity), find(*row.baseline, row.baseline_identity));
    }
    for (const TurnedRow& turned : row.turned) {
        result.turned.emplace_back(turned.choice, shown(row.metric, turned.experiments, find));
    }
    return result;
}

std::string percent(double fraction) { return fmt::format("{:g} %", 100 * fraction); }

/// "strategy hypar, but alexnet, ours"
std::string subject_of(const FigureCheck& check) {
    std::string text;
    for (const auto& [key, value] : check.rows.where) text += fmt::format("{} {}, ", key, value);
    if (!check.rows.only.empty()) text += fmt::format("{}, ", fmt::join(check.rows.only, ", "));
    if (!check.rows.except.empty()) text += fmt::format("but {}, ", fmt::join(check.rows.except, ", "));
    return text + (check.column == "ours" ? "ours" : "the paper's way");
}

std::string name_of_row(const ReproducedRow& row) {
    std::string text;
    for (const auto& [key, value] : row.row->keys) text += (text.empty() ? "" : " ") + value;
    return text;
}

std::string rows_text(std::size_t count) { return fmt::format("{} row{}", count, count == 1 ? "" : "s"); }

Verdict judge_rows(const FigureCheck& check, const ReproducedFigure& figure) {
    const ReproducedRow* worst = nullptr;
    double most = 0;
    double logarithms = 0;
    std::size_t count = 0;
    for (const ReproducedRow& row : figure.rows) {
        const auto difference = row.difference(check.column);
        if (!difference || !check.rows.applies(*row.row)) continue;
        if (check.kind == FigureCheck::Kind::MeanWithin && row.row->is_again) continue;
        ++count;
        logarithms += std::log1p(*difference);
        if (worst == nullptr || std::abs(*difference) > std::abs(most)) {
            worst = &row;
            most = *difference;
        }
    }
    if (worst == nullptr) return {false, subject_of(check) + ": nothing to compare"};
    if (check.kind == FigureCheck::Kind::MeanWithin) {
        const double mean = std::expm1(logarithms / static_cast<double>(count));
        return {std::abs(mean) <= check.bound,
                fmt::format("{}: geometric mean of {} {}, expected within {}", subject_of(check), rows_text(count),
                            format_difference(mean), percent(check.bound))};
    }
    return {std::abs(most) <= check.bound,
            fmt::format("{}: {}, furthest {} ({}), expected within {}", subject_of(check), rows_text(count),
                        format_difference(most), name_of_row(*worst), percent(check.bound))};
}

Verdict judge_peak(const FigureCheck& check, const ReproducedFigure& figure) {
    const ReproducedRow& peak = figure.rows[*figure.peak];
    const auto is_own = [](const ReproducedRow& row) { return row.row->is_strategys_own; };
    const auto own = std::find_if(figure.rows.begin(), figure.rows.end(), is_own);
    if (check.kind == FigureCheck::Kind::PlanOfPeak) {
        const double below = 1 - *own->ours / *peak.ours;
        return {below <= check.bound, fmt::format("hypar's plan: {:.3f}, {} below the best of {} plans, expected at "
                                                  "most {}",
                                                  *own->ours, percent(std::round(1000 * below) / 1000),
                                                  figure.rows.size(), percent(check.bound))};
    }
    double paper = 0;
    for (const ReproducedRow& row : figure.rows) paper = std::max(paper, row.row->paper.value_or(0));
    const double difference = *peak.ours / paper - 1;
    return {std::abs(difference) <= check.bound,
            fmt::format("best plan ({}): {:.3f}, the paper's best {:.3f}, {}, expected within {}", name_of_row(peak),
                        *peak.ours, paper, format_difference(difference), percent(check.bound))};
}

Verdict judge(const FigureCheck& check, const ReproducedFigure& figure) {
    switch (check.kind) {
        case FigureCheck::Kind::Within:
        case FigureCheck::Kind::MeanWithin: return judge_rows(check, figure);
        case FigureCheck::Kind::PlanOfPeak:
        case FigureCheck::Kind::Peak: return judge_peak(check, figure);
        case FigureCheck::Kind::CellsApart: break;
    }
    std::size_t cells = 0;
    std::vector<std::string> where;
    for (const ReproducedRow& row : figure.rows) {
        cells += *row.cells_apart;
        if (*row.cells_apart > 0) where.push_back(name_of_row(row));
    }
    return {static_cast<double>(cells) <= check.bound,
            fmt::format("cells apart: {} ({}), expected at most {:g}", cells,
                        where.empty() ? "none" : fmt::format("{}", fmt::join(where, ", ")), check.bound)};
}

/// Joules of each component; those of the memory in two parts, what exchanges read and write and all else.
std::vector<std::pair<std::string, double>> components_of(const RunReport& report) {
    const EventCounts counts = report.counts();
    // Sent bytes are read, received ones written, and what they are added to is read as well.
    const std::uint64_t exchanged = 2 * report.traffic_bytes + counts.adds * report.array.precision.bytes;
    std::vector<std::pair<std::string, double>> components;
    for (const EnergyEntry& entry : energy_entries(report)) {
        if (entry.component != "dram") {
            components.emplace_back(entry.component, entry.joules());
            continue;
        }
        const double part =
            static_cast<double>(exchanged) / static_cast<double>(std::max<std::uint64_t>(1, entry.count));
        components.emplace_back("dram_exchange", entry.joules() * part);
        components.emplace_back("dram_compute", entry.joules() * (1 - part));
    }
    return components;
}

}  // namespace

RunFacts facts_of(const RunReport& report) {
    return {seconds_of(report, report.cycles()), total_joules(energy_entries(report)),
            static_cast<double>(report.traffic_bytes), components_of(report)};
}

std::optional<double> ReproducedRow::value(const std::string& column) const {
    if (column == "ours") return ours;
    if (column == "papers_way") return papers_way;
    return std::nullopt;
}

std::optional<double> ReproducedRow::difference(const std::string& column) const {
    const auto own = value(column);
    if (!own || !row->paper) return std::nullopt;
    return *own / *row->paper - 1;
}

std::optional<double> ReproducedRow::with(const std::string& choice) const {
    const auto found =
        std::find_if(turned.begin(), turned.end(), [&](const auto& own) { return own.first == choice; });
    return found == turned.end() ? std::nullopt : std::optional<double>(found->second);
}

std::set<std::string> identities_of(const std::vector<Figure>& figures) {
    std::set<std::string> identities;
    const auto add = [&](const RowExperiments& experiments) {
        identities.insert(experiments.identity);
        if (experiments.baseline) identities.insert(experiments.baseline_identity);
    };
    for (const Figure& figure : figures) {
        const auto add_all = [&](const std::vector<FigureRow>& rows) {
            for (const FigureRow& row : rows) {
                if (row.metric == Metric::Plan) continue;
                add(row);
                for (const TurnedRow& turned : row.turned) add(turned.experiments);
            }
        };
        add_all(figure.rows);
        for (const FurtherRows& further : figure.further) add_all(further.rows);
    }
    return identities;
}

ReproducedFigure reproduce(const Figure& figure, const FindFacts& find) {
    ReproducedFigure result;
    result.figure = &figure;
    for (const FigureRow& row : figure.rows) result.rows.push_back(reproduce_row(figure, row, find));
    for (const FurtherRows& further : figure.further) {
        result.further.emplace_back();
        for (const FigureRow& row : further.rows) result.further.back().push_back(reproduce_row(figure, row, find));
    }
    if (figure.varies_plans) {
        const auto best = std::max_element(result.rows.begin(), result.rows.end(),
                                           [](const auto& a, const auto& b) { return *a.ours < *b.ours; });
        result.peak = static_cast<std::size_t>(best - result.rows.begin());
    }
    for (const FigureCheck& check : figure.checks) result.verdicts.push_back(judge(check, result));
    return result;
}

}  // namespace hypar
