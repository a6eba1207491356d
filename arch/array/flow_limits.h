#pragma once

#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/flow.h"
#include "arch/kernel/time.h"
#include "arch/network/topology.h"

namespace hypar {

/// What one virtual channel of a link can carry at the most: a buffer behind it that is full every time that credit
/// for it comes back.
std::uint64_t credited_bits_per_second(const ArraySpec& array, const LinkSpec& link);

/// What a link carries of full packets that follow each other in one virtual channel, with all the credit they want:
/// where one channel of an input is read at a time, each asks for its way when the one before it has left.
std::uint64_t allocated_bits_per_second(const ArraySpec& array, const LinkSpec& link);

/// The longest that one accelerator's local port is at work, one way, on its flows; 0 where ports keep up with links.
Picoseconds busiest_port(const ArraySpec& array, std::size_t accelerators, const std::vector<Flow>& flows);

/// The most that flows move to and from one accelerator's memory: what is sent is read, what comes is written, and
/// read before if it is added.
std::uint64_t most_moved_bytes(std::size_t accelerators, const std::vector<Flow>& flows);

/// Requests, of a packet or a block of memory each, that a network interface may have in flight: what the array says,
/// or as many as memory takes, until the first one is answered, of an accelerator whose links are all busy. What
/// leaves is read, what comes is written, and read before if it is added. No fewer than of any other engine.
std::uint64_t interface_requests(const ArraySpec& array, const Topology& topology);

/// What a network interface takes for so many bytes to and from memory, with as many requests in flight as it may
/// have.
Picoseconds dma_time(const ArraySpec& array, const Topology& topology, std::uint64_t moved_bytes);

/// Says of the accelerator whose links carry most what feeds them more slowly.
std::vector<std::string> notes_on_feeding(const ArraySpec& array, const Topology& topology);

}  // namespace hypar
