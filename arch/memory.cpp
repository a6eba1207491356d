#include "arch/memory.h"

#include <algorithm>

namespace hypar {

Picoseconds vault_completion(const MemorySpec& spec, Picoseconds now, Picoseconds bus_free, Picoseconds transfer) {
    const Picoseconds first_data = now + spec.row_to_column_delay + spec.column_latency;
    return std::max(first_data, bus_free) + transfer;
}

Memory::Memory(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec,
               Picoseconds answer_delay, EventCounts& counts)
    : Component(name, calendar),
      spec_(spec),
      block_transfer_(transfer_time(spec.interleave_bytes, spec.vault_bits_per_second)),
      answer_delay_(answer_delay),
      counts_(counts),
      bus_free_(spec.vaults),
      busy_times_(spec.vaults) {}

void Memory::request(const MemoryRequest& request, Picoseconds arrival, std::uint32_t sender) {
    inbox_.put(arrival, sender, request);
    wake_by(arrival);
}

Picoseconds Memory::wake(Picoseconds now) {
    while (inbox_.next_arrival() <= now) serve(inbox_.take(), now);
    return inbox_.next_arrival();
}

void Memory::serve(const MemoryRequest& request, Picoseconds now) {
    counts_.dram_bytes = checked_add(counts_.dram_bytes, request.bytes);
    std::size_t vault = request.vault;
    std::uint64_t done = 0;  // blocks in a row that are done at the same time
    Picoseconds done_at = 0;
    for (std::uint64_t left = request.bytes; left > 0;) {
        const std::uint64_t bytes = std::min(left, spec_.interleave_bytes);
        const Picoseconds transfer =
            bytes == spec_.interleave_bytes ? block_transfer_ : transfer_time(bytes, spec_.vault_bits_per_second);
        bus_free_[vault] = vault_completion(spec_, now, bus_free_[vault], transfer);
        busy_times_[vault] += transfer;
        if (done > 0 && bus_free_[vault] != done_at) {
            request.client->memory_done(request.tag, done, done_at + answer_delay_);
            done = 0;
        }
        done_at = bus_free_[vault];
        ++done;
        left -= bytes;
        if (++vault == vaults()) vault = 0;
    }
    request.client->memory_done(request.tag, done, done_at + answer_delay_);
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
    std::uint64_t idle = 0;  // vaults in a row
    for (std::size_t index = 0; index < vaults(); ++index) {
        Picoseconds& bus_free = bus_free_[(first + index) % vaults()];
        if (bus_free <= visitor.now()) {
            ++idle;
            continue;
        }
        visitor.value(idle);
        visitor.time(bus_free);
        idle = 0;
    }
    visitor.value(idle);
    visitor.counters_on_ring(busy_times_);
    if (turned > 0) turn(turned);
    return turned;
}

void Memory::turn(std::uint64_t vaults_on) {
    std::rotate(bus_free_.begin(), bus_free_.end() - static_cast<std::ptrdiff_t>(vaults_on), bus_free_.end());
    inbox_.for_each([&](MemoryRequest& request) { request.vault = (request.vault + vaults_on) % vaults(); });
}

}  // namespace hypar
