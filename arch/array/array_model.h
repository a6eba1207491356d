#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <systemc>

#include "arch/array/array_spec.h"
#include "arch/array/hardware_use.h"
#include "arch/array/network_interface.h"
#include "arch/kernel/activity.h"
#include "arch/memory/memory.h"
#include "arch/network/interconnect_model.h"
#include "arch/network/router.h"
#include "arch/network/topology.h"
#include "arch/unit/processing_unit.h"
#include "arch/unit/vector_unit.h"

namespace hypar {

/// How an array is built for what it is to do.
struct ArrayBuild {
    bool has_units = true;  ///< an array that only exchanges needs none
    /// Of a memory that network interfaces have to themselves; null: they share that of the units.
    const MemorySpec* interface_memory = nullptr;
    bool counts_apart = false;         ///< what units and interface of each accelerator do is counted for itself
    std::vector<std::uint32_t> kinds;  ///< of the array's, by accelerator; none: all are alike
};

/// What units and interface count into.
struct AcceleratorCounts {
    EventCounts& units;
    EventCounts& interface;
};

/// What the memories of all accelerators remember, and those that interfaces have to themselves.
struct SharedMemos {
    SharedVaultMemo memory;
    SharedVaultMemo interface_memory;
};

/// One accelerator: memory, processing units, a vector unit if the array has them, a network interface.
class Accelerator : public sc_core::sc_module {
public:
    Accelerator(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                const Topology& topology, std::uint64_t index, Router& router, AcceleratorCounts counts,
                CompletionListener& listener, const ArrayBuild& build, SharedMemos& memos);

    /// Writes down from now on what its parts do.
    void record(ActivityTrack& units, ActivityTrack& vector_unit, ActivityTrack& vaults, TransferTimes& times);
    /// Every engine starts from its first vault again, and the vaults from rest.
    void restart(Picoseconds now);
    /// The same of units, or of the interface, which have memories of their own.
    void restart_units(Picoseconds now);
    void restart_interface(Picoseconds now);
    void offer_state(StateVisitor& visitor);
    /// The one of its units and its interface that has most work left.
    const Worker& busiest() const;

    ProcessingUnit& unit(std::size_t index) { return *units_[index]; }
    /// Null if it has none.
    VectorUnit* vector_unit() { return vector_unit_.get(); }
    NetworkInterface& interface() { return *interface_; }
    const NetworkInterface& interface() const { return *interface_; }
    Memory& memory() { return memory_; }
    /// Time in which each vault's data bus moved data, by vault.
    std::vector<std::uint64_t> vault_bursts() const;
    const std::vector<std::unique_ptr<ProcessingUnit>>& units() const { return units_; }

private:
    Memory& memory_of_interface() { return interface_memory_ != nullptr ? *interface_memory_ : memory_; }

    Memory memory_;
    std::unique_ptr<Memory> interface_memory_;  ///< null where it shares that of the units
    std::vector<std::unique_ptr<ProcessingUnit>> units_;
    std::unique_ptr<VectorUnit> vector_unit_;
    std::unique_ptr<NetworkInterface> interface_;
    std::vector<Dma*> engines_;  ///< of the units, then of the vector unit and of the interface
};

/// The accelerators and switches of a topology as SystemC modules. Must be made within a KernelScope and live no
/// longer.
class ArrayModel : public sc_core::sc_module {
public:
    /// `array` and `topology` must outlive it.
    ArrayModel(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
               const Topology& topology, CompletionListener& listener, const ArrayBuild& build = {});

    /// Writes down from now on what its parts do, at most so many slices of each in a segment.
    void record(std::size_t most_slices);
    /// The tracks that are written down; null before `record`.
    ArrayActivity* activity() { return activity_.get(); }

    /// Puts components, all of which are at rest, back to how they were at first, for the segment that starts `now`.
    void restart(Picoseconds now);
    /// When everything that is still on its way, such as credits, without anybody's waiting for it, will have
    /// arrived.
    Picoseconds quiet_at() const;
    void offer_state(StateVisitor& visitor);
    HardwareUse use() const;
    /// The worker with most work left.
    const Worker& busiest() const;

    InterconnectModel& interconnect() { return interconnect_; }
    const InterconnectModel& interconnect() const { return interconnect_; }
    Accelerator& accelerator(std::size_t index) { return *accelerators_[index]; }
    const std::vector<std::unique_ptr<Accelerator>>& accelerators() const { return accelerators_; }
    /// All counts but those of what crosses links, which use() adds.
    EventCounts counts() const;
    /// Those of one accelerator, which are counted apart.
    AcceleratorCounts counts_of(std::size_t accelerator);

private:
    const ArraySpec& array_;
    std::vector<ArraySpec> arrays_;  ///< by kind
    const Topology& topology_;
    std::vector<EventCounts> counts_;  ///< of all, or of each accelerator's units and interface
    SharedMemos memos_;
    InterconnectModel interconnect_;
    std::vector<std::unique_ptr<Accelerator>> accelerators_;
    std::unique_ptr<ArrayActivity> activity_;
};

}  // namespace hypar
