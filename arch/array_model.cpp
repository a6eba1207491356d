#include "arch/array_model.h"

#include <algorithm>

#include <fmt/format.h>

namespace hypar {

Accelerator::Accelerator(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                         const Topology& topology, std::uint64_t index, Router& router, EventCounts& counts,
                         CompletionListener& listener, bool has_units)
    : sc_module(name),
      memory_("memory", calendar, array.memory, array.clock.duration(array.memory.crossbar_cycles), counts) {
    for (std::uint64_t unit = 0; has_units && unit < array.processing_units; ++unit) {
        units_.push_back(std::make_unique<ProcessingUnit>(fmt::format("unit{}", unit).c_str(), calendar, array,
                                                          memory_, static_cast<std::uint32_t>(unit), counts,
                                                          listener));
    }
    interface_ = std::make_unique<NetworkInterface>("interface", calendar, array, topology, index, memory_,
                                                    static_cast<std::uint32_t>(array.processing_units), router,
                                                    counts, listener);
    for (const auto& unit : units_) engines_.push_back(&unit->dma());
    engines_.push_back(&interface_->dma());
}

void Accelerator::restart(Picoseconds now) {
    memory_.restart(now);
    for (Dma* engine : engines_) engine->restart();
    for (const auto& unit : units_) unit->buffer().restart_peak();
}

/// Blocks of memory stand on a ring: where it can turn, what matters is where each engine that goes round it is
/// relative to the others.
void Accelerator::offer_state(StateVisitor& visitor) {
    const auto lead = std::find_if(engines_.begin(), engines_.end(), [](Dma* engine) { return engine->was_used(); });
    const std::uint64_t first = lead == engines_.end() || !memory_.can_turn() ? 0 : (*lead)->next_place();
    for (const Dma* engine : engines_) {
        visitor.value(engine->was_used() ? 1 : 0);
        if (!engine->was_used()) continue;
        visitor.value((engine->next_place() + memory_.ring_size() - first) % memory_.ring_size());
    }
    for (const auto& unit : units_) unit->offer_state(visitor);
    interface_->offer_state(visitor);
    const std::uint64_t turned = memory_.offer_state_from(visitor, first);
    for (Dma* engine : engines_) {
        if (engine->was_used()) engine->turn(turned);
    }
}

const Worker& Accelerator::busiest() const {
    const Worker* busiest = interface_.get();
    for (const auto& unit : units_) {
        if (unit->work_left() > busiest->work_left()) busiest = unit.get();
    }
    return *busiest;
}

ArrayModel::ArrayModel(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                       const Topology& topology, CompletionListener& listener, bool has_units)
    : sc_module(name), topology_(topology) {
    std::vector<Router*> routers;
    for (std::size_t node = 0; node < topology.node_count(); ++node) {
        std::string router_name = "router_" + topology.node_name(node);
        std::replace(router_name.begin(), router_name.end(), '.', '_');  // the kernel's own separator
        routers_.push_back(std::make_unique<Router>(router_name.c_str(), calendar, array, topology, node, counts_));
        routers.push_back(routers_.back().get());
    }
    for (Router* router : routers) router->connect(routers);
    for (std::size_t index = 0; index < topology.accelerator_count(); ++index) {
        accelerators_.push_back(std::make_unique<Accelerator>(topology.node_name(index).c_str(), calendar, array,
                                                              topology, index, *routers[index], counts_, listener,
                                                              has_units));
    }
}

void ArrayModel::restart(Picoseconds now) {
    for (const auto& accelerator : accelerators_) accelerator->restart(now);
    for (const auto& router : routers_) router->restart();
}

Picoseconds ArrayModel::quiet_at() const {
    Picoseconds latest = 0;
    for (const auto& router : routers_) latest = std::max(latest, router->quiet_at());
    return latest;
}

void ArrayModel::offer_state(StateVisitor& visitor) {
    counts_.offer_state(visitor);
    for (const auto& accelerator : accelerators_) accelerator->offer_state(visitor);
    for (const auto& router : routers_) router->offer_state(visitor);
}

HardwareUse& HardwareUse::operator-=(const HardwareUse& earlier) {
    counts -= earlier.counts;
    for (std::size_t i = 0; i < accelerators.size(); ++i) accelerators[i] -= earlier.accelerators[i];
    for (std::size_t link = 0; link < links.size(); ++link) links[link] -= earlier.links[link];
    for (std::size_t vault = 0; vault < vaults_busy.size(); ++vault) vaults_busy[vault] -= earlier.vaults_busy[vault];
    return *this;
}

HardwareUse ArrayModel::use() const {
    HardwareUse use;
    use.counts = counts_;
    use.links = link_use();
    for (const auto& accelerator : accelerators_) {
        use.accelerators.push_back(accelerator->interface().use());
        const std::vector<Picoseconds>& busy_times = accelerator->memory().busy_times();
        use.vaults_busy.insert(use.vaults_busy.end(), busy_times.begin(), busy_times.end());
        for (const auto& unit : accelerator->units()) {
            use.peak_buffer_bytes = std::max(use.peak_buffer_bytes, unit->buffer().peak());
        }
    }
    return use;
}

const Worker& ArrayModel::busiest() const {
    const Worker* busiest = &accelerators_.front()->busiest();
    for (const auto& accelerator : accelerators_) {
        const Worker& worker = accelerator->busiest();
        if (worker.work_left() > busiest->work_left()) busiest = &worker;
    }
    return *busiest;
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
