#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "arch/network/interconnect_spec.h"
#include "arch/network/routing.h"
#include "base/checked.h"

namespace hypar {

/// Bytes that one accelerator sends to another as one stream: first its own, then what it passes on.
///
/// Flows are known by their numbers in a list. `follows` and `after` are flows into `from`, `adds_behind` and
/// `adds_after` flows into `to`: they say in which order sums are added there, whenever they come.
struct Flow {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t bytes = 0;
    std::uint64_t added_bytes = 0;  ///< the first so many are added to what lies there; others are written
    std::uint64_t own_bytes = 0;    ///< the first so many wait for nothing that comes
    /// Byte k behind the own ones may leave when byte k of each of these has come, and been added.
    std::vector<std::uint32_t> follows = {};
    std::vector<std::uint32_t> after = {};  ///< all of these must have come before it starts
    /// Bytes that no packet goes beyond, one after the other; empty where the sums and the rest are all there are.
    std::vector<std::uint64_t> pieces = {};
    /// Byte k of its sums is added when byte k of each of these has been, or all of those that have fewer.
    std::vector<std::uint32_t> adds_behind = {};
    std::vector<std::uint32_t> adds_after = {};  ///< all sums of these must have been added before any of its own

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.from, self.to, self.bytes, self.added_bytes, self.own_bytes, self.follows, self.after,
                        self.pieces, self.adds_behind, self.adds_after);
    }

    /// Calls `visit` with every list of numbers of other flows.
    template <typename Visit>
    void for_each_others(const Visit& visit) {
        for (std::vector<std::uint32_t>* others : {&follows, &after, &adds_behind, &adds_after}) visit(*others);
    }
    /// Calls `visit` with every number of another flow.
    template <typename Visit>
    void for_each_other(const Visit& visit) {
        for_each_others([&](std::vector<std::uint32_t>& others) {
            for (std::uint32_t& other : others) visit(other);
        });
    }

    friend bool operator==(const Flow& a, const Flow& b) { return numbers(a) == numbers(b); }
};

/// A flow that waits for nothing.
inline Flow plain_flow(std::uint64_t from, std::uint64_t to, std::uint64_t bytes, bool adds) {
    return {from, to, bytes, adds ? bytes : 0, bytes};
}

/// Calls `visit` with the bytes of every piece that is cut into packets by itself.
template <typename Visit>
void for_each_piece(const Flow& flow, const Visit& visit) {
    for (const std::uint64_t piece : flow.pieces) visit(piece);
    if (!flow.pieces.empty()) return;
    visit(flow.added_bytes);
    visit(flow.bytes - flow.added_bytes);
}

/// Time that a link is busy with a flow.
Picoseconds link_time(const InterconnectSpec& spec, const Flow& flow, std::uint64_t bits_per_second);

/// Who sends to whom, each pair once and in order.
Pairs pairs_of(const std::vector<Flow>& flows);

/// The flows of a list that leave one accelerator and those that enter it, by their numbers.
struct FlowEnds {
    std::vector<std::uint32_t> leaving;
    std::vector<std::uint32_t> entering;
};

/// When each flow has ended if it takes `duration(number)` from when those have ended that it starts after. No flow
/// starts after one of a higher number.
template <typename Duration>
std::vector<std::uint64_t> ends_of_chains(const std::vector<Flow>& flows, const Duration& duration) {
    std::vector<std::uint64_t> ends;
    ends.reserve(flows.size());
    for (std::size_t index = 0; index < flows.size(); ++index) {
        std::uint64_t start = 0;
        for (const std::uint32_t other : flows[index].after) start = std::max(start, ends[other]);
        ends.push_back(checked_add(start, duration(index)));
    }
    return ends;
}

/// By accelerator.
std::vector<FlowEnds> flow_ends(const std::vector<Flow>& flows, std::size_t accelerators);

}  // namespace hypar
