#include "arch/memory/memory.h"

#include <algorithm>

namespace hypar {
namespace {

// A row's stream: the engine, and the stream's tag below.
constexpr unsigned kEngineShift = 48;
constexpr std::uint64_t kTags = (std::uint64_t{1} << kEngineShift) - 1;

/// Calls `visit(block, bytes)` for each block of a request; the last one may be shorter.
template <typename Visit>
void for_each_block(const MemoryRequest& request, std::uint64_t block_bytes, Visit visit) {
    std::uint64_t block = request.first_block;
    for (std::uint64_t left = request.bytes; left > 0; ++block) {
        const std::uint64_t bytes = std::min(left, block_bytes);
        visit(block, bytes);
        left -= bytes;
    }
}

}  // namespace

Memory::Memory(const sc_core::sc_module_name& name, Calendar& calendar, const MemorySpec& spec,
               Picoseconds crossbar_delay, EventCounts& counts, bool is_ideal, SharedVaultMemo* memo)
    : Component(name, calendar),
      spec_(spec),
      timing_(spec),
      crossbar_delay_(crossbar_delay),
      is_ideal_(is_ideal),
      counts_(counts),
      map_(spec),
      ring_size_(map_.ring_size()),
      burst_time_(timing_.burst_time()),
      can_turn_(!map_.blocks_share_rows()),
      reorders_(spec.scheduler == VaultScheduler::FrFcfs),
      remembers_(!reorders_ && can_turn_ && ring_size_ == spec.vaults),
      own_memo_(memo == nullptr ? std::make_unique<SharedVaultMemo>(spec) : nullptr),
      shared_memo_(memo == nullptr ? *own_memo_ : *memo),
      states_(remembers_ ? spec.vaults : 0),
      vaults_(remembers_ || reorders_ ? 0 : spec.vaults, Vault(timing_, Refresh::Spread)),
      reordering_(reorders_ ? spec.vaults : 0, ReorderingVault(timing_, Refresh::Spread)),
      bursts_(spec.vaults) {
    restart(0);
}

void Memory::request(const MemoryRequest& request, Picoseconds arrival) {
    if (request.engine >= clients_.size()) clients_.resize(request.engine + 1);
    clients_[request.engine] = request.client;
    inbox_.put(arrival, request.engine, request);
    wake_by(arrival);
}

void Memory::restart(Picoseconds now) {
    origin_ = now;
    std::fill(states_.begin(), states_.end(), VaultMemo::State{});
    if (remembers_) memo_ = shared_memo_.current();
    const auto rest = [&](auto& vault) {
        vault.restart();
        if (spec_.page == PagePolicy::Open) vault.open_other_rows();
    };
    std::for_each(vaults_.begin(), vaults_.end(), rest);
    std::for_each(reordering_.begin(), reordering_.end(), rest);
}

Picoseconds Memory::wake(Picoseconds now) {
    while (inbox_.next_arrival() <= now) serve(inbox_.take(), now);
    return reorders_ ? std::min(inbox_.next_arrival(), reorder(now)) : inbox_.next_arrival();
}

/// Issues what vaults that reorder issue by now; returns when they go on.
Picoseconds Memory::reorder(Picoseconds now) {
    const Clocks until = clock_at(now) + 1;
    Clocks next = kNever;
    for (std::size_t vault = 0; vault < reordering_.size(); ++vault) {
        while (const std::optional<ServedAccess> served = reordering_[vault].serve_before(until)) {
            const std::uint64_t tag = served->label & kTags;
            const Picoseconds end = origin_ + served->end * timing_.clock_period;
            if (served->is_last) client_of(served->label).memory_done(tag, 1, end + crossbar_delay_);
            move_data(vault, served->bursts, served->bytes, served->column, served->end, served->is_last ? 1 : 0);
        }
        next = std::min(next, reordering_[vault].next_command());
    }
    return next == kNever ? kNever : origin_ + next * timing_.clock_period;
}

/// The last clock that has begun.
Clocks Memory::clock_at(Picoseconds now) const { return (now - origin_) / timing_.clock_period; }

bool Memory::is_at_rest(Picoseconds now) const {
    const Clocks clock = clock_at(now);
    const auto rests = [&](const auto& vault) { return vault.latest() <= clock; };
    return std::all_of(states_.begin(), states_.end(),
                       [&](const VaultMemo::State& state) { return memo_->rests_from(state) <= clock; }) &&
           std::all_of(vaults_.begin(), vaults_.end(), rests) &&
           std::all_of(reordering_.begin(), reordering_.end(), rests);
}

/// A memory at rest begins its clocks anew with the request that wakes it.
void Memory::serve(const MemoryRequest& request, Picoseconds now) {
    const Picoseconds phase = (now - origin_) % timing_.clock_period;
    if (phase != 0 && is_at_rest(now)) origin_ += phase;
    counts_.dram_bytes = checked_add(counts_.dram_bytes, request.bytes);
    if (is_ideal_) {
        const std::uint64_t blocks = ceil_divide(request.bytes, spec_.interleave_bytes);
        request.client->memory_done(request.tag, blocks, now + crossbar_delay_);
        return;
    }
    const Clocks arrival = timing_.up_to(now - origin_);
    // The stream's first block stands on the first round of the ring.
    const std::uint64_t begin = (request.place + ring_size_ - request.first_block % ring_size_) % ring_size_;
    if (reorders_) {
        for_each_block(request, spec_.interleave_bytes, [&](std::uint64_t block, std::uint64_t bytes) {
            put_block(request, begin, block, bytes, arrival);
        });
        return;
    }
    std::uint64_t done = 0;  // blocks in a row that are done at the same time
    Clocks done_at = 0;
    const auto answer = [&] {
        const Picoseconds time = origin_ + done_at * timing_.clock_period;
        if (done > 0) request.client->memory_done(request.tag, done, time + crossbar_delay_);
    };
    for_each_block(request, spec_.interleave_bytes, [&](std::uint64_t block, std::uint64_t bytes) {
        const Clocks end = remembers_ ? look_up_block(request, begin + block, bytes, arrival)
                                      : serve_block(request, begin, block, bytes, arrival);
        if (end != done_at) {
            answer();
            done = 0;
        }
        done_at = end;
        ++done;
    });
    answer();
}

Clocks Memory::look_up_block(const MemoryRequest& request, std::uint64_t place, std::uint64_t bytes, Clocks arrival) {
    const std::size_t vault = map_.vault_of(place);
    const BlockService service =
        memo_->serve(states_[vault], {arrival, bytes, request.direction == Direction::Write});
    move_data(vault, service.bursts, bytes, arrival, service.end);
    return service.end;
}

/// `block` counts from the beginning of the stream, which stands at place `begin`.
Clocks Memory::serve_block(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block,
                           std::uint64_t bytes, Clocks arrival) {
    const std::size_t vault = map_.vault_of(begin + block);
    const BlockService service =
        hypar::serve_block(vaults_[vault], map_, block_of(request, begin, block, bytes, arrival));
    move_data(vault, service.bursts, bytes, arrival, service.end);
    return service.end;
}

void Memory::put_block(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block, std::uint64_t bytes,
                       Clocks arrival) {
    const VaultBlock asked = block_of(request, begin, block, bytes, arrival);
    accesses_.clear();
    for_each_access(map_, asked, [&](const VaultAccess& access) { accesses_.push_back(access); });
    reordering_[map_.vault_of(begin + block)].put(asked.first_row.stream, accesses_);
}

VaultBlock Memory::block_of(const MemoryRequest& request, std::uint64_t begin, std::uint64_t block,
                            std::uint64_t bytes, Clocks arrival) const {
    const std::uint64_t place = begin + block;  // on which round of the ring, too
    VaultBlock asked{arrival, bytes, request.direction == Direction::Write, map_.begin_of(place), {}};
    asked.first_row.stream = std::uint64_t{request.engine} << kEngineShift | request.tag;
    // Where every block has its own rows they are known by it, wherever the stream began: the ring may turn.
    asked.first_row.row = can_turn_ ? block * map_.rows_of(map_.block_bytes()) : map_.row_of(asked.begin);
    return asked;
}

/// Of `blocks` that a vault has from `from` on, and that are done at `end`.
void Memory::move_data(std::size_t vault, std::uint64_t bursts, std::uint64_t bytes, Clocks from, Clocks end,
                       std::uint64_t blocks) {
    bursts_[vault] += bursts;
    if (track_ == nullptr) return;
    track_->work(origin_ + from * timing_.clock_period, origin_ + end * timing_.clock_period, bursts * burst_time_,
                 bytes, blocks);
}

std::uint64_t Memory::offer_state_from(StateVisitor& visitor, std::uint64_t first) {
    offer_due_time(visitor);
    visitor.value(is_at_rest(visitor.now()) ? 0 : (visitor.now() - origin_) % timing_.clock_period);
    const std::uint64_t turned = visitor.turn(first, ring_size_);
    inbox_.offer_state(visitor, [&](std::uint64_t engine, const MemoryRequest& request) {
        visitor.value(engine);
        visitor.value((request.place + ring_size_ - first) % ring_size_);
        visitor.value(request.bytes);
        visitor.value(static_cast<std::uint64_t>(request.direction));
        visitor.value(request.first_block);
        visitor.value(request.client->streams_before(request.tag));
    });
    const auto show_row = [&](const RowId& row) { offer_row(visitor, row); };
    if (reorders_) {
        offer_vaults(visitor, first, reordering_, [&](ReorderingVault& vault, std::uint64_t place) {
            vault.offer_state(visitor, origin_, first_bank_at(place), show_row,
                              [&](std::uint64_t label) { offer_stream(visitor, label); });
        });
    } else if (remembers_) {
        offer_states(visitor, first);
    } else {
        offer_vaults(visitor, first, vaults_, [&](Vault& vault, std::uint64_t place) {
            vault.offer_state(visitor, origin_, first_bank_at(place), show_row);
        });
    }
    visitor.counters_on_ring(bursts_);
    Picoseconds ahead = visitor.now() + 1;
    visitor.time(ahead);
    origin_ += (ahead - visitor.now() - 1) % timing_.clock_period;  // vaults have moved on by whole clocks
    if (turned > 0) turn(first, turned);
    return turned;
}

/// Vaults at rest whose rows nobody can find again differ only in which banks have to be closed first: those that are
/// alike are counted. `rests(place)` says which rest, `open(place)` their banks; `show(place)` shows the others.
template <typename Rests, typename Open, typename Show>
void Memory::offer_alike(StateVisitor& visitor, std::uint64_t first, Rests rests, Open open, Show show) {
    std::uint64_t alike = 0;
    std::uint64_t open_banks = 0;
    for (std::uint64_t place = first; place < first + vaults(); ++place) {
        const bool is_at_rest = rests(place);
        const std::uint64_t open_here = is_at_rest ? open(place) : 0;
        if (!is_at_rest || open_here != open_banks) {
            visitor.value(alike);
            visitor.value(open_banks);
            alike = 0;
            open_banks = open_here;
        }
        if (is_at_rest) {
            ++alike;
        } else {
            show(place);
        }
    }
    visitor.value(alike);
    visitor.value(open_banks);
}

/// `show(vault, place)` shows a vault at work.
template <typename AnyVault, typename Show>
void Memory::offer_vaults(StateVisitor& visitor, std::uint64_t first, std::vector<AnyVault>& all, Show show) {
    const Clocks now = clock_at(visitor.now());
    const auto vault = [&](std::uint64_t place) -> AnyVault& { return all[place % vaults()]; };
    offer_alike(
        visitor, first, [&](std::uint64_t place) { return can_turn_ && vault(place).latest() <= now; },
        [&](std::uint64_t place) { return vault(place).open_banks(first_bank_at(place)); },
        [&](std::uint64_t place) { show(vault(place), place); });
}

/// Of vaults that remember, a state at work says all by its number and its time.
void Memory::offer_states(StateVisitor& visitor, std::uint64_t first) {
    const auto state = [&](std::uint64_t place) -> VaultMemo::State& { return states_[place % vaults()]; };
    const auto end_of = [&](std::uint64_t place) {
        return origin_ + memo_->rests_from(state(place)) * timing_.clock_period;
    };
    offer_alike(
        visitor, first, [&](std::uint64_t place) { return end_of(place) <= visitor.now(); },
        [&](std::uint64_t place) { return memo_->open_banks(state(place)); },
        [&](std::uint64_t place) {
            visitor.value(state(place).number);
            const Picoseconds before = end_of(place);
            Picoseconds end = before;
            visitor.time(end);
            state(place).clock += (end - before) / timing_.clock_period;
        });
}

/// A row that a request to come may find open, by its stream's place among those that have not ended.
void Memory::offer_row(StateVisitor& visitor, const RowId& row) const {
    if (can_turn_) return;
    if (row == kOtherRow) {
        visitor.value(kNever);
        return;
    }
    if (client_of(row.stream).has_ended(row.stream & kTags)) {
        visitor.value(kNever);
        return;
    }
    offer_stream(visitor, row.stream);
    visitor.value(row.row);
}

/// One that has not ended.
void Memory::offer_stream(StateVisitor& visitor, std::uint64_t stream) const {
    visitor.value(stream >> kEngineShift);
    visitor.value(client_of(stream).streams_before(stream & kTags));
}

MemoryClient& Memory::client_of(std::uint64_t stream) const { return *clients_[stream >> kEngineShift]; }

/// Of the block at a place of the ring.
std::size_t Memory::first_bank_at(std::uint64_t place) const {
    return can_turn_ ? map_.bank_of(map_.begin_of(place)) : 0;
}

/// Places move on, and with them vaults and the banks of those that begin another round.
void Memory::turn(std::uint64_t first, std::uint64_t places_on) {
    inbox_.for_each([&](MemoryRequest& request) { request.place = (request.place + places_on) % ring_size_; });
    if (remembers_) {
        std::rotate(states_.begin(), states_.end() - static_cast<std::ptrdiff_t>(places_on), states_.end());
        return;
    }
    const auto turn_vaults = [&](auto& all) {
        auto turned = all;
        for (std::uint64_t place = first; !all.empty() && place < first + vaults(); ++place) {
            auto& target = turned[(place + places_on) % vaults()];
            target = all[place % vaults()];
            target.turn_banks((first_bank_at(place + places_on) + spec_.banks - first_bank_at(place)) % spec_.banks);
        }
        all = std::move(turned);
    };
    turn_vaults(vaults_);
    turn_vaults(reordering_);
}

}  // namespace hypar
