#include "arch/array_model.h"

#include <algorithm>

#include <fmt/format.h>

namespace hypar {

Accelerator::Accelerator(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                         const Topology& topology, std::uint64_t index, Router& router, EventCounts& counts,
                         CompletionListener& listener)
    : sc_module(name) {
    const Picoseconds answer_delay = array.clock.duration(array.memory.crossbar_cycles);
    std::vector<Vault*> vaults;
    for (std::uint64_t vault = 0; vault < array.memory.vaults; ++vault) {
        vaults_.push_back(std::make_unique<Vault>(fmt::format("vault{}", vault).c_str(), calendar, array.memory,
                                                  answer_delay, counts));
        vaults.push_back(vaults_.back().get());
    }
    for (std::uint64_t unit = 0; unit < array.processing_units; ++unit) {
        units_.push_back(std::make_unique<ProcessingUnit>(fmt::format("unit{}", unit).c_str(), calendar, array,
                                                          vaults, static_cast<std::uint32_t>(unit), counts,
                                                          listener));
    }
    interface_ = std::make_unique<NetworkInterface>("interface", calendar, array, topology, index, vaults,
                                                    static_cast<std::uint32_t>(array.processing_units), router,
                                                    counts, listener);
}

ArrayModel::ArrayModel(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                       const Topology& topology, CompletionListener& listener)
    : sc_module(name), topology_(topology) {
    std::vector<Router*> routers;
    for (std::size_t node = 0; node < topology.node_count(); ++node) {
        std::string router_name = "router_" + topology.node_name(node);
        std::replace(router_name.begin(), router_name.end(), '.', '_');  // the kernel's own separator
        routers_.push_back(std::make_unique<Router>(router_name.c_str(), calendar, array, topology, node, counts_));
        routers.push_back(routers_.back().get());
    }
    for (Router* router : routers) router->connect(routers);
    for (std::uint64_t index = 0; index < array.accelerators; ++index) {
        accelerators_.push_back(std::make_unique<Accelerator>(topology.node_name(index).c_str(), calendar, array,
                                                              topology, index, *routers[index], counts_, listener));
    }
}

std::vector<LinkUse> ArrayModel::link_use() const {
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
