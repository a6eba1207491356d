#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/memory/vault_banks.h"
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
    void open_other_rows() { banks_.open_other_rows(); }

    const RowUse& row_use() const { return row_use_; }

    /// Shows all that decides of accesses that arrive after `now`, in clocks from `origin` on; the banks from
    /// `first_bank` on. `show_row(row)` shows what is in an open row.
    template <typename ShowRow>
    void offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row);
    /// The clock from which on nothing that has been served matters but which rows are open.
    Clocks latest() const { return banks_.latest(); }
    std::uint64_t open_banks(std::size_t first_bank) const { return banks_.open_banks(first_bank); }
    void turn_banks(std::size_t banks_on) { banks_.turn_banks(banks_on); }

private:
    /// The clocks of an access's commands.
    struct Commands {
        Clocks first = 0;  ///< when it begins: with its first command, or once its row is known to be open
        bool activates = false;
        Clocks activate = 0;
        Clocks column = 0;  ///< the first
    };

    Commands plan(const VaultAccess& access) const;
    Clocks free_slot(Clocks earliest, bool among_activates) const;
    bool is_column_slot(Clocks slot) const;
    bool is_activate_slot(Clocks slot) const;
    void add_columns(Clocks first, Clocks last);
    void forget_slots_before(Clocks clock);

    VaultTiming timing_;
    Clocks spacing_mask_ = 0;  ///< tCCD - 1 where that is a power of two: spares a division

    VaultBanks banks_;
    Clocks begin_ready_ = 0;  ///< of the next access
    // Command slots from begin_ready_ on that are taken. Precharges begin accesses and so are before it.
    std::vector<ColumnRun> columns_;
    std::vector<Clocks> activates_;
    RowUse row_use_;
};

template <typename ShowRow>
void Vault::offer_state(StateVisitor& visitor, Picoseconds origin, std::size_t first_bank, ShowRow show_row) {
    const ClockShow show{visitor, origin, timing_.clock_period};
    const Clocks now = show.now();
    show(begin_ready_);
    forget_slots_before(now + 1);
    visitor.value(columns_.size());
    for (ColumnRun& run : columns_) {
        visitor.value(std::min(run.span, run.last - now - 1) / timing_.column_spacing);
        show(run.last);
    }
    visitor.value(activates_.size());
    for (Clocks& activate : activates_) show(activate);
    banks_.offer_state(show, first_bank, show_row);
}

}  // namespace hypar
