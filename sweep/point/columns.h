#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/words.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What a run is cut down to in results of sweeps: an integer, a real number or a text a column.
using ColumnValue = std::variant<std::uint64_t, double, std::string>;
using ColumnValues = std::vector<ColumnValue>;

/// A column of results.
struct ResultColumn {
    enum class Type { Integer, Real, Text };  ///< the alternatives of ColumnValue

    std::string name;
    Type type;
};

/// The values of a whole point, in the order of point_columns().
const std::vector<ResultColumn>& point_columns();
ColumnValues point_column_values(const RunReport& report);

/// The values of a phase of a layer, in the order of phase_columns().
const std::vector<ResultColumn>& phase_columns();
ColumnValues phase_column_values(const RunReport& report, const PhaseReport& phase);

/// Words for another process.
void append_column_values(Words& words, const ColumnValues& values);
ColumnValues read_column_values(WordReader& reader);

/// As text, a number with as many digits as it needs.
std::string text_of(const ColumnValue& value);

}  // namespace hypar
