#include "arch/array_model.h"

#include <fmt/format.h>

namespace hypar {

Accelerator::Accelerator(const sc_core::sc_module_name& name, const ArraySpec& array, const Topology& topology,
                         std::uint64_t index, Router& router, EventCounts& counts, CompletionListener& listener)
    : sc_module(name) {
    const Picoseconds answer_delay = array.clock.duration(array.memory.crossbar_cycles);
    std::vector<Vault*> vaults;
    for (std::uint64_t vault = 0; vault < array.memory.vaults; ++vault) {
        vaults_.push_back(
            std::make_unique<Vault>(fmt::format("vault{}", vault).c_str(), array.memory, answer_delay, counts));
        vaults.push_back(vaults_.back().get());
    }
    for (std::uint64_t unit = 0; unit < array.processing_units; ++unit) {
        units_.push_back(std::make_unique<ProcessingUnit>(fmt::format("unit{}", unit).c_str(), array, vaults,
                                                          static_cast<std::uint32_t>(unit), counts, listener));
    }
    interface_ = std::make_unique<NetworkInterface>("interface", array, topology, index, vaults,
                                                    static_cast<std::uint32_t>(array.processing_units), router,
                                                    counts, listener);
}

std::uint64_t Accelerator::total_activations() const {
    std::uint64_t sum = interface_->total_activations();
    for (const auto& unit : units_) sum += unit->total_activations();
    for (const auto& vault : vaults_) sum += vault->activations();
    return sum;
}

ArrayModel::ArrayModel(const sc_core::sc_module_name& name, const ArraySpec& array, const Topology& topology,
                       CompletionListener& listener)
    : sc_module(name), topology_(topology) {
    std::vector<Router*> routers;
    for (std::size_t node = 0; node < topology.node_count(); ++node) {
        const std::string router_name = "router_" + topology.node_name(node);
        routers_.push_back(std::make_unique<Router>(router_name.c_str(), array, topology, node, counts_));
        routers.push_back(routers_.back().get());
    }
    for (Router* router : routers) router->connect(routers);
    for (std::uint64_t index = 0; index < array.accelerators; ++index) {
        accelerators_.push_back(std::make_unique<Accelerator>(topology.node_name(index).c_str(), array, topology,
                                                              index, *routers[index], counts_, listener));
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

std::uint64_t ArrayModel::total_activations() const {
    std::uint64_t sum = 0;
    for (const auto& router : routers_) sum += router->activations();
    for (const auto& accelerator : accelerators_) sum += accelerator->total_activations();
    return sum;
}

}  // namespace hypar
