#pragma once

#include <cstdint>
#include <optional>

#include "sim/analysis/exchange_bound.h"
#include "sim/overlap/overlapped_run.h"

namespace hypar {

/// What a group's part of an exchange went to.
struct GroupExchange {
    std::uint64_t bytes = 0;
    std::optional<std::size_t> busiest_link;  ///< of the topology, by the time that its own bytes take
    ExchangeCycles cycles;                    ///< contention is that among its own flows
};

/// Of one that took `cycles`.
GroupExchange exchange_of_group(const OverlappedProgram& input, ExchangeSplitter& splitter,
                                const ExchangeGroup& group, Cycles cycles);

}  // namespace hypar
