#include "arch/memory.h"

#include <algorithm>

namespace hypar {

Picoseconds vault_completion(const MemorySpec& spec, Picoseconds now, Picoseconds bus_free, std::uint64_t bytes) {
    const Picoseconds first_data = now + spec.row_to_column_delay + spec.column_latency;
    return std::max(first_data, bus_free) + transfer_time(bytes, spec.vault_bits_per_second);
}

Memory::Memory(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec,
               Picoseconds answer_delay, EventCounts& counts)
    : Component(name, calendar),
      spec_(spec),
      answer_delay_(answer_delay),
      counts_(counts),
      bus_free_(spec.vaults),
      busy_times_(spec.vaults) {}

void Memory::request(const MemoryRequest& request, Picoseconds arrival, std::uint32_t sender) {
    inbox_.put(arrival, sender, request);
    wake_by(arrival);
}

Picoseconds Memory::wake(Picoseconds now) {
    while (inbox_.next_arrival() <= now) {
        const MemoryRequest request = inbox_.take();
        Picoseconds& bus_free = bus_free_[request.vault];
        bus_free = vault_completion(spec_, now, bus_free, request.bytes);
        busy_times_[request.vault] += transfer_time(request.bytes, spec_.vault_bits_per_second);
        counts_.dram_bytes = checked_add(counts_.dram_bytes, request.bytes);
        request.client->memory_done(request.tag, bus_free + answer_delay_);
    }
    return inbox_.next_arrival();
}

std::uint64_t Memory::offer_state_from(StateVisitor& visitor, std::size_t first) {
    offer_due_time(visitor);
    const std::uint64_t turned = visitor.turn(first, vaults());
    inbox_.offer_state(visitor, [&](std::uint64_t sender, const MemoryRequest& request) {
        visitor.value(sender);
        visitor.value((request.vault + vaults() - first) % vaults());
        visitor.value(request.bytes);
        visitor.value(request.client->streams_before(request.tag));
    });
    for (std::size_t index = 0; index < vaults(); ++index) visitor.time(bus_free_[(first + index) % vaults()]);
    visitor.counters_on_ring(busy_times_);
    if (turned > 0) turn(turned);
    return turned;
}

void Memory::turn(std::uint64_t vaults_on) {
    std::rotate(bus_free_.begin(), bus_free_.end() - static_cast<std::ptrdiff_t>(vaults_on), bus_free_.end());
    inbox_.for_each([&](MemoryRequest& request) { request.vault = (request.vault + vaults_on) % vaults(); });
}

}  // namespace hypar
