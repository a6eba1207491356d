#pragma once

#include <string>

#include "report/reproduction/reproduction.h"

namespace hypar {

/// A figure in the paper's own form, ours beside theirs, which are hatched: bars over a linear or a logarithmic axis,
/// plans as grids, all plans of two cells as a map.
std::string figure_svg(const ReproducedFigure& figure);

/// The figure's rows: a column for each key, ours, the paper's way, the paper's, and each choice.
std::string figure_csv(const ReproducedFigure& figure);

}  // namespace hypar
