#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/replay.h"

namespace hypar {

/// What holds an exchange back: what the largest share of its cycles goes to.
enum class ExchangeBound { Bandwidth, Contention, Port, Memory, Dma, Latency };

const char* name_of(ExchangeBound bound);

/// What the cycles of exchanges go to; they add up to what the exchanges take.
struct ExchangeCycles {
    Cycles bandwidth = 0;   ///< the slowest flow's bytes cross the slowest link of its way
    Cycles contention = 0;  ///< the busiest link carries others' bytes, or waits for room behind it
    Cycles port = 0;        ///< a local port takes longer for its flits than that link is at work
    Cycles memory = 0;      ///< a vault's data bus moves data for longer than all these
    Cycles dma = 0;      ///< an interface's requests in flight, one lot after the other, take longer than all these
    Cycles latency = 0;  ///< none of these is at work all the time: routers, links, memories and interfaces

    Cycles total() const;
    /// The largest of them, the first where some are equal; none where nothing is exchanged.
    std::optional<ExchangeBound> bound() const;
    ExchangeCycles& operator+=(const ExchangeCycles& other);
    /// In the same proportions, rounded as they add up, no more than there are.
    ExchangeCycles scaled_to(Cycles cycles) const;
};

/// Splits what exchanges take. It asks for nothing but the slowest flow and what is busiest in the whole array, so
/// that it is the same whether the array was replayed as one or in parts.
class ExchangeSplitter {
public:
    /// Both must outlive it.
    ExchangeSplitter(const ArraySpec& array, const Topology& topology) : array_(array), topology_(topology) {}

    /// Times are rounded up to whole cycles as they add up: first that of the slowest flow, then that of the busiest
    /// link, so a link that carries one flow alone has no contention. Of packets that choose their way, which need
    /// not take the deterministic one, a flow takes no longer than the busiest link was at work.
    ExchangeCycles split(const Segment& segment, const SegmentTotals& totals);

    /// The longest time that one flow of the exchange would take the slowest link of its way, were it alone.
    Picoseconds slowest_flow(const Segment& segment);
    /// Of the slowest link on the way.
    std::uint64_t least_bits_per_second(std::uint64_t from, std::uint64_t to);

private:
    const ArraySpec& array_;
    const Topology& topology_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> least_;  ///< by the ends of the way
};

}  // namespace hypar
