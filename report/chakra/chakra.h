#pragma once

#include <cstdint>
#include <string>

#include "report/chakra/execution.h"

namespace hypar {

/// docs/chakra.md: what one accelerator does, as an execution trace of MLCommons Chakra, version 0.0.4.
std::string chakra_trace(const Execution& execution, std::uint64_t accelerator);

/// The groups of its collectives, as JSON: {"1": [0, 1], ...}
std::string chakra_groups(const Execution& execution);

}  // namespace hypar
