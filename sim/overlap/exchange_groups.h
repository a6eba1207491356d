#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/array/flow.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"

namespace hypar {

/// Accelerators that exchange with each other, directly or through others, in one segment.
struct ExchangeGroup {
    std::size_t segment = 0;
    std::vector<std::uint32_t> members;  ///< accelerators, ascending
    std::vector<std::uint32_t> nodes;    ///< of the topology, ascending, that packets may come by
    std::vector<std::uint32_t> flows;    ///< of the segment, ascending
};

/// The groups of a program's exchanges, by segment and then by first member.
class ExchangeGroups {
public:
    ExchangeGroups(const Program& program, const Topology& topology);

    const std::vector<ExchangeGroup>& all() const { return groups_; }
    const ExchangeGroup& operator[](std::size_t group) const { return groups_[group]; }
    /// The group of an accelerator in a segment; none if it takes no part.
    std::optional<std::size_t> group_of(std::size_t segment, std::size_t accelerator) const;

private:
    void add_groups(const Program& program, const Topology& topology, std::size_t segment);
    std::vector<std::uint32_t> nodes_of(const std::vector<Flow>& flows, const ExchangeGroup& group,
                                        const Topology& topology) const;

    std::vector<ExchangeGroup> groups_;
    std::vector<std::vector<std::uint32_t>> group_of_;  ///< by segment and accelerator, from 1 on; 0: none
};

/// The flows of a group, numbered from 0 on; accelerators as they are.
std::vector<Flow> flows_of(const ExchangeGroup& group, const Program& program);

}  // namespace hypar
