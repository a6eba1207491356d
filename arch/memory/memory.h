#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/kernel/component.h"
#include "arch/kernel/event_counts.h"
#include "arch/kernel/inbox.h"
#include "arch/memory/address_map.h"
#include "arch/memory/memory_spec.h"
#include "arch/memory/reordering_vault.h"
#include "arch/memory/vault.h"
#include "arch/memory/vault_memo.h"

namespace hypar {

enum class Direction : std::uint8_t { Read, Write };

/// Receives the ends of its memory requests.
class MemoryClient {
public:
    /// `blocks` of the request with `tag` are done; their answers arrive at `arrival`.
    virtual void memory_done(std::uint64_t tag, std::uint64_t blocks, Picoseconds arrival) = 0;

    /// How many of its streams, of those that have not ended, are before the one of the request with `tag`.
    virtual std::uint64_t streams_before(std::uint64_t tag) const = 0;

    /// Whether the stream of the request with `tag` has ended.
    virtual bool has_ended(std::uint64_t tag) const = 0;

protected:
    ~MemoryClient() = default;
};

/// Bytes of one stream read from or written to memory, in blocks as the memory interleaves them, the last one maybe
/// shorter: one at each of the places on the memory's ring from `place` on.
struct MemoryRequest {
    std::uint64_t place = 0;
    std::uint64_t bytes = 0;
    Direction direction = Direction::Read;
    std::uint64_t first_block = 0;  ///< of the stream's
    std::uint32_t engine = 0;       ///< orders requests that arrive in one instant
    MemoryClient* client = nullptr;
    std::uint64_t tag = 0;  ///< no other stream of the engine has it
};

/// The vaults of one hybrid memory cube, each with banks of its own, which serve in the order of the spec's
/// scheduler.
///
/// Blocks stand on a ring: block i lies in vault i % vaults, there at i / vaults * interleave. After `ring_size()`
/// blocks, vaults and banks come again, with other rows. Every stream has rows of its own, so that only its own
/// requests find them open.
class Memory : public Component {
public:
    /// `is_ideal`: vaults answer as soon as they are asked, and are never busy. `memo`: of memories of this spec,
    /// which must outlive it; null: it has its own.
    Memory(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec,
           Picoseconds crossbar_delay, EventCounts& counts, bool is_ideal = false, SharedVaultMemo* memo = nullptr);

    std::size_t vaults() const { return bursts_.size(); }
    std::uint64_t interleave_bytes() const { return spec_.interleave_bytes; }
    /// From an engine to a vault, and as long back.
    Picoseconds crossbar_delay() const { return crossbar_delay_; }
    std::uint64_t ring_size() const { return ring_size_; }

    void request(const MemoryRequest& request, Picoseconds arrival);

    /// Vaults are at rest, with no row open that a stream to come could find; their clocks have an edge at `now`.
    /// Nothing may be under way.
    void restart(Picoseconds now);

    /// Writes down from now on when vaults have requests, and for how long their data buses move data.
    void record(ActivityTrack& track) { track_ = &track; }

    /// Time in which each vault's data bus moved data, by vault.
    const std::vector<std::uint64_t>& bursts() const { return bursts_; }

    /// Whether all places of the ring are alike: not if blocks share rows, which begin at some places only.
    bool can_turn() const { return can_turn_; }

    /// Shows the ring as if it began at place `first`, 0 if it cannot turn. Returns by how much a jump turned it.
    std::uint64_t offer_state_from(StateVisitor& visitor, std::uint64_t first);

private:
    Picoseconds wake(Picoseconds now) override;
    void serve(const MemoryRequest& request, Picoseconds now);
    Clocks clock_at(Picoseconds now) const;
    bool is_at_rest(Picoseconds now) const;
    Clocks serve_block(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block, std::uint64_t bytes,
                       Clocks arrival);
    Clocks look_up_block(const MemoryRequest& request, std::uint64_t place, std::uint64_t bytes, Clocks arrival);
    void put_block(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block, std::uint64_t bytes,
                   Clocks arrival);
    VaultBlock block_of(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block, std::uint64_t bytes,
                        Clocks arrival) const;
    Picoseconds reorder(Picoseconds now);
    void move_data(std::size_t vault, std::uint64_t bursts, std::uint64_t bytes, Clocks from, Clocks end,
                   std::uint64_t blocks = 1);
    template <typename Rests, typename Open, typename Show>
    void offer_alike(StateVisitor& visitor, std::uint64_t first, Rests rests, Open open, Show show);
    void offer_states(StateVisitor& visitor, std::uint64_t first);
    template <typename AnyVault, typename Show>
    void offer_vaults(StateVisitor& visitor, std::uint64_t first, std::vector<AnyVault>& all, Show show);
    void offer_row(StateVisitor& visitor, const RowId& row) const;
    void offer_stream(StateVisitor& visitor, std::uint64_t stream) const;
    MemoryClient& client_of(std::uint64_t stream) const;
    std::size_t first_bank_at(std::uint64_t place) const;
    void turn(std::uint64_t first, std::uint64_t places_on);

    const MemorySpec spec_;
    VaultTiming timing_;
    Picoseconds crossbar_delay_;
    bool is_ideal_;
    EventCounts& counts_;
    AddressMap map_;
    std::uint64_t ring_size_;
    Picoseconds burst_time_;  ///< on the data bus
    bool can_turn_;
    Picoseconds origin_ = 0;  ///< of the vaults' clocks
    Inbox<MemoryRequest> inbox_;
    std::vector<MemoryClient*> clients_;  ///< by engine
    bool reorders_;                       ///< reordering_ are used, otherwise one of the other two
    bool remembers_;  ///< where every block begins at the first bank: states_ are used, otherwise vaults_
    std::unique_ptr<SharedVaultMemo> own_memo_;  ///< null where it is shared
    SharedVaultMemo& shared_memo_;
    std::shared_ptr<VaultMemo> memo_;  ///< since it was at rest
    std::vector<VaultMemo::State> states_;
    std::vector<Vault> vaults_;
    std::vector<ReorderingVault> reordering_;
    std::vector<VaultAccess> accesses_;  ///< of a block that is put to one of them
    std::vector<std::uint64_t> bursts_;  ///< by vault
    ActivityTrack* track_ = nullptr;     ///< null unless somebody wants to know
};

}  // namespace hypar
