#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/memory/vault.h"
#include "arch/memory/vault_banks.h"

namespace hypar {

/// An access that a reordering vault has served.
struct ServedAccess {
    std::uint64_t label = 0;  ///< of its request
    std::uint64_t bursts = 0;
    std::uint64_t bytes = 0;
    Clocks column = 0;     ///< of its first column command
    Clocks end = 0;        ///< its last data has moved
    bool is_last = false;  ///< of its request's
};

/// A vault whose controller serves first what is ready first (fr-fcfs), of the oldest accesses that wait. It goes
/// from command to command: what comes later may overtake, so an access's end is known once its data moves.
/// arch/memory/vault_commands.h is the same clock by clock; docs/models/memory.md, "FR-FCFS", has the rules.
class ReorderingVault {
public:
    ReorderingVault(const VaultTiming& timing, Refresh refresh);

    /// Queues the accesses of one request, at least one, which arrive together, not before any other did.
    void put(std::uint64_t label, const std::vector<VaultAccess>& accesses);

    /// Issues commands until an access's data moves, or there is none before `until`: all that arrives before must
    /// have been put.
    std::optional<ServedAccess> serve_before(Clocks until);

    /// When the next command comes, if nothing arrives before and no refresh is due; kNever if nothing waits.
    Clocks next_command();

    /// Closes all rows and forgets all times: clocks are counted from now on. Nothing may wait.
    void restart();
    void open_other_rows() { banks_.open_other_rows(); }

    const RowUse& row_use() const { return row_use_; }
    /// The clock from which on nothing that has been put matters but which rows are open.
    Clocks latest() const { return waiting_.empty() ? banks_.latest() : kNever; }
    std::uint64_t open_banks(std::size_t first_bank) const { return banks_.open_banks(first_bank); }
    void turn_banks(std::size_t banks_on);

    /// Shows all that its future follows from, in clocks from `origin` on; the banks from `first_bank` on.
    /// `show_row(row)` shows what is in a row that is open or waited for, `show_label(label)` whose request waits.
    template <typename ShowRow, typename ShowLabel>
    void offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row,
                     ShowLabel show_label);

private:
    struct Request {
        std::uint64_t label = 0;
        std::uint64_t unserved = 0;  ///< accesses
    };
    struct Waiting {
        VaultAccess access;
        std::uint64_t request = 0;  ///< by number
        bool has_begun = false;     ///< it has had a command
        bool has_activated = false;
    };
    enum class Kind : std::uint8_t { Column, Activate, Precharge };
    struct Next {
        Clocks clock = kNever;
        Kind kind = Kind::Column;
        std::size_t place = 0;  ///< in waiting_
    };

    const Next& plan();
    Next choose(bool begun_only) const;
    Next command_of(std::size_t place, std::uint64_t& banks_with_hits, bool is_held) const;
    std::size_t seen() const { return std::min<std::size_t>(arrived_, timing_.window); }
    Clocks free_slot(Clocks earliest) const;
    std::optional<ServedAccess> issue(const Next& next);
    ServedAccess move_data(const Next& next);
    std::uint64_t same_row_before(std::size_t place) const;

    VaultTiming timing_;
    VaultBanks banks_;
    std::vector<Clocks> column_ready_;  ///< by bank: tRCD after its row was opened
    std::vector<Waiting> waiting_;      ///< without data so far, the oldest first
    std::deque<Request> requests_;
    std::uint64_t first_request_ = 0;  ///< number of requests_.front()
    std::size_t arrived_ = 0;          ///< of those that wait, for the next command
    std::uint64_t overtaken_ = 0;      ///< how often the oldest one has been
    Clocks command_ready_ = 0;
    Clocks last_column_ = 0;          ///< of the latest access with data
    std::uint64_t column_slots_ = 0;  ///< up to then, every tCCD
    std::optional<Next> next_;
    RowUse row_use_;
};

template <typename ShowRow, typename ShowLabel>
void ReorderingVault::offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row,
                                  ShowLabel show_label) {
    const ClockShow show{visitor, origin, timing_.clock_period};
    const std::size_t banks = column_ready_.size();
    banks_.offer_state(show, first_bank, show_row);
    for (std::size_t bank = 0; bank < banks; ++bank) show(column_ready_[(first_bank + bank) % banks]);
    show(command_ready_);
    const Clocks now = show.now();
    const Clocks slots_ahead = last_column_ < now ? 0 : (last_column_ - now) / timing_.column_spacing + 1;
    visitor.value(std::min(column_slots_, slots_ahead));
    show(last_column_);
    visitor.value(overtaken_);
    visitor.value(requests_.size());
    for (const Request& request : requests_) {
        visitor.value(request.unserved);
        if (request.unserved > 0) show_label(request.label);
    }
    visitor.value(arrived_);
    visitor.value(waiting_.size());
    for (std::size_t place = 0; place < waiting_.size(); ++place) {
        Waiting& waiting = waiting_[place];
        show(waiting.access.arrival);
        visitor.value((waiting.access.bank + banks - first_bank) % banks);
        visitor.value(waiting.access.bursts);
        visitor.value(waiting.access.bytes);
        for (const bool flag : {waiting.access.is_write, waiting.has_begun, waiting.has_activated})
            visitor.value(flag);
        visitor.value(waiting.request - first_request_);
        visitor.value(banks_.is_open(waiting.access.bank, waiting.access.row) ? 1 : 0);
        visitor.value(same_row_before(place));
        show_row(waiting.access.row);
    }
    next_.reset();
}

}  // namespace hypar
