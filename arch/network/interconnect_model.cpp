#include "arch/network/interconnect_model.h"

#include <algorithm>
#include <string>

namespace hypar {

InterconnectModel::InterconnectModel(const sc_core::sc_module_name& name, Calendar& calendar,
                                     const InterconnectSpec& spec, const Clock& clock, const Topology& topology)
    : sc_module(name), topology_(topology) {
    std::vector<Router*> routers;
    for (std::size_t node = 0; node < topology.node_count(); ++node) {
        // The kernel refuses most signs in names, which a user's switches may have.
        const std::string router_name = "router_" + std::to_string(node);
        routers_.push_back(std::make_unique<Router>(router_name.c_str(), calendar, spec, clock, topology, node));
        routers.push_back(routers_.back().get());
    }
    for (Router* router : routers) router->connect(routers);
}

void InterconnectModel::restart() {
    for (const auto& router : routers_) router->restart();
}

Picoseconds InterconnectModel::quiet_at() const {
    Picoseconds latest = 0;
    for (const auto& router : routers_) latest = std::max(latest, router->quiet_at());
    return latest;
}

void InterconnectModel::offer_state(StateVisitor& visitor) {
    for (const auto& router : routers_) router->offer_state(visitor);
}

void InterconnectModel::record(std::vector<ActivityTrack>& tracks) {
    for (const auto& router : routers_) router->record(tracks);
}

std::vector<LinkUse> InterconnectModel::link_use() const {
    std::vector<LinkUse> use(topology_.links().size());
    for (std::size_t node = 0; node < routers_.size(); ++node) {
        const std::vector<LinkUse> leaving = routers_[node]->link_use();
        for (std::size_t index = 0; index < leaving.size(); ++index) {
            use[topology_.links_from(node)[index]] = leaving[index];
        }
    }
    return use;
}

}  // namespace hypar
