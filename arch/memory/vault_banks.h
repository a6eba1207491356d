#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/memory/vault_timing.h"

namespace hypar {

/// Shows clocks that are counted from `origin` on.
struct ClockShow {
    StateVisitor& visitor;
    Picoseconds origin;
    Picoseconds clock_period;

    Clocks now() const { return (visitor.now() - origin) / clock_period; }
    void operator()(Clocks& clocks) const {
        Picoseconds time = origin + clocks * clock_period;
        visitor.time(time);
        clocks = (time - origin) / clock_period;
    }
};

/// Column commands of one or more accesses, evenly spaced.
struct ColumnRun {
    Clocks last = 0;
    Clocks span = 0;  ///< from the first to the last
};

/// A vault's banks and buses: from which clock on the commands so far allow the next one of each kind. Which comes
/// when is up to its controller.
class VaultBanks {
public:
    VaultBanks(const VaultTiming& timing, Refresh refresh);

    /// Closes all rows and forgets all times: clocks are counted from now on.
    void restart();
    /// Opens a row that nobody reads again in every bank, as work long past leaves it where rows stay open.
    void open_other_rows();

    bool is_open(std::size_t bank) const { return (open_banks_ >> bank & 1) != 0; }
    bool is_open(std::size_t bank, const RowId& row) const { return is_open(bank) && banks_[bank].row == row; }

    /// Of its open row.
    Clocks precharge_ready(std::size_t bank) const { return banks_[bank].precharge_ready; }
    /// By tRC, and tRP after its row was closed.
    Clocks activate_ready(std::size_t bank) const { return banks_[bank].activate_ready; }
    /// By tRRD and tFAW.
    Clocks any_activate_ready() const { return std::max(activate_ready_, window_ready_[oldest_]); }
    Clocks bus_ready(bool is_write) const { return is_write ? write_ready_ : read_ready_; }
    /// When the next refresh is due; kNever unless it is periodic.
    Clocks next_refresh() const { return next_refresh_; }

    void precharge(std::size_t bank, Clocks at);
    void activate(std::size_t bank, const RowId& row, Clocks at);
    /// With the access's first column command at `column`; returns the clock at which its last data has moved.
    Clocks move_data(const VaultAccess& access, Clocks column);
    /// The refresh that is due, with the next command at `command_ready` or later; where an access could not begin
    /// `before` long, the last of those that found all at rest. Returns when commands may follow.
    Clocks refresh(Clocks command_ready, Clocks before);

    /// The clock from which on nothing of all this matters but which rows are open.
    Clocks latest() const { return latest_; }
    /// The banks with an open row, as bits from `first_bank` on.
    std::uint64_t open_banks(std::size_t first_bank) const;
    /// Moves what bank b holds to bank b + `banks_on`, round all banks; `banks_on` is less than their number.
    void turn_banks(std::size_t banks_on);
    /// Shows the banks from `first_bank` on; `show_row(row)` shows what is in an open row.
    template <typename ShowRow>
    void offer_state(const ClockShow& show, std::size_t first_bank, ShowRow show_row);

private:
    struct Bank {
        RowId row;
        Clocks precharge_ready = 0;  ///< of its open row; after an auto-precharge, when that began
        Clocks activate_ready = 0;
    };

    void spread_refresh(std::uint64_t bursts, bool bus_rested);
    std::uint64_t turned(std::uint64_t bits, std::size_t banks_on) const;

    VaultTiming timing_;
    Refresh refresh_;
    Clocks read_to_write_;       ///< between column commands
    Clocks write_to_read_;       ///< between column commands
    Clocks write_to_precharge_;  ///< from the column command

    std::vector<Bank> banks_;
    std::uint64_t open_banks_ = 0;          ///< a bit for each
    Clocks activate_ready_ = 0;             ///< by tRRD
    std::array<Clocks, 4> window_ready_{};  ///< by tFAW: of the next four activations, from oldest_ on
    std::size_t oldest_ = 0;
    Clocks read_ready_ = 0;
    Clocks write_ready_ = 0;
    Clocks latest_ = 0;  ///< from when on nothing of all this matters
    Clocks next_refresh_;
    std::uint64_t unpaid_bursts_ = 0;  ///< of spread refresh
};

template <typename ShowRow>
void VaultBanks::offer_state(const ClockShow& show, std::size_t first_bank, ShowRow show_row) {
    show(latest_);
    show(activate_ready_);
    for (std::size_t index = 0; index < window_ready_.size(); ++index) {
        show(window_ready_[(oldest_ + index) % window_ready_.size()]);
    }
    show(read_ready_);
    show(write_ready_);
    show.visitor.value(std::max(read_ready_, write_ready_) > show.now() ? unpaid_bursts_ : 0);
    show.visitor.value(open_banks(first_bank));
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        const std::size_t number = (first_bank + index) % banks_.size();
        if (is_open(number)) show_row(banks_[number].row);
        show(banks_[number].precharge_ready);
        show(banks_[number].activate_ready);
    }
}

}  // namespace hypar
