#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "arch/component.h"
#include "arch/inbox.h"
#include "arch/vault.h"

namespace hypar {

/// Receives the ends of the streams that it has given to a DMA engine.
class DmaClient {
public:
    virtual void stream_done(std::uint64_t tag, Picoseconds arrival) = 0;

protected:
    ~DmaClient() = default;
};

/// Moves streams of bytes between memory and one buffer, in order: each is cut into requests of one interleaving
/// block, which go to consecutive vaults, a limited number in flight. Every message takes a cycle.
class Dma : public Component, private MemoryClient {
public:
    /// `id` orders it among the engines of one accelerator; the first stream starts at `first_vault`.
    Dma(const sc_core::sc_module_name& name, const ArraySpec& array, std::vector<Vault*> vaults, std::uint32_t id,
        std::size_t first_vault, DmaClient& client);

    /// Starts a stream of `bytes` (at least one) that arrives here at `arrival`.
    void start(std::uint64_t tag, std::uint64_t bytes, Picoseconds arrival);

private:
    struct Stream {
        std::uint64_t tag;
        std::uint64_t unrequested;
        std::uint64_t unanswered;
    };

    Picoseconds wake(Picoseconds now) override;
    void memory_done(std::uint64_t tag, Picoseconds arrival) override;
    void take_answers(Picoseconds now);
    void issue_requests(Picoseconds now);

    const ArraySpec& array_;
    std::vector<Vault*> vaults_;
    std::uint32_t id_;
    DmaClient& client_;
    Inbox<Stream> started_;
    Inbox<std::uint64_t> answers_;  // number of the stream answered
    std::deque<Stream> streams_;
    std::uint64_t first_number_ = 0;  // of streams_.front()
    std::size_t next_to_request_ = 0;
    std::size_t next_vault_;
    std::uint64_t in_flight_ = 0;
};

}  // namespace hypar
