#pragma once

#include <string>

#include "report/text_style.h"
#include "sim/probe/memory_traffic.h"

namespace hypar {

/// What `hypar memory` was asked, and what came out.
struct MemoryReport {
    ArraySpec array;
    MemoryTraffic traffic;
    MemoryTrafficResult result;
};

/// The report for people.
std::string memory_text(const MemoryReport& report, const TextStyle& style = {});

/// docs/report-format.md, "hypar memory".
std::string memory_json(const MemoryReport& report);

}  // namespace hypar
