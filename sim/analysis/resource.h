#pragma once

#include <vector>

#include "arch/kernel/array_cycles.h"
#include "arch/unit/unit_spec.h"
#include "sim/analysis/exchange_bound.h"
#include "sim/analysis/step_segments.h"

namespace hypar {

/// What cycles of the critical path are spent on.
enum class Resource {
    Multiply,
    Fill,
    Delivery,
    Buffer,
    Drain,
    Vector,  ///< lanes of a vector unit
    /// A unit has no tile: it waits for operands, for room for a result, for the last store. Or vaults move data for
    /// longer than links and ports.
    Memory,
    Links,       ///< a flow's bytes cross a link
    Contention,  ///< for other flows on it
    Port,        ///< a local port is at work for longer than links are
    Dma,         ///< an interface has as many requests in flight as it may
    Latency,     ///< of routers, links, memories and interfaces
};

/// What the cycles of a unit go to.
struct UnitResource {
    Resource resource;
    const char* name;
    Cycles ArrayCycles::*spent;  ///< null: those in which the unit has no tile
    Bound bound;                 ///< that it is part of
    Ideal ideal;                 ///< takes no time without it

    Cycles cycles_of(const ArrayCycles& cycles, Cycles waiting) const {
        return spent == nullptr ? waiting : cycles.*spent;
    }
};

/// What the cycles of an exchange go to.
struct FlowResource {
    Resource resource;
    const char* name;
    Cycles ExchangeCycles::*spent;
    ExchangeBound bound;
};

/// In the order of reports; what one has of a unit's or an exchange's cycles adds up to them.
const std::vector<UnitResource>& unit_resources();
const std::vector<FlowResource>& flow_resources();

/// In the words of bounds.
const char* bound_name(Resource resource);
/// Ideal::Nothing where it is none of a unit's.
Ideal ideal_of(Resource resource);

}  // namespace hypar
