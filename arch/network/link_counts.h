#pragma once

#include <cstdint>
#include <vector>

#include "arch/kernel/event_counts.h"
#include "arch/network/graph.h"
#include "arch/network/link_use.h"

namespace hypar {

/// Counts bytes of flits that cross a link: as energy, if it has a price of its own.
void count_crossing(EventCounts& counts, const LinkSpec& link, std::uint64_t bytes);

/// Counts all that has crossed `links`.
void count_crossings(EventCounts& counts, const std::vector<LinkSpec>& links, const std::vector<LinkUse>& use,
                     std::uint64_t flit_bytes);

}  // namespace hypar
