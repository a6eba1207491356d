#pragma once

#include <cstdint>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/link_use.h"
#include "arch/network/topology.h"
#include "sim/analysis/run_report.h"
#include "sim/program/program.h"

namespace hypar {

/// Of the first unit that has work.
MappingReport mapping_report(const Program& program, const Segment& segment, const ArraySpec& array);

/// `use` is by link of the topology.
/// Of a program of an array with several kinds of accelerators; of another one none.
std::vector<KindReport> kind_reports(const Program& program, const ArraySpec& array);

std::vector<LinkReport> link_reports(const Topology& topology, const std::vector<LinkUse>& use);

}  // namespace hypar
