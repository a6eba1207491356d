#include "arch/memory/vault_banks.h"

namespace hypar {

VaultBanks::VaultBanks(const VaultTiming& timing, Refresh refresh)
    : timing_(timing),
      refresh_(refresh),
      read_to_write_(timing.column_spacing),
      write_to_read_(timing.write_latency + timing.column_spacing + timing.write_to_read),
      write_to_precharge_(timing.write_latency + timing.column_spacing + timing.write_recovery),
      banks_(timing.banks),
      next_refresh_(refresh == Refresh::Periodic ? timing.refresh_interval : kNever) {
    // One clock between read and written data, in which the bus is turned round.
    const Clocks read_data_end = timing.column_latency + timing.column_spacing + 1;
    if (read_data_end > timing.write_latency) {
        read_to_write_ = std::max(read_to_write_, read_data_end - timing.write_latency);
    }
}

void VaultBanks::restart() {
    activate_ready_ = read_ready_ = write_ready_ = latest_ = 0;
    window_ready_.fill(0);
    std::fill(banks_.begin(), banks_.end(), Bank{});
    open_banks_ = 0;
    next_refresh_ = refresh_ == Refresh::Periodic ? timing_.refresh_interval : kNever;
    unpaid_bursts_ = 0;
}

void VaultBanks::open_other_rows() {
    std::fill(banks_.begin(), banks_.end(), Bank{kOtherRow, 0, 0});
    open_banks_ = UINT64_MAX >> (64 - banks_.size());
}

void VaultBanks::precharge(std::size_t bank, Clocks at) {
    open_banks_ &= ~(std::uint64_t{1} << bank);
    banks_[bank].activate_ready = std::max(banks_[bank].activate_ready, at + timing_.precharge_time);
}

void VaultBanks::activate(std::size_t bank, const RowId& row, Clocks at) {
    activate_ready_ = at + timing_.activate_spacing;
    window_ready_[oldest_] = at + timing_.activate_window;
    oldest_ = (oldest_ + 1) % window_ready_.size();
    open_banks_ |= std::uint64_t{1} << bank;
    banks_[bank] = {row, at + timing_.row_active_time, at + timing_.row_cycle};
}

Clocks VaultBanks::move_data(const VaultAccess& access, Clocks column) {
    Bank& bank = banks_[access.bank];
    const bool bus_rested = column > bus_ready(access.is_write);
    const Clocks last = column + (access.bursts - 1) * timing_.column_spacing;
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
    if (timing_.page == PagePolicy::Closed) precharge(access.bank, bank.precharge_ready);
    if (refresh_ == Refresh::Spread) spread_refresh(access.bursts, bus_rested);
    latest_ = std::max({latest_, read_ready_, write_ready_, bank.precharge_ready, bank.activate_ready,
                        activate_ready_, window_ready_[(oldest_ + 3) % window_ready_.size()]});
    return end;
}

Clocks VaultBanks::refresh(Clocks command_ready, Clocks before) {
    Clocks at = std::max(next_refresh_, command_ready);
    if (open_banks_ == 0) {  // a bank's precharge_ready is when it began to close by itself
        for (const Bank& bank : banks_) at = std::max(at, bank.precharge_ready + timing_.precharge_time);
    } else {
        for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
            if (is_open(bank)) at = std::max(at, banks_[bank].precharge_ready);
        }
        at += timing_.precharge_time;
    }
    open_banks_ = 0;
    const Clocks ready = std::max(command_ready, at + timing_.refresh_time);
    next_refresh_ += timing_.refresh_interval;
    // With all at rest a refresh begins when it is due, and all but the last leave nothing behind.
    if (std::max(ready, latest_) <= next_refresh_ && next_refresh_ < before) {
        next_refresh_ += (before - next_refresh_) / timing_.refresh_interval * timing_.refresh_interval;
    }
    return ready;
}

/// Charges refresh to the data bus. A clock in which it rests pays for what is left of one.
void VaultBanks::spread_refresh(std::uint64_t bursts, bool bus_rested) {
    unpaid_bursts_ = (bus_rested ? 0 : unpaid_bursts_) + bursts;
    const Clocks clocks = unpaid_bursts_ / timing_.bursts_per_refresh_clock;
    unpaid_bursts_ %= timing_.bursts_per_refresh_clock;
    read_ready_ += clocks;
    write_ready_ += clocks;
}

std::uint64_t VaultBanks::open_banks(std::size_t first_bank) const {
    return first_bank == 0 ? open_banks_ : turned(open_banks_, banks_.size() - first_bank);
}

void VaultBanks::turn_banks(std::size_t banks_on) {
    if (banks_on == 0) return;
    std::rotate(banks_.begin(), banks_.end() - static_cast<std::ptrdiff_t>(banks_on), banks_.end());
    open_banks_ = turned(open_banks_, banks_on);
}

/// Bit b as bit b + `banks_on`, less than all banks.
std::uint64_t VaultBanks::turned(std::uint64_t bits, std::size_t banks_on) const {
    const std::uint64_t all = ~std::uint64_t{0} >> (MemorySpec::kMostBanks - banks_.size());
    return (bits << banks_on | bits >> (banks_.size() - banks_on)) & all;
}

}  // namespace hypar
