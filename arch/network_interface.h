#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "arch/activity.h"
#include "arch/component.h"
#include "arch/dma.h"
#include "arch/packet.h"
#include "arch/router.h"
#include "arch/worker.h"

namespace hypar {

/// One accelerator's part in one level of a collective: it sends to its partner and receives from it.
struct ExchangeShare {
    std::uint64_t partner = 0;
    std::uint64_t send_bytes = 0;
    std::uint64_t receive_bytes = 0;
    bool reduces = false;  ///< what arrives is added to what lies in memory

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.partner, self.send_bytes, self.receive_bytes, self.reduces);
    }

    friend bool operator==(const ExchangeShare& a, const ExchangeShare& b) { return numbers(a) == numbers(b); }
};

/// Payload of one accelerator's network interface.
struct InterfaceUse {
    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.sent_bytes, self.received_bytes);
    }

    InterfaceUse& operator+=(const InterfaceUse& other) {
        sent_bytes = checked_add(sent_bytes, other.sent_bytes);
        received_bytes = checked_add(received_bytes, other.received_bytes);
        return *this;
    }
    InterfaceUse& operator-=(const InterfaceUse& other) {
        sent_bytes -= other.sent_bytes;
        received_bytes -= other.received_bytes;
        return *this;
    }
};

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
    void packet_taken(Picoseconds arrival) override;

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
