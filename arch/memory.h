#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/array.h"
#include "arch/component.h"
#include "arch/event_counts.h"
#include "arch/inbox.h"

namespace hypar {

/// Receives the ends of its memory requests.
class MemoryClient {
public:
    /// `blocks` of the request with `tag` are done; their answers arrive at `arrival`.
    virtual void memory_done(std::uint64_t tag, std::uint64_t blocks, Picoseconds arrival) = 0;

    /// How many of its streams, of those that have not ended, are before the one of the request with `tag`.
    virtual std::uint64_t streams_before(std::uint64_t tag) const = 0;

protected:
    ~MemoryClient() = default;
};

/// Bytes read from or written to memory, in blocks as the memory interleaves them, the last one maybe shorter: one in
/// each of the vaults from `vault` on.
struct MemoryRequest {
    std::size_t vault = 0;
    std::uint64_t bytes = 0;
    MemoryClient* client = nullptr;
    std::uint64_t tag = 0;
};

/// When a block that a vault takes up at `now` is done, if its data bus is busy until `bus_free`: its rows are opened
/// and read while earlier data moves, then its own data holds the bus for `transfer`.
Picoseconds vault_completion(const MemorySpec& spec, Picoseconds now, Picoseconds bus_free, Picoseconds transfer);

/// The vaults of one hybrid memory cube, each a queue of blocks in order of arrival before one data bus.
class Memory : public Component {
public:
    Memory(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec, Picoseconds answer_delay,
           EventCounts& counts);

    std::size_t vaults() const { return bus_free_.size(); }

    /// `sender` orders requests that arrive in one instant.
    void request(const MemoryRequest& request, Picoseconds arrival, std::uint32_t sender);

    /// Time in which each vault's data bus moved data, by vault.
    const std::vector<Picoseconds>& busy_times() const { return busy_times_; }

    /// Shows the vaults as a ring that begins at vault `first`. Returns by how many vaults a jump turned it.
    std::uint64_t offer_state_from(StateVisitor& visitor, std::size_t first);

private:
    Picoseconds wake(Picoseconds now) override;
    void serve(const MemoryRequest& request, Picoseconds now);
    void turn(std::uint64_t vaults_on);

    const MemorySpec& spec_;
    Picoseconds block_transfer_;  ///< of a whole block
    Picoseconds answer_delay_;
    EventCounts& counts_;
    Inbox<MemoryRequest> inbox_;
    std::vector<Picoseconds> bus_free_;    ///< by vault
    std::vector<Picoseconds> busy_times_;  ///< by vault
};

}  // namespace hypar
