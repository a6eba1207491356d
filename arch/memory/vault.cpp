#include "arch/memory/vault.h"

#include <algorithm>

#include "base/power_of_two.h"

namespace hypar {

Vault::Vault(const VaultTiming& timing, Refresh refresh)
    : timing_(timing),
      refresh_(refresh),
      read_to_write_(timing.column_spacing),
      write_to_read_(timing.write_latency + timing.column_spacing + timing.write_to_read),
      write_to_precharge_(timing.write_latency + timing.column_spacing + timing.write_recovery),
      banks_(timing.banks),
      next_refresh_(refresh == Refresh::Periodic ? timing.refresh_interval : kNever) {
    if (is_power_of_two(timing.column_spacing)) spacing_mask_ = timing.column_spacing - 1;
    // One clock between read and written data, in which the bus is turned round.
    const Clocks read_data_end = timing.column_latency + timing.column_spacing + 1;
    if (read_data_end > timing.write_latency) {
        read_to_write_ = std::max(read_to_write_, read_data_end - timing.write_latency);
    }
}

void Vault::restart() {
    if (latest_ == 0 && open_banks_ == 0) return;
    begin_ready_ = activate_ready_ = read_ready_ = write_ready_ = latest_ = 0;
    window_ready_.fill(0);
    columns_.clear();
    activates_.clear();
    std::fill(banks_.begin(), banks_.end(), Bank{});
    open_banks_ = 0;
    next_refresh_ = refresh_ == Refresh::Periodic ? timing_.refresh_interval : kNever;
    unpaid_bursts_ = 0;
}

void Vault::open_other_rows() {
    std::fill(banks_.begin(), banks_.end(), Bank{kOtherRow, 0, 0});
    open_banks_ = UINT64_MAX >> (64 - banks_.size());
}

Clocks Vault::serve(const VaultAccess& access) {
    Commands commands = plan(access);
    while (commands.first >= next_refresh_) {
        refresh(commands.first);
        commands = plan(access);
    }
    begin_ready_ = commands.first + 1;
    forget_slots_before(begin_ready_);
    if (commands.activates) {
        activate(access, commands);
        ++row_use_.misses;
    } else {
        ++row_use_.hits;
    }
    return move_data(access, commands);
}

Vault::Commands Vault::plan(const VaultAccess& access) const {
    const Bank& bank = banks_[access.bank];
    const Clocks bus_ready = access.is_write ? write_ready_ : read_ready_;
    const Clocks earliest = std::max(access.arrival, begin_ready_);
    Commands commands;
    if (is_open(access.bank) && bank.row == access.row) {
        commands.first = earliest;
        commands.column = std::max(earliest, bus_ready);  // behind all of older accesses, and so behind tRCD
    } else {
        commands.activates = true;
        Clocks row_ready = std::max(earliest, bank.activate_ready);
        if (is_open(access.bank)) {
            commands.first = free_slot(std::max(earliest, bank.precharge_ready), true);
            row_ready = std::max(commands.first + timing_.precharge_time, bank.activate_ready);
        }
        commands.activate = free_slot(std::max({row_ready, activate_ready_, window_ready_[oldest_]}), false);
        if (!is_open(access.bank)) commands.first = commands.activate;
        commands.column = std::max(commands.activate + timing_.row_to_column_delay, bus_ready);
    }
    commands.bus_rested = commands.column > bus_ready;
    return commands;
}

/// The first clock from `earliest` on that no older access has a command in. Its activations only matter for a
/// precharge: other activations come after them anyway.
Clocks Vault::free_slot(Clocks earliest, bool among_activates) const {
    Clocks slot = earliest;
    while (is_column_slot(slot) || (among_activates && is_activate_slot(slot))) ++slot;
    return slot;
}

bool Vault::is_column_slot(Clocks slot) const {
    for (const ColumnRun& run : columns_) {
        const Clocks before = run.last - slot;  // more than any span where the slot is behind the run
        if (before > run.span) continue;
        if (spacing_mask_ != 0 ? (before & spacing_mask_) == 0 : before % timing_.column_spacing == 0) return true;
    }
    return false;
}

bool Vault::is_activate_slot(Clocks slot) const {
    if (activates_.empty() || slot < activates_.front() || slot > activates_.back()) return false;
    return std::find(activates_.begin(), activates_.end(), slot) != activates_.end();
}

void Vault::activate(const VaultAccess& access, const Commands& commands) {
    Bank& bank = banks_[access.bank];
    const Clocks at = commands.activate;
    if (at > commands.first) activates_.push_back(at);
    activate_ready_ = at + timing_.activate_spacing;
    window_ready_[oldest_] = at + timing_.activate_window;
    oldest_ = (oldest_ + 1) % window_ready_.size();
    open_banks_ |= std::uint64_t{1} << access.bank;
    bank.row = access.row;
    bank.precharge_ready = at + timing_.row_active_time;
    bank.activate_ready = at + timing_.row_cycle;
}

Clocks Vault::move_data(const VaultAccess& access, const Commands& commands) {
    Bank& bank = banks_[access.bank];
    const Clocks last = commands.column + (access.bursts - 1) * timing_.column_spacing;
    add_columns(commands.column, last);
    Clocks end = last + timing_.column_spacing;
    if (access.is_write) {
        end += timing_.write_latency;
        read_ready_ = last + write_to_read_;
        write_ready_ = last + timing_.column_spacing;
        bank.precharge_ready = std::max(bank.precharge_ready, last + write_to_precharge_);
    } else {
        end += timing_.column_latency;
        read_ready_ = last + timing_.column_spacing;
        write_ready_ = last + read_to_write_;
        bank.precharge_ready = std::max(bank.precharge_ready, last + timing_.read_to_precharge);
    }
    if (timing_.page == PagePolicy::Closed) {
        open_banks_ &= ~(std::uint64_t{1} << access.bank);
        bank.activate_ready = std::max(bank.activate_ready, bank.precharge_ready + timing_.precharge_time);
    }
    if (refresh_ == Refresh::Spread) spread_refresh(access.bursts, commands.bus_rested);
    latest_ = std::max({latest_, read_ready_, write_ready_, bank.precharge_ready, bank.activate_ready,
                        activate_ready_, window_ready_[(oldest_ + 3) % window_ready_.size()]});
    return end;
}

void Vault::add_columns(Clocks first, Clocks last) {
    if (!columns_.empty() && columns_.back().last + timing_.column_spacing == first) {
        columns_.back().span += last - columns_.back().last;
        columns_.back().last = last;
    } else {
        columns_.push_back({last, last - first});
    }
}

void Vault::forget_slots_before(Clocks clock) {
    if (!columns_.empty() && columns_.front().last < clock) {
        columns_.erase(columns_.begin(), std::find_if(columns_.begin(), columns_.end(),
                                                      [&](const ColumnRun& run) { return run.last >= clock; }));
    }
    if (!activates_.empty() && activates_.front() < clock) {
        activates_.erase(activates_.begin(), std::lower_bound(activates_.begin(), activates_.end(), clock));
    }
}

/// The refresh that is due; where an access could not begin `before` long, the last of those that found all at rest.
void Vault::refresh(Clocks before) {
    Clocks at = std::max(next_refresh_, begin_ready_);
    if (open_banks_ == 0) {  // a bank's precharge_ready is when it began to close by itself
        for (const Bank& bank : banks_) at = std::max(at, bank.precharge_ready + timing_.precharge_time);
    } else {
        for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
            if (is_open(bank)) at = std::max(at, banks_[bank].precharge_ready);
        }
        at += timing_.precharge_time;
    }
    open_banks_ = 0;
    begin_ready_ = std::max(begin_ready_, at + timing_.refresh_time);
    next_refresh_ += timing_.refresh_interval;
    // With all at rest a refresh begins when it is due, and all but the last leave nothing behind.
    if (std::max(begin_ready_, latest_) <= next_refresh_ && next_refresh_ < before) {
        next_refresh_ += (before - next_refresh_) / timing_.refresh_interval * timing_.refresh_interval;
    }
}

