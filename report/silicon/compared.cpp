#include "report/silicon/compared.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace hypar {
namespace {

/// Cycles of a row's part of the step.
Cycles cycles_of(MeasuredWork work, const std::string& layer, const RunReport& report) {
    Cycles cycles = 0;
    if (work == MeasuredWork::Collectives) {
        for (const CollectiveReport& collective : report.collectives) cycles = checked_add(cycles, collective.cycles);
        return cycles;
    }
    constexpr Phase kPhaseOf[] = {Phase::Forward, Phase::Backward, Phase::Gradient, Phase::Forward};
    const auto phase = static_cast<std::size_t>(kPhaseOf[static_cast<std::size_t>(work)]);
    for (const LayerReport& each : report.layers) {
        if (!layer.empty() && each.name != layer) continue;
        const PhaseReport& part = each.phases[phase];
        cycles = checked_add(
            cycles, work == MeasuredWork::ForwardProcessing ? part.processing_cycles() : part.compute_cycles);
    }
    return cycles;
}

double in_unit(Cycles cycles, MeasuredUnit unit, const Clock& clock) {
    if (unit == MeasuredUnit::ClockCycles) return static_cast<double>(cycles);
    const double picoseconds_per_unit = unit == MeasuredUnit::Microseconds ? 1e6 : 1e9;
    return static_cast<double>(clock.duration(cycles)) / picoseconds_per_unit;
}

std::vector<std::optional<Compared>> compared_of(const Measurements& measurements, const MeasuredRow& row,
                                                 const RunReport& report) {
    std::vector<std::optional<Compared>> compared;
    for (std::size_t index = 0; index < measurements.columns.size(); ++index) {
        const MeasuredColumn& column = measurements.columns[index];
        compared.emplace_back();
        if (!row.measured[index]) continue;
        const Cycles cycles = cycles_of(column.work, row.layer, report);
        compared.back() = Compared{*row.measured[index], in_unit(cycles, column.unit, report.array.clock)};
    }
    for (const MeasuredRatio& ratio : measurements.ratios) {
        const std::optional<Compared> of = compared[ratio.of];
        const std::optional<Compared> over = compared[ratio.over];
        compared.emplace_back();
        if (of && over) compared.back() = Compared{of->measured / over->measured, of->ours / over->ours};
    }
    return compared;
}

ErrorSummary summary_of(std::vector<double> differences) {
    ErrorSummary summary;
    summary.rows = differences.size();
    if (differences.empty()) return summary;
    const auto is_nearer = [](double a, double b) { return std::abs(a) < std::abs(b); };
    std::stable_sort(differences.begin(), differences.end(), is_nearer);
    const std::size_t middle = differences.size() / 2;
    const double upper = std::abs(differences[middle]);
    summary.median = differences.size() % 2 == 1 ? upper : (std::abs(differences[middle - 1]) + upper) / 2;
    summary.worst = differences.back();
    return summary;
}

ComparedError error_of(const ExpectedError& expected, const ComparedMeasurements& of) {
    std::vector<double> judged;
    std::vector<double> fitted;
    for (const ComparedRow& row : of.rows) {
        if (!of.measurements->covers(expected, *row.row)) continue;
        (row.row->is_fitted ? fitted : judged).push_back(row.compared[expected.compared]->difference());
    }
    ComparedError error{&expected, summary_of(judged), {}};
    if (!fitted.empty()) error.fitted = summary_of(fitted);
    return error;
}

}  // namespace

std::optional<bool> ComparedError::is_met() const {
    switch (expected->kind) {
        case ExpectedError::Kind::Each: return std::abs(judged.worst) <= expected->bound;
        case ExpectedError::Kind::Median: return judged.median <= expected->bound;
        case ExpectedError::Kind::None: break;
    }
    return std::nullopt;
}

bool ComparedMeasurements::misses(const ComparedRow& row) const {
    return std::any_of(errors.begin(), errors.end(), [&](const ComparedError& error) {
        return error.expected->kind == ExpectedError::Kind::Each && measurements->covers(*error.expected, *row.row) &&
               std::abs(row.compared[error.expected->compared]->difference()) > error.expected->bound;
    });
}

ComparedMeasurements compare(const Measurements& measurements, const RunMeasured& run) {
    ComparedMeasurements result;
    result.measurements = &measurements;
    std::map<std::string, RunReport> reports;
    for (const MeasuredRow& row : measurements.rows) {
        auto found = reports.find(row.identity);
        if (found == reports.end()) found = reports.emplace(row.identity, run(row)).first;
        result.rows.push_back({&row, compared_of(measurements, row, found->second)});
    }
    for (const ExpectedError& expected : measurements.errors) result.errors.push_back(error_of(expected, result));
    return result;
}

}  // namespace hypar
