#pragma once

#include <string>

#include "report/reproduction/reproduction.h"

namespace hypar {

/// What a figure's drawing is headed with.
std::string title_of(const ReproducedFigure& figure);

/// A figure's rows as bars: a group for each network, size or layer, in it a pair for each strategy, topology or
/// metric, ours and, hatched, the paper's; contests have a group of geometric means.
std::string bars_svg(const ReproducedFigure& figure);

}  // namespace hypar
