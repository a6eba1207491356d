#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiment/silicon/measurements.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// Ours beside what was measured, in the same unit.
struct Compared {
    double measured = 0;
    double ours = 0;

    /// Ours over the measured, less one.
    double difference() const { return ours / measured - 1; }
};

struct ComparedRow {
    const MeasuredRow* row = nullptr;
    std::vector<std::optional<Compared>> compared;  ///< by column, and behind the columns by ratio
};

/// Differences of several rows.
struct ErrorSummary {
    std::size_t rows = 0;
    double median = 0;  ///< of absolute differences; of two in the middle their mean
    double worst = 0;   ///< the difference furthest from 0
};

/// An expected error with what it is.
struct ComparedError {
    const ExpectedError* expected = nullptr;
    ErrorSummary judged;                 ///< of rows that nothing was fitted to
    std::optional<ErrorSummary> fitted;  ///< of the others, where there are some

    /// None where nothing is expected.
    std::optional<bool> is_met() const;
};

struct ComparedMeasurements {
    const Measurements* measurements = nullptr;
    std::vector<ComparedRow> rows;
    std::vector<ComparedError> errors;

    /// Whether a row is further off than each row of an error that covers it may be.
    bool misses(const ComparedRow& row) const;
};

/// Runs an experiment; `identity` is equal for equal experiments of a file.
using RunMeasured = std::function<RunReport(const MeasuredRow& row)>;

/// Runs equal rows once. `measurements` must outlive what it returns.
ComparedMeasurements compare(const Measurements& measurements, const RunMeasured& run);

std::string silicon_text(const std::vector<ComparedMeasurements>& all, const TextStyle& style = {});
std::string silicon_json(const std::vector<ComparedMeasurements>& all);
/// A line for each number that is compared.
std::string silicon_csv(const std::vector<ComparedMeasurements>& all);

}  // namespace hypar
