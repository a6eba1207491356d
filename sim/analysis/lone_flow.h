#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/replay.h"

namespace hypar {

/// What each segment would take if each of its flows were alone on the array: as long as the longest of them,
/// replayed on the nodes of its way (with adaptive routing on all). 0 for segments in which nothing is sent. None if
/// `options`' progress stopped it.
std::optional<std::vector<Cycles>> cycles_without_contention(const Program& program, const ArraySpec& array,
                                                             const Topology& topology, const ReplayOptions& options);

}  // namespace hypar
