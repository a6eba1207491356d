#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/flow.h"
#include "arch/kernel/time.h"
#include "arch/network/topology.h"

namespace hypar {

/// What flows are expected to take, without a replay: as long as the busiest link, channel, local port or memory is
/// at work, or as the longest row of flows of which each waits for the one before.
class FlowTime {
public:
    /// Both must outlive it.
    FlowTime(const ArraySpec& array, const Topology& topology);

    Picoseconds of(const std::vector<Flow>& flows);
    /// Whether flows of several owners cross one link; `owner` says whose a sender's flows are.
    bool share_links(const std::vector<Flow>& flows, const std::function<std::uint64_t(std::uint64_t)>& owner);

private:
    /// A link of a way, and the virtual channels that packets may have, among those of all links.
    struct Crossing {
        std::size_t link = 0;
        std::size_t first_channel = 0;
        std::size_t channels = 1;
        std::uint64_t bits_per_second = 0;
        std::uint64_t channel_bits_per_second = 0;  ///< that one of them carries
    };
    struct Way {
        std::vector<Crossing> hops;
        std::uint64_t least_bits_per_second = UINT64_MAX;
        Picoseconds latency = 0;  ///< of routers and links
        Picoseconds time = 0;     ///< that its flows take, which have one channel of each link
    };

    Way& way(std::uint64_t from, std::uint64_t to);
    Crossing crossing_of(const Hop& hop) const;
    void add_to_ways(const Flow& flow);
    Picoseconds busiest_way(const std::vector<Flow>& flows);
    Picoseconds busiest(const std::vector<Flow>& flows);
    Picoseconds longest_row(const std::vector<Flow>& flows);
    Picoseconds latency(const Flow& flow);
    Picoseconds until_passed_on(const Flow& flow, std::uint64_t bytes);
    Picoseconds alone(const Flow& flow, std::uint64_t blocks);

    const ArraySpec& array_;
    const Topology& topology_;
    std::uint64_t memory_bits_per_second_;
    Picoseconds memory_latency_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Way> ways_;
    std::vector<Picoseconds> link_times_;
    std::vector<Picoseconds> channel_times_;
};

}  // namespace hypar
