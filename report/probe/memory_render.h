#pragma once

#include <string>

#include "report/text_style.h"
#include "sim/probe/memory_traffic.h"

namespace hypar {

/// What `hypar memory` was asked, and what came out.
struct MemoryProbeReport {
    ArraySpec array;
    MemoryTraffic traffic;
    MemoryTrafficResult result;
};

/// The report for people.
std::string memory_probe_text(const MemoryProbeReport& report, const TextStyle& style = {});

/// docs/report-format.md, "hypar memory".
std::string memory_probe_json(const MemoryProbeReport& report);

}  // namespace hypar
