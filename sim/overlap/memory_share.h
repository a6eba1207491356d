#pragma once

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"

namespace hypar {

/// The most of a memory's bandwidth that is reserved for network interfaces.
constexpr double kMostReserved = 0.5;

/// How units and network interfaces share the vaults of an overlapped schedule: the data buses have slots that are
/// reserved for the interfaces, as many as all links of an accelerator can need at once, so that what units compute
/// takes the same time whatever is exchanged meanwhile (docs/models/schedule.md).
struct MemoryShare {
    double reserved = 0;   ///< part of the data buses' time
    ArraySpec computing;   ///< the array as its units find it
    ArraySpec exchanging;  ///< and as its interfaces do
};

/// Where links need more than half of the time, interfaces have every other slot and are slower for it.
MemoryShare share_memory(const ArraySpec& array, const Topology& topology);

}  // namespace hypar
