#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "arch/component.h"
#include "arch/dma.h"
#include "arch/packet.h"
#include "arch/processing_unit.h"
#include "arch/router.h"

namespace hypar {

/// One accelerator's part in one level of a collective: it sends to its partner and receives from it.
struct ExchangeStep {
    std::uint64_t partner = 0;
    std::uint64_t send_bytes = 0;
    std::uint64_t receive_bytes = 0;
    bool reduces = false;  ///< what arrives is added to what lies in memory
};

/// Joins an accelerator's memory to its router: reads what is sent packet by packet, writes what arrives, adds
/// partial sums. Steps follow each other: what a step sends may have arrived in the step before.
class NetworkInterface : public Component {
public:
    /// `id` orders its DMA engine among those of its accelerator.
    NetworkInterface(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                     const Topology& topology, std::uint64_t accelerator, const std::vector<Vault*>& vaults,
                     std::uint32_t id, Router& router, EventCounts& counts, CompletionListener& listener);

    /// Starts the steps at `arrival`. Every accelerator starts its own at the same instant.
    void start(std::vector<ExchangeStep> steps, Picoseconds arrival);

    /// A packet for this accelerator, whole at `arrival`.
    void receive(const Packet& packet, Picoseconds arrival);
    /// The router has room for one more packet from `arrival` on.
    void slot_freed(Picoseconds arrival);

    std::uint64_t sent_bytes() const { return sent_bytes_; }
    std::uint64_t received_bytes() const { return received_bytes_; }

private:
    enum class Purpose : std::uint8_t { Send, ReadSum, Write };

    Picoseconds wake(Picoseconds now) override;
    void take_streams(Picoseconds now);
    void take_packets(Picoseconds now);
    void inject(std::uint32_t step, std::uint64_t bytes, Picoseconds now);
    void advance(Picoseconds now);
    void read_packets();
    void start_stream(Purpose purpose, std::uint32_t step, std::uint64_t bytes);
    const Route& route_to(std::uint64_t destination);

    const ArraySpec& array_;
    const Topology& topology_;
    std::uint64_t accelerator_;
    Router& router_;
    EventCounts& counts_;
    CompletionListener& listener_;
    Dma dma_;
    std::map<std::uint64_t, Route> routes_;
    Inbox<std::vector<ExchangeStep>> started_;
    Inbox<Packet> packets_;
    Inbox<bool> freed_;

    bool running_ = false;
    std::vector<ExchangeStep> steps_;
    std::vector<std::uint64_t> arrived_;  ///< bytes in memory, by step
    std::uint32_t step_ = 0;
    std::uint64_t unread_ = 0;   ///< bytes of this step that no packet has been read for
    std::uint64_t reading_ = 0;  ///< packets being read for this step
    std::uint64_t free_slots_;   ///< packets that may be read or wait in the router
    std::uint64_t sent_bytes_ = 0;
    std::uint64_t received_bytes_ = 0;
};

}  // namespace hypar
