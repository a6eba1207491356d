#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/words.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What a run is cut down to, a value a column.
using Figure = std::variant<std::uint64_t, double, std::string>;
using Figures = std::vector<Figure>;

/// A column of results.
struct FigureColumn {
    enum class Type { Integer, Real, Text };  ///< the alternatives of Figure

    std::string name;
    Type type;
};

/// Figures of a whole point, in the order of the results' columns.
const std::vector<FigureColumn>& point_columns();
Figures point_figures(const RunReport& report);

/// Figures of a phase of a layer.
const std::vector<FigureColumn>& phase_columns();
Figures phase_figures(const RunReport& report, const PhaseReport& phase);

/// Words for another process.
void append_figures(Words& words, const Figures& figures);
Figures read_figures(WordReader& reader);

/// As text, a number with as many digits as it needs.
std::string text_of(const Figure& figure);

}  // namespace hypar
