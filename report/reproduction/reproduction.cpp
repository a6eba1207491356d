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
constexpr double kJoulesPerPicojoule = 1e-12;
/// Song et al. count four accesses to memory for each word communicated: read and written at both ends.
constexpr double kAccessesOfAWord = 4;
constexpr double kPhasesOfMacs = 3;      // forward, backward, gradient
constexpr double kOperationsOfAMac = 2;  // a multiplication and an addition

double macs_of(const Experiment& experiment) {
    return kPhasesOfMacs * static_cast<double>(experiment.network.macs()) * static_cast<double>(experiment.batch);
}

/// Seconds that the paper's own figures leave for computing; none if they say nothing of the network.
std::optional<double> implied_seconds(const PaperCompute& compute, const Experiment& experiment) {
    const double accelerators = static_cast<double>(experiment.array.accelerators);
    if (compute.seconds.empty()) {
        return kOperationsOfAMac * macs_of(experiment) / (compute.operations_per_second * accelerators);
    }
    const auto found = compute.seconds.find(experiment.network.name());
    if (found == compute.seconds.end()) return std::nullopt;
    return found->second * static_cast<double>(compute.accelerators) / accelerators;
}

/// Multiply-accumulates and what is communicated, and nothing else.
double joules_as_the_paper_counts(const Experiment& experiment, const RunFacts& facts) {
    const EnergyTable& table = experiment.array.energy;
    const double words = facts.traffic_bytes / static_cast<double>(experiment.array.precision.bytes);
    return ((table.add + table.multiply) * macs_of(experiment) + kAccessesOfAWord * table.dram_32bit * words) *
           kJoulesPerPicojoule;
}

/// What a row shows that is no plan.
double shown(Metric metric, const RowExperiments& experiments, const FindFacts& find) {
    const RunFacts own = find(experiments.experiment, experiments.identity);
    if (metric == Metric::Traffic) return own.traffic_bytes / kGiga;
    const RunFacts baseline = find(*experiments.baseline, experiments.baseline_identity);
    return metric == Metric::Energy ? baseline.joules / own.joules : baseline.seconds / own.seconds;
}

/// What the paper counts, and what makes the difference.
void relate(ReproducedRow& result, const Figure& figure, const RunFacts& own, const RunFacts& baseline) {
    const FigureRow& row = *result.row;
    if (row.metric == Metric::Energy) {
        const double baseline_joules = joules_as_the_paper_counts(*row.baseline, baseline);
        const double own_joules = joules_as_the_paper_counts(row.experiment, own);
        result.ours_mac_and_communication = baseline_joules / own_joules;
        for (std::size_t index = 0; index < own.components.size(); ++index) {
            const auto& [component, joules] = own.components[index];
            const double of_baseline = baseline.components[index].second;
            const bool is_counted = component == "multiply_accumulate" || component == "dram_exchange";
            const double with = (baseline_joules + of_baseline) / (own_joules + joules);
            result.components.push_back(
                {component, of_baseline, joules, is_counted ? std::nullopt : std::optional<double>(with)});
        }
        return;
    }
    if (!figure.paper_compute) return;
    const auto own_compute = implied_seconds(*figure.paper_compute, row.experiment);
    const auto baseline_compute = implied_seconds(*figure.paper_compute, *row.baseline);
    if (!own_compute || !baseline_compute) return;
    result.ours_paper_compute =
        (*baseline_compute + baseline.communication_seconds) / (*own_compute + own.communication_seconds);
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

std::string signed_percent(double fraction) { return fmt::format("{:+.1f} %", 100 * fraction); }

std::string percent(double fraction) { return fmt::format("{:g} %", 100 * fraction); }

/// "strategy hypar, but alexnet, ours"
std::string subject_of(const FigureCheck& check) {
    std::string text;
    for (const auto& [key, value] : check.rows.where) text += fmt::format("{} {}, ", key, value);
    if (!check.rows.only.empty()) text += fmt::format("{}, ", fmt::join(check.rows.only, ", "));
    if (!check.rows.except.empty()) text += fmt::format("but {}, ", fmt::join(check.rows.except, ", "));
    if (check.column == "ours_paper_compute") return text + "with the implied compute time";
    if (check.column == "ours_mac_and_communication") return text + "multiply-accumulates and communication";
    return text + "ours";
}

std::string name_of_row(const ReproducedRow& row) {
    std::string text;
    for (const auto& [key, value] : row.row->keys) text += (text.empty() ? "" : " ") + value;
    return text;
}

Verdict judge_rows(const FigureCheck& check, const ReproducedFigure& figure) {
    const ReproducedRow* worst = nullptr;
    double most = 0;
    double logarithms = 0;
    std::size_t count = 0;
    for (const ReproducedRow& row : figure.rows) {
        const auto difference = row.difference(check.column);
        if (!difference || !check.rows.applies(*row.row)) continue;
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
                fmt::format("{}: geometric mean of {} rows {}, expected within {}", subject_of(check), count,
                            signed_percent(mean), percent(check.bound))};
    }
    return {std::abs(most) <= check.bound,
            fmt::format("{}: {} rows, furthest {} ({}), expected within {}", subject_of(check), count,
                        signed_percent(most), name_of_row(*worst), percent(check.bound))};
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
                        *peak.ours, paper, signed_percent(difference), percent(check.bound))};
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
    return {seconds_of(report, report.cycles()), seconds_of(report, report.communication_cycles()),
            total_joules(energy_entries(report)), static_cast<double>(report.traffic_bytes), components_of(report)};
}

std::optional<double> ReproducedRow::value(const std::string& column) const {
    if (column == "ours") return ours;
    if (column == "ours_paper_compute") return ours_paper_compute;
    if (column == "ours_mac_and_communication") return ours_mac_and_communication;
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
