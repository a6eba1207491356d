#include "arch/array/array_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "arch/network/link_use.h"

namespace hypar {

namespace {

/// Where a unit's streams start: the digits of its number in reverse, as a fraction of all vaults, so that the first
/// units of any number, which work where some are idle, are spread over them.
std::size_t first_vault(std::uint64_t unit, std::uint64_t units, std::uint64_t vaults) {
    std::uint64_t places = 1;
    std::uint64_t place = 0;
    for (; places < units; places *= 2, unit /= 2) place = 2 * place + unit % 2;
    return place * vaults / places;
}

}  // namespace

Accelerator::Accelerator(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                         const Topology& topology, std::uint64_t index, Router& router, AcceleratorCounts counts,
                         CompletionListener& listener, const ArrayBuild& build, SharedMemos& memos)
    : sc_module(name),
      memory_("memory", calendar, array.memory, array.clock.duration(array.memory.crossbar_cycles), counts.units,
              array.ideal == Ideal::Memory, &memos.memory) {
    if (build.interface_memory != nullptr) {
        interface_memory_ = std::make_unique<Memory>(
            "interface_memory", calendar, *build.interface_memory, array.clock.duration(array.memory.crossbar_cycles),
            counts.interface, array.ideal == Ideal::Memory, &memos.interface_memory);
    }
    for (std::uint64_t unit = 0; build.has_units && unit < array.processing_units; ++unit) {
        units_.push_back(std::make_unique<ProcessingUnit>(
            fmt::format("unit{}", unit).c_str(), calendar, array.unit(), array.clock, array.dma, memory_,
            static_cast<std::uint32_t>(unit), first_vault(unit, array.processing_units, memory_.vaults()),
            counts.units, listener));
    }
    if (build.has_units && array.vector_unit.exists()) {
        vector_unit_ =
            std::make_unique<VectorUnit>("vector_unit", calendar, array.vector_unit, array.clock, array.dma, memory_,
                                         static_cast<std::uint32_t>(array.processing_units + 1), counts.units,
                                         listener, array.ideal == Ideal::Vector);
    }
    interface_ = std::make_unique<NetworkInterface>(
        "interface", calendar, array, topology, index, memory_of_interface(),
        static_cast<std::uint32_t>(array.processing_units), router, counts.interface, listener);
    for (const auto& unit : units_) engines_.push_back(&unit->dma());
    if (vector_unit_ != nullptr) engines_.push_back(&vector_unit_->dma());
    engines_.push_back(&interface_->dma());
}

void Accelerator::record(ActivityTrack& units, ActivityTrack& vector_unit, ActivityTrack& vaults,
                         TransferTimes& times) {
    for (const auto& unit : units_) unit->record(units);
    if (vector_unit_ != nullptr) vector_unit_->record(vector_unit);
    memory_.record(vaults);
    interface_->record(times);
}

void Accelerator::restart(Picoseconds now) {
    restart_units(now);
    interface_->dma().restart();
}

void Accelerator::restart_units(Picoseconds now) {
    memory_.restart(now);
    for (const auto& unit : units_) {
        unit->dma().restart();
        unit->buffer().restart_peak();
    }
    if (vector_unit_ != nullptr) vector_unit_->dma().restart();
}

void Accelerator::restart_interface(Picoseconds now) {
    memory_of_interface().restart(now);
    interface_->dma().restart();
}

std::vector<std::uint64_t> Accelerator::vault_bursts() const {
    std::vector<std::uint64_t> bursts = memory_.bursts();
    if (interface_memory_ == nullptr) return bursts;
    for (std::size_t vault = 0; vault < bursts.size(); ++vault) bursts[vault] += interface_memory_->bursts()[vault];
    return bursts;
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
    if (vector_unit_ != nullptr) vector_unit_->offer_state(visitor);
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
    if (vector_unit_ != nullptr && vector_unit_->work_left() > busiest->work_left()) busiest = vector_unit_.get();
    return *busiest;
}

ArrayModel::ArrayModel(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                       const Topology& topology, CompletionListener& listener, const ArrayBuild& build)
    : sc_module(name),
      array_(array),
      arrays_(array.by_kind()),
      topology_(topology),
      counts_(build.counts_apart ? 2 * topology.accelerator_count() : 1),
      memos_{SharedVaultMemo(array.memory),
             SharedVaultMemo(build.interface_memory != nullptr ? *build.interface_memory : array.memory)},
      interconnect_("interconnect", calendar, array.interconnect, array.clock, topology) {
    for (std::size_t index = 0; index < topology.accelerator_count(); ++index) {
        const ArraySpec& own = arrays_[build.kinds.empty() ? 0 : build.kinds[index]];
        accelerators_.push_back(std::make_unique<Accelerator>(topology.node_name(index).c_str(), calendar, own,
                                                              topology, index, interconnect_.router(index),
                                                              counts_of(index), listener, build, memos_));
    }
}

void ArrayModel::record(std::size_t most_slices) {
    activity_ = std::make_unique<ArrayActivity>(accelerators_.size(), topology_.links().size(), most_slices);
    for (std::size_t index = 0; index < accelerators_.size(); ++index) {
        accelerators_[index]->record(activity_->units[index], activity_->vector_units[index],
                                     activity_->vaults[index], activity_->transfers[index]);
    }
    interconnect_.record(activity_->links);
}

void ArrayModel::restart(Picoseconds now) {
    for (const auto& accelerator : accelerators_) accelerator->restart(now);
    interconnect_.restart();
}

Picoseconds ArrayModel::quiet_at() const { return interconnect_.quiet_at(); }

void ArrayModel::offer_state(StateVisitor& visitor) {
    for (EventCounts& counts : counts_) counts.offer_state(visitor);
    for (const auto& accelerator : accelerators_) accelerator->offer_state(visitor);
    interconnect_.offer_state(visitor);
    if (activity_ != nullptr) activity_->offer_state(visitor);
}

EventCounts ArrayModel::counts() const {
    EventCounts sum;
    for (const EventCounts& counts : counts_) sum += counts;
    return sum;
}

AcceleratorCounts ArrayModel::counts_of(std::size_t accelerator) {
    if (counts_.size() == 1) return {counts_.front(), counts_.front()};
    return {counts_[2 * accelerator], counts_[2 * accelerator + 1]};
}

HardwareUse ArrayModel::use() const {
    HardwareUse use;
    use.counts = counts();
    use.links = interconnect_.link_use();
    count_crossings(use.counts, topology_.links(), use.links, array_.interconnect.flit_bytes);
    for (const auto& accelerator : accelerators_) {
        use.accelerators.push_back(accelerator->interface().use());
        const std::vector<std::uint64_t> bursts = accelerator->vault_bursts();
        use.vault_bursts.insert(use.vault_bursts.end(), bursts.begin(), bursts.end());
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

}  // namespace hypar
