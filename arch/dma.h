#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <systemc>

#include "arch/component.h"
#include "arch/inbox.h"
#include "arch/vault.h"

namespace hypar {

/// Moves streams of bytes between memory and one buffer, in order: each is cut into requests of one interleaving
/// block, which go to consecutive vaults, a limited number in flight.
///
/// It works within the wake-ups of the component that owns it: `finished` first, `issue` last, and `next_wake` among
/// the times to wake at.
class Dma : public sc_core::sc_module, private MemoryClient {
public:
    /// `id` orders it among the engines of one accelerator; the first stream starts at `first_vault`.
    Dma(const sc_core::sc_module_name& name, const ArraySpec& array, std::vector<Vault*> vaults, std::uint32_t id,
        std::size_t first_vault, Component& owner);

    /// Queues a stream of `bytes`, at least one.
    void start(std::uint64_t tag, std::uint64_t bytes);

    /// Tags of the streams that have ended by `now` since the last call; valid until the next.
    const std::vector<std::uint64_t>& finished(Picoseconds now);

    /// Sends requests of the streams that wait.
    void issue(Picoseconds now);

    Picoseconds next_wake() const;

private:
    struct Stream {
        std::uint64_t tag;
        std::uint64_t unrequested;  ///< bytes
        std::uint64_t unanswered;   ///< requests whose answers have not been taken
        std::uint64_t unscheduled;  ///< requests whose answers have no time yet
        Picoseconds last_answer;
    };

    void memory_done(std::uint64_t stream_number, Picoseconds arrival) override;

    const ArraySpec& array_;
    std::vector<Vault*> vaults_;
    std::uint32_t id_;
    Component& owner_;
    Inbox<std::uint64_t> answers_;  // number of the stream answered
    Inbox<bool> last_answers_;      // when a stream's last answer comes
    std::deque<Stream> streams_;
    std::vector<std::uint64_t> finished_;
    std::uint64_t first_number_ = 0;  // of streams_.front()
    std::size_t next_to_request_ = 0;
    std::size_t next_vault_;
    std::uint64_t in_flight_ = 0;
    bool waits_for_answer_ = false;  ///< to request more; otherwise only a stream's last answer matters
};

}  // namespace hypar
