#pragma once

#include <memory>
#include <vector>

#include <systemc>

#include "arch/network/interconnect_spec.h"
#include "arch/network/router.h"
#include "arch/network/topology.h"

namespace hypar {

/// The routers of a topology, joined by its links. Must be made within a KernelScope and live no longer.
class InterconnectModel : public sc_core::sc_module {
public:
    /// `spec` and `topology` must outlive it.
    InterconnectModel(const sc_core::sc_module_name& name, Calendar& calendar, const InterconnectSpec& spec,
                      const Clock& clock, const Topology& topology);

    /// Puts what has come to rest back to how it was at first.
    void restart();
    /// When all that is on its way now without anybody's waiting for it has come to rest.
    Picoseconds quiet_at() const;
    void offer_state(StateVisitor& visitor);

    /// Writes down from now on when links carry something; `tracks` are by link of the topology.
    void record(std::vector<ActivityTrack>& tracks);

    Router& router(std::size_t node) { return *routers_[node]; }
    const std::vector<std::unique_ptr<Router>>& routers() const { return routers_; }
    const Topology& topology() const { return topology_; }
    /// By link of the topology.
    std::vector<LinkUse> link_use() const;

private:
    const Topology& topology_;
    std::vector<std::unique_ptr<Router>> routers_;
};

}  // namespace hypar
