#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/memory/vault_timing.h"

namespace hypar {

/// How often a vault found the row that it needed.
struct RowUse {
    std::uint64_t hits = 0;    ///< accesses whose row was open
    std::uint64_t misses = 0;  ///< accesses that opened theirs
};

/// A vault's controller and banks, in closed form: serves accesses in order of arrival, and places each command at
/// the earliest clock that the timing and the commands of older accesses leave. arch/memory/vault_commands.h is the
/// same clock by clock; docs/models/memory.md, "Vaults", has the rules.
///
/// It keeps when the next command of each kind may come, not which came before: what is past decides nothing.
class Vault {
public:
    Vault(const VaultTiming& timing, Refresh refresh);

    /// Serves an access; returns the clock at which its last data has moved. Accesses must come in the order of their
    /// arrivals.
    Clocks serve(const VaultAccess& access);

    /// Closes all rows and forgets all times: clocks are counted from now on.
    void restart();
    /// Opens a row that nobody reads again in every bank, as work long past leaves it where rows stay open.
    void open_other_rows();

    const RowUse& row_use() const { return row_use_; }

    /// Shows all that decides of accesses that arrive after `now`, in clocks from `origin` on; the banks from
    /// `first_bank` on. `show_row(row)` shows what is in an open row.
    template <typename ShowRow>
    void offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row);
    /// The clock from which on nothing that has been served matters but which rows are open.
    Clocks latest() const { return latest_; }
    /// The banks with an open row, as bits from `first_bank` on.
    std::uint64_t open_banks(std::size_t first_bank) const;
    /// Moves what bank b holds to bank b + `banks_on`, round all banks; `banks_on` is less than their number.
    void turn_banks(std::size_t banks_on);

private:
    struct Bank {
        RowId row;
        Clocks precharge_ready = 0;  ///< of its open row; after an auto-precharge, when that began
        Clocks activate_ready = 0;
    };

    /// Column commands of one or more accesses, evenly spaced.
    struct ColumnRun {
        Clocks last = 0;
        Clocks span = 0;  ///< from the first to the last
    };

    /// The clocks of an access's commands.
    struct Commands {
        Clocks first = 0;  ///< when it begins: with its first command, or once its row is known to be open
        bool activates = false;
        Clocks activate = 0;
        Clocks column = 0;        ///< the first
        bool bus_rested = false;  ///< for a clock or more before the first column command's data
    };

    Commands plan(const VaultAccess& access) const;
    Clocks free_slot(Clocks earliest, bool among_activates) const;
    bool is_column_slot(Clocks slot) const;
    bool is_activate_slot(Clocks slot) const;
    void activate(const VaultAccess& access, const Commands& commands);
    Clocks move_data(const VaultAccess& access, const Commands& commands);
    void add_columns(Clocks first, Clocks last);
    void forget_slots_before(Clocks clock);
    void refresh(Clocks before);
    void spread_refresh(std::uint64_t bursts, bool bus_rested);
    bool is_open(std::size_t bank) const { return (open_banks_ >> bank & 1) != 0; }
    std::uint64_t turned(std::uint64_t bits, std::size_t banks_on) const;

    VaultTiming timing_;
    Refresh refresh_;
    Clocks read_to_write_;       ///< between column commands
    Clocks write_to_read_;       ///< between column commands
    Clocks write_to_precharge_;  ///< from the column command

    Clocks spacing_mask_ = 0;  ///< tCCD - 1 where that is a power of two: spares a division

    std::vector<Bank> banks_;
    std::uint64_t open_banks_ = 0;          ///< a bit for each
    Clocks begin_ready_ = 0;                ///< of the next access
    Clocks activate_ready_ = 0;             ///< by tRRD
    std::array<Clocks, 4> window_ready_{};  ///< by tFAW: of the next four activations, from oldest_ on
    std::size_t oldest_ = 0;
    Clocks read_ready_ = 0;
    Clocks write_ready_ = 0;
    Clocks latest_ = 0;  ///< from when on nothing of all this matters
    // Command slots from begin_ready_ on that are taken. Precharges begin accesses and so are before it.
    std::vector<ColumnRun> columns_;
    std::vector<Clocks> activates_;
    Clocks next_refresh_;              ///< kNever unless refresh is periodic
    std::uint64_t unpaid_bursts_ = 0;  ///< of spread refresh
    RowUse row_use_;
};

template <typename ShowRow>
void Vault::offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row) {
    const Clocks now = (visitor.now() - origin) / timing_.clock_period;
    const auto show = [&](Clocks& clocks) {
        Picoseconds time = origin + clocks * timing_.clock_period;
        visitor.time(time);
        clocks = (time - origin) / timing_.clock_period;
    };
    show(latest_);
    show(begin_ready_);
    show(activate_ready_);
    for (std::size_t index = 0; index < window_ready_.size(); ++index) {
        show(window_ready_[(oldest_ + index) % window_ready_.size()]);
    }
    show(read_ready_);
    show(write_ready_);
    visitor.value(std::max(read_ready_, write_ready_) > now ? unpaid_bursts_ : 0);
    forget_slots_before(now + 1);
    visitor.value(columns_.size());
    for (ColumnRun& run : columns_) {
        visitor.value(std::min(run.span, run.last - now - 1) / timing_.column_spacing);
        show(run.last);
    }
    visitor.value(open_banks(first_bank));
    visitor.value(activates_.size());
    for (Clocks& activate : activates_) show(activate);
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        Bank& bank = banks_[(first_bank + index) % banks_.size()];
        if (is_open((first_bank + index) % banks_.size())) show_row(bank.row);
        show(bank.precharge_ready);
        show(bank.activate_ready);
    }
}

}  // namespace hypar
