#include "arch/vault.h"

#include <algorithm>

namespace hypar {

Picoseconds vault_completion(const MemorySpec& spec, Picoseconds now, Picoseconds bus_free, std::uint64_t bytes) {
    const Picoseconds first_data = now + spec.row_to_column_delay + spec.column_latency;
    return std::max(first_data, bus_free) + transfer_time(bytes, spec.vault_bits_per_second);
}

Vault::Vault(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec,
             Picoseconds answer_delay, EventCounts& counts)
    : Component(name, calendar), spec_(spec), answer_delay_(answer_delay), counts_(counts) {}

void Vault::request(const MemoryRequest& request, Picoseconds arrival, std::uint32_t sender) {
    inbox_.put(arrival, sender, request);
    wake_by(arrival);
}

Picoseconds Vault::wake(Picoseconds now) {
    while (inbox_.next_arrival() <= now) {
        const MemoryRequest request = inbox_.take();
        bus_free_ = vault_completion(spec_, now, bus_free_, request.bytes);
        busy_time_ += transfer_time(request.bytes, spec_.vault_bits_per_second);
        bytes_ = checked_add(bytes_, request.bytes);
        counts_.dram_bytes = checked_add(counts_.dram_bytes, request.bytes);
        request.client->memory_done(request.tag, bus_free_ + answer_delay_);
    }
    return inbox_.next_arrival();
}

}  // namespace hypar
