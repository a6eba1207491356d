#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "arch/network/graph.h"
#include "arch/network/routing.h"

namespace hypar {

class Topology;

/// Virtual channels of links that packets can wait for in a circle: each is held by a packet that wants the next one,
/// and the last one by one that wants the first. Empty if there are none.
///
/// That is a cycle of the channel-dependency graph: without one, no routing deadlocks (Dally and Seitz, IEEE Trans.
/// Computers C-36, 1987). Its edges are the steps of the routes from each of `sources` to each of `destinations`.
std::vector<Hop> find_cycle(const Graph& graph, const Routing& routing, std::size_t virtual_channels,
                            const std::vector<std::size_t>& sources, const std::vector<std::size_t>& destinations);

/// Which virtual channels of links packets in others wait for, as long as none wait in a circle.
class AcyclicChannels {
public:
    explicit AcyclicChannels(std::size_t channels) : next_(channels), closing_(channels), seen_(channels) {}

    /// Notes that packets in `channel` may wait for `next`, unless that closes a circle; returns whether it does not.
    bool add(std::size_t channel, std::size_t next);

private:
    bool reaches(std::size_t channel, std::size_t other);

    std::vector<std::vector<std::size_t>> next_;
    std::vector<std::vector<std::size_t>> closing_;  ///< what was not added to `next_`
    std::vector<std::size_t> seen_;                  ///< the last search that came to each channel
    std::size_t searches_ = 0;
};

/// Above so many accelerators only pairs that do exchange are looked at: all would take too long.
constexpr std::uint64_t kMostWithAllPairs = 256;

/// Throws ConfigError (key "topology") that shows the cycle if packets between some accelerators can deadlock:
/// between these pairs, and between all where packets choose their way or no pairs are given.
void check_deadlock_free(const Topology& topology, const Pairs& pairs = {});

/// "acc0 -> acc1 [0], acc1 -> acc2 [0]": links with their virtual channels.
std::string describe_cycle(const Graph& graph, const std::vector<Hop>& cycle);

}  // namespace hypar
