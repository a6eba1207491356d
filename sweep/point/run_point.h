#pragma once

#include "experiment/sweep/sweep.h"
#include "sim/replay/remembered.h"
#include "sweep/point/point_result.h"

namespace hypar {

/// Simulates one point of a sweep; whatever goes wrong is its result. `remembered` is what earlier points have found.
PointResult run_point(const Sweep& sweep, std::size_t point, Remembered& remembered);

}  // namespace hypar
