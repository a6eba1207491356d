#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <systemc>

#include "arch/kernel/component.h"
#include "arch/kernel/inbox.h"
#include "arch/memory/memory.h"

namespace hypar {

/// Moves streams of bytes between memory and one buffer, in order: each is cut into requests of one interleaving
/// block, which go to consecutive vaults, a limited number in flight. Each stream begins one vault further than the
/// one before.
///
/// It works within the wake-ups of the component that owns it: `finished` first, `issue` last, and `next_wake` among
/// the times to wake at.
class Dma : public sc_core::sc_module, private MemoryClient {
public:
    /// `id` orders it among the engines of one accelerator; the first stream starts at `first_vault`.
    Dma(const sc_core::sc_module_name& name, const DmaSpec& spec, Memory& memory, std::uint32_t id,
        std::size_t first_vault, Component& owner);

    /// The next stream starts at the engine's first vault again.
    void restart() {
        next_place_ = first_place_;
        was_used_ = false;
    }

    /// Queues a stream of `bytes`, at least one, which are read from or written to memory.
    void start(std::uint64_t tag, std::uint64_t bytes, Direction direction);

    /// Tags of the streams that have ended by `now` since the last call; valid until the next.
    const std::vector<std::uint64_t>& finished(Picoseconds now);

    /// Sends requests of the streams that wait.
    void issue(Picoseconds now);

    Picoseconds next_wake() const;

    /// Shows all but the next place, which is on its memory's ring.
    void offer_state(StateVisitor& visitor);

    /// Whether it has had a stream since it was made or restarted; until then it stays at its first place.
    bool was_used() const { return was_used_; }
    /// Where the next stream starts on the memory's ring.
    std::uint64_t next_place() const { return next_place_; }
    /// Goes on `places` further.
    void turn(std::uint64_t places) { next_place_ = (next_place_ + places) % memory_.ring_size(); }

private:
    struct Stream {
        std::uint64_t tag;
        Direction direction;
        std::uint64_t unrequested;  ///< bytes
        std::uint64_t requested;    ///< blocks
        std::uint64_t unanswered;   ///< requests whose answers have not been taken
        std::uint64_t unscheduled;  ///< requests whose answers have no time yet
        Picoseconds last_answer;
    };

    struct Answer {
        std::uint64_t stream_number = 0;
        std::uint64_t blocks = 0;
    };

    std::uint64_t place_of(std::size_t stream) const;
    void memory_done(std::uint64_t stream_number, std::uint64_t blocks, Picoseconds arrival) override;
    std::uint64_t streams_before(std::uint64_t stream_number) const override { return stream_number - first_number_; }
    bool has_ended(std::uint64_t stream_number) const override { return stream_number < first_number_; }

    DmaSpec spec_;
    Memory& memory_;
    std::uint32_t id_;
    Component& owner_;
    Inbox<Answer> answers_;
    Inbox<bool> last_answers_;  // when a stream's last answer comes
    std::deque<Stream> streams_;
    std::vector<std::uint64_t> finished_;
    std::uint64_t first_number_ = 0;  // of streams_.front()
    std::size_t next_to_request_ = 0;
    std::uint64_t first_place_;
    std::uint64_t next_place_;
    bool was_used_ = false;
    std::uint64_t in_flight_ = 0;
    bool waits_for_answer_ = false;  ///< to request more; otherwise only a stream's last answer matters
};

}  // namespace hypar
