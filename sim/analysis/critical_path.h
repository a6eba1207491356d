#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/analysis/resource.h"
#include "sim/analysis/step_segments.h"
#include "sim/program/program.h"
#include "sim/replay/replay.h"

namespace hypar {

/// A resource's part of the step, and the step if it took no time.
struct CriticalResource {
    Resource resource = Resource::Multiply;
    std::string name;  ///< its own, or that of a group of links
    Cycles cycles = 0;
    Cycles step_cycles_without = 0;
};

/// What the step waits for: of each of its segments the unit or flow that ended last.
struct CriticalPath {
    std::vector<CriticalResource> resources;  ///< those with any cycles; they add up to the step
    std::vector<Cycles> layer_cycles;         ///< by layer; they add up to the step
};

/// What an overlapped step takes if something is changed.
struct OverlappedStep {
    std::function<Cycles(const ArraySpec&, const Topology&)> on;               ///< other hardware
    std::function<Cycles(const std::vector<Cycles>& exchange_cycles)> taking;  ///< exchanges, by segment
};

/// Adds up what the segments that the step ran through name, of a sequential one all of the program, and replays the
/// step without each resource: the same tiles, flows and mappings, with another timing of that resource alone
/// (docs/models/step.md, "The critical path"). None if `options`' progress stopped it. `layers` is their number.
std::optional<CriticalPath> find_critical_path(const Program& program, const ArraySpec& array,
                                               const Topology& topology, const std::vector<StepSegment>& segments,
                                               std::size_t layers, const ReplayOptions& options,
                                               const OverlappedStep* overlapped = nullptr);

}  // namespace hypar
