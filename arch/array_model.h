#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <systemc>

#include "arch/array.h"
#include "arch/network_interface.h"
#include "arch/processing_unit.h"
#include "arch/router.h"
#include "arch/topology.h"
#include "arch/vault.h"

namespace hypar {

/// One accelerator: vaults, processing units, a network interface.
class Accelerator : public sc_core::sc_module {
public:
    Accelerator(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                const Topology& topology, std::uint64_t index, Router& router, EventCounts& counts,
                CompletionListener& listener);

    ProcessingUnit& unit(std::size_t index) { return *units_[index]; }
    NetworkInterface& interface() { return *interface_; }
    const NetworkInterface& interface() const { return *interface_; }
    const std::vector<std::unique_ptr<Vault>>& vaults() const { return vaults_; }
    const std::vector<std::unique_ptr<ProcessingUnit>>& units() const { return units_; }

private:
    std::vector<std::unique_ptr<Vault>> vaults_;
    std::vector<std::unique_ptr<ProcessingUnit>> units_;
    std::unique_ptr<NetworkInterface> interface_;
};

/// The whole array as SystemC modules. Must be made within a KernelScope and live no longer.
class ArrayModel : public sc_core::sc_module {
public:
    /// `array` and `topology` must outlive it.
    ArrayModel(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
               const Topology& topology, CompletionListener& listener);

    Accelerator& accelerator(std::size_t index) { return *accelerators_[index]; }
    const std::vector<std::unique_ptr<Accelerator>>& accelerators() const { return accelerators_; }
    const EventCounts& counts() const { return counts_; }
    /// By link of the topology.
    std::vector<LinkUse> link_use() const;

private:
    const Topology& topology_;
    EventCounts counts_;
    std::vector<std::unique_ptr<Router>> routers_;
    std::vector<std::unique_ptr<Accelerator>> accelerators_;
};

}  // namespace hypar
