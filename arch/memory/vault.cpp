#include "arch/memory/vault.h"

#include <algorithm>

#include "base/power_of_two.h"

namespace hypar {

Vault::Vault(const VaultTiming& timing, Refresh refresh) : timing_(timing), banks_(timing, refresh) {
    if (is_power_of_two(timing.column_spacing)) spacing_mask_ = timing.column_spacing - 1;
}

void Vault::restart() {
    if (latest() == 0 && open_banks(0) == 0) return;
    banks_.restart();
    begin_ready_ = 0;
    columns_.clear();
    activates_.clear();
}

Clocks Vault::serve(const VaultAccess& access) {
    Commands commands = plan(access);
    while (commands.first >= banks_.next_refresh()) {
        begin_ready_ = banks_.refresh(begin_ready_, commands.first);
        commands = plan(access);
    }
    begin_ready_ = commands.first + 1;
    forget_slots_before(begin_ready_);
    if (commands.activates) {
        if (commands.activate > commands.first) activates_.push_back(commands.activate);
        banks_.activate(access.bank, access.row, commands.activate);
        ++row_use_.misses;
    } else {
        ++row_use_.hits;
    }
    add_columns(commands.column, commands.column + (access.bursts - 1) * timing_.column_spacing);
    return banks_.move_data(access, commands.column);
}

Vault::Commands Vault::plan(const VaultAccess& access) const {
    const Clocks bus_ready = banks_.bus_ready(access.is_write);
    const Clocks earliest = std::max(access.arrival, begin_ready_);
    Commands commands;
    if (banks_.is_open(access.bank, access.row)) {
        commands.first = earliest;
        commands.column = std::max(earliest, bus_ready);  // behind all of older accesses, and so behind tRCD
        return commands;
    }
    const bool closes = banks_.is_open(access.bank);
    commands.activates = true;
    Clocks row_ready = std::max(earliest, banks_.activate_ready(access.bank));
    if (closes) {
        commands.first = free_slot(std::max(earliest, banks_.precharge_ready(access.bank)), true);
        row_ready = std::max(commands.first + timing_.precharge_time, banks_.activate_ready(access.bank));
    }
    commands.activate = free_slot(std::max(row_ready, banks_.any_activate_ready()), false);
    if (!closes) commands.first = commands.activate;
    commands.column = std::max(commands.activate + timing_.row_to_column_delay, bus_ready);
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

}  // namespace hypar
