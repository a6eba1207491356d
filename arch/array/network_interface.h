#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/exchange_share.h"
#include "arch/array/hardware_use.h"
#include "arch/kernel/activity.h"
#include "arch/kernel/component.h"
#include "arch/kernel/worker.h"
#include "arch/memory/dma.h"
#include "arch/network/packet.h"
#include "arch/network/router.h"

namespace hypar {

/// Joins an accelerator's memory to its router: reads what is sent packet by packet, writes what arrives, adds
/// partial sums.
class NetworkInterface : public Component, public Worker, public Terminal {
public:
    /// `id` orders its DMA engine among those of its accelerator.
    NetworkInterface(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                     const Topology& topology, std::uint64_t accelerator, Memory& memory, std::uint32_t id,
                     Router& router, EventCounts& counts, CompletionListener& listener);

    /// Starts its share of an exchange at `arrival`. Every accelerator starts its own at the same instant.
    void start(const ExchangeShare& share, Picoseconds arrival);

    void receive(const Packet& packet, Picoseconds arrival) override;
    void packet_taken(std::size_t queue, Picoseconds arrival) override;

    /// Writes down from now on when it takes part in exchanges.
    void record(TransferTimes& times) { times_ = &times; }

    Dma& dma() { return dma_; }
    /// Packets of which no byte has been read.
    std::uint64_t work_left() const override { return ceil_divide(unread_, array_.interconnect.packet_bytes); }

    void offer_state(StateVisitor& visitor) override;

    const InterfaceUse& use() const { return use_; }

private:
    enum class Purpose : std::uint8_t { Send, ReadSum, Write };

    Picoseconds wake(Picoseconds now) override;
    void take_streams(Picoseconds now);
    void take_packets(Picoseconds now);
    void inject(std::uint64_t bytes, Picoseconds now);
    void finish(Picoseconds now);
    void read_packets();
    void start_stream(Purpose purpose, std::uint64_t bytes);
    const Route& route_to(std::uint64_t destination);

    const ArraySpec& array_;
    const Topology& topology_;
    std::uint64_t accelerator_;
    Router& router_;
    EventCounts& counts_;
    CompletionListener& listener_;
    Dma dma_;
    std::map<std::uint64_t, Route> routes_;
    Inbox<ExchangeShare> started_;
    Inbox<Packet> packets_;
    Inbox<bool> freed_;

    bool running_ = false;
    ExchangeShare share_;
    std::uint64_t unread_ = 0;   ///< bytes that no packet has been read for
    std::uint64_t missing_ = 0;  ///< bytes that do not lie in memory yet
    std::uint64_t reading_ = 0;  ///< packets being read
    std::uint64_t free_slots_;   ///< packets that may be read or wait before the router
    InterfaceUse use_;
    TransferTimes* times_ = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