/// Charges refresh to the data bus. A clock in which it rests pays for what is left of one.
void Vault::spread_refresh(std::uint64_t bursts, bool bus_rested) {
    unpaid_bursts_ = (bus_rested ? 0 : unpaid_bursts_) + bursts;
    const Clocks clocks = unpaid_bursts_ / timing_.bursts_per_refresh_clock;
    unpaid_bursts_ %= timing_.bursts_per_refresh_clock;
    read_ready_ += clocks;
    write_ready_ += clocks;
}

std::uint64_t Vault::open_banks(std::size_t first_bank) const {
    return first_bank == 0 ? open_banks_ : turned(open_banks_, banks_.size() - first_bank);
}

void Vault::turn_banks(std::size_t banks_on) {
    if (banks_on == 0) return;
    std::rotate(banks_.begin(), banks_.end() - static_cast<std::ptrdiff_t>(banks_on), banks_.end());
    open_banks_ = turned(open_banks_, banks_on);
}

/// Bit b as bit b + `banks_on`, less than all banks.
std::uint64_t Vault::turned(std::uint64_t bits, std::size_t banks_on) const {
    const std::uint64_t all = ~std::uint64_t{0} >> (MemorySpec::kMostBanks - banks_.size());
    return (bits << banks_on | bits >> (banks_.size() - banks_on)) & all;
}

}  // namespace hypar
