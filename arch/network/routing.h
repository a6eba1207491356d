#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "arch/network/graph.h"
#include "arch/network/topology_spec.h"

namespace hypar {

/// One link on a packet's way and the virtual channel it takes there.
struct Hop {
    std::size_t link = 0;
    std::size_t virtual_channel = 0;

    friend bool operator==(const Hop& a, const Hop& b) {
        return a.link == b.link && a.virtual_channel == b.virtual_channel;
    }
};

using Route = std::vector<Hop>;

/// Who sends to whom.
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// The virtual channels of every link, in two halves for routing that climbs from one to the other.
class ChannelClasses {
public:
    explicit ChannelClasses(std::size_t channels) : channels_(channels) {}

    struct Range {
        std::size_t first;
        std::size_t end;
    };
    Range any() const { return {0, channels_}; }
    Range low() const { return {0, channels_ < 2 ? 1 : channels_ / 2}; }
    Range high() const { return {channels_ < 2 ? 0 : channels_ / 2, channels_}; }
    Range half_of(std::size_t channel) const { return channel < low().end ? low() : high(); }
    std::size_t count() const { return channels_; }

    /// One of a range, by the destination's number: packets of a pair stay in order, neighbours have different ones,
    /// and those to a busy accelerator do not hold up others. Parts of a topology that are alike should number their
    /// places alike, so that they remain so.
    static std::size_t pick(Range range, std::size_t destination) {
        return range.first + destination % (range.end - range.first);
    }

private:
    std::size_t channels_;
};

/// The deterministic way of packets on one topology.
class Routing {
public:
    virtual ~Routing() = default;

    /// The links from any node to an accelerator, in order; none if it is there.
    virtual Route route(std::size_t node, std::size_t accelerator) const = 0;

    /// Ways from one accelerator to another, as short as each other, of which packets may take any without deadlock.
    virtual std::uint64_t way_count(std::size_t /*source*/, std::size_t /*accelerator*/) const { return 1; }
    /// One of them; the first is number 0.
    virtual Route way(std::size_t source, std::size_t accelerator, std::uint64_t /*number*/) const {
        return route(source, accelerator);
    }

    /// The virtual channels that any packet may have in place of one of its way's, and be as safe from deadlock.
    virtual ChannelClasses::Range alike(std::size_t channel) const { return {channel, channel + 1}; }
};

/// Best ways on any graph, one to each of its first nodes, the accelerators. Of ways as good those are chosen with
/// which the busiest link is least busy if every accelerator sends as much to every other.
///
/// Ways that begin at the first `sources` nodes cannot deadlock if `channels` suffice. Throws ConfigError (key
/// "topology.links") if there is no way between two accelerators.
std::unique_ptr<Routing> balanced_routing(const Graph& graph, std::size_t accelerators, PathRule rule,
                                          std::size_t sources, const ChannelClasses& channels);

}  // namespace hypar
