#pragma once

#include <cstdint>

#include "arch/array.h"
#include "arch/component.h"
#include "arch/event_counts.h"
#include "arch/inbox.h"

namespace hypar {

/// Receives the ends of its memory requests.
class MemoryClient {
public:
    /// The request with `tag` is done; the answer arrives at `arrival`.
    virtual void memory_done(std::uint64_t tag, Picoseconds arrival) = 0;

protected:
    ~MemoryClient() = default;
};

/// A block of bytes read from or written to one vault.
struct MemoryRequest {
    std::uint64_t bytes = 0;
    MemoryClient* client = nullptr;
    std::uint64_t tag = 0;
};

/// When a request that a vault takes up at `now` is done, if its data bus is busy until `bus_free`: its rows are
/// opened and read while earlier data moves, then its own data holds the bus.
Picoseconds vault_completion(const MemorySpec& spec, Picoseconds now, Picoseconds bus_free, std::uint64_t bytes);

/// One vault of a hybrid memory cube: a queue of requests in order of arrival before one data bus.
class Vault : public Component {
public:
    Vault(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec, Picoseconds answer_delay,
          EventCounts& counts);

    /// `sender` orders requests that arrive in one instant.
    void request(const MemoryRequest& request, Picoseconds arrival, std::uint32_t sender);

    Picoseconds busy_time() const { return busy_time_; }
    std::uint64_t bytes() const { return bytes_; }

private:
    Picoseconds wake(Picoseconds now) override;

    const MemorySpec& spec_;
    Picoseconds answer_delay_;
    EventCounts& counts_;
    Inbox<MemoryRequest> inbox_;
    Picoseconds bus_free_ = 0;
    Picoseconds busy_time_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace hypar
