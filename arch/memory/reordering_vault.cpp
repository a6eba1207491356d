#include "arch/memory/reordering_vault.h"

#include "base/checked.h"

namespace hypar {

ReorderingVault::ReorderingVault(const VaultTiming& timing, Refresh refresh)
    : timing_(timing), banks_(timing, refresh), column_ready_(timing.banks) {}

void ReorderingVault::restart() {
    banks_.restart();
    std::fill(column_ready_.begin(), column_ready_.end(), 0);
    command_ready_ = 0;
    last_column_ = 0;
    column_slots_ = 0;
}

void ReorderingVault::put(std::uint64_t label, const std::vector<VaultAccess>& accesses) {
    requests_.push_back({label, accesses.size()});
    const std::uint64_t request = first_request_ + requests_.size() - 1;
    for (const VaultAccess& access : accesses) waiting_.push_back({access, request});
    next_.reset();
}

Clocks ReorderingVault::next_command() { return plan().clock; }

/// The next command of all that has arrived by then.
const ReorderingVault::Next& ReorderingVault::plan() {
    if (next_) return *next_;
    next_ = choose(false);
    while (arrived_ < std::min<std::size_t>(timing_.window, waiting_.size()) &&
           waiting_[arrived_].access.arrival <= next_->clock) {
        // All that has come meanwhile at once.
        const Clocks by = std::max(waiting_[arrived_].access.arrival, command_ready_);
        while (arrived_ < waiting_.size() && waiting_[arrived_].access.arrival <= by) ++arrived_;
        next_ = choose(false);
    }
    return *next_;
}

std::optional<ServedAccess> ReorderingVault::serve_before(Clocks until) {
    while (!waiting_.empty()) {
        Next next = plan();
        if (next.clock >= banks_.next_refresh()) {
            next = choose(true);
            if (next.clock == kNever) {
                if (banks_.next_refresh() >= until) return std::nullopt;
                const Clocks free = std::max(command_ready_, last_column_ + 1);
                command_ready_ = banks_.refresh(free, std::min(plan().clock, until));
                next_.reset();
                continue;
            }
        }
        if (next.clock >= until) return std::nullopt;
        if (const auto served = issue(next)) return served;
    }
    return std::nullopt;
}

/// Of two commands of one clock, a column command comes first, and then the one of the older access.
ReorderingVault::Next ReorderingVault::choose(bool begun_only) const {
    // What waits for the row that its bank has open keeps it open.
    std::uint64_t kept = 0;
    for (std::size_t place = 0; place < seen(); ++place) {
        const VaultAccess& access = waiting_[place].access;
        if (banks_.is_open(access.bank, access.row)) kept |= std::uint64_t{1} << access.bank;
    }
    const bool is_held = overtaken_ >= timing_.window && (!begun_only || waiting_.front().has_begun);
    Next best;
    for (std::size_t place = 0; place < seen(); ++place) {
        if (begun_only && !waiting_[place].has_begun) continue;
        const Next next = command_of(place, kept, is_held);
        if (next.clock < best.clock ||
            (next.clock == best.clock && next.kind == Kind::Column && best.kind != Kind::Column)) {
            best = next;
        }
    }
    return best;
}

/// What the access at a place would have next, if anything. `kept` has a bit for each bank whose row is kept open, or
/// has a command of an older access to come.
ReorderingVault::Next ReorderingVault::command_of(std::size_t place, std::uint64_t& kept, bool is_held) const {
    const VaultAccess& access = waiting_[place].access;
    const Clocks earliest = std::max(command_ready_, access.arrival);
    if (banks_.is_open(access.bank, access.row)) {
        if (is_held && place > 0) return {};
        const Clocks ready = std::max(column_ready_[access.bank], banks_.bus_ready(access.is_write));
        return {std::max(earliest, ready), Kind::Column, place};
    }
    const std::uint64_t bit = std::uint64_t{1} << access.bank;
    if ((kept & bit) != 0 && !(is_held && place == 0)) return {};
    kept |= bit;
    if (banks_.is_open(access.bank)) {
        return {free_slot(std::max(earliest, banks_.precharge_ready(access.bank))), Kind::Precharge, place};
    }
    const Clocks ready = std::max(banks_.activate_ready(access.bank), banks_.any_activate_ready());
    return {free_slot(std::max(earliest, ready)), Kind::Activate, place};
}

/// The first clock from `earliest` on in which no data's column commands come.
Clocks ReorderingVault::free_slot(Clocks earliest) const {
    Clocks slot = earliest;
    const auto is_taken = [&] {
        const Clocks before = last_column_ - slot;
        return slot <= last_column_ && before % timing_.column_spacing == 0 &&
               before / timing_.column_spacing < column_slots_;
    };
    while (is_taken()) ++slot;
    return slot;
}

std::optional<ServedAccess> ReorderingVault::issue(const Next& next) {
    Waiting& waiting = waiting_[next.place];
    const std::size_t bank = waiting.access.bank;
    command_ready_ = next.clock + 1;
    waiting.has_begun = true;
    next_.reset();
    switch (next.kind) {
        case Kind::Column: return move_data(next);
        case Kind::Activate:
            banks_.activate(bank, waiting.access.row, next.clock);
            column_ready_[bank] = next.clock + timing_.row_to_column_delay;
            waiting.has_activated = true;
            break;
        case Kind::Precharge: banks_.precharge(bank, next.clock); break;
    }
    return std::nullopt;
}

ServedAccess ReorderingVault::move_data(const Next& next) {
    const Waiting waiting = waiting_[next.place];
    const VaultAccess& access = waiting.access;
    Request& request = requests_[waiting.request - first_request_];
    ServedAccess served;
    served.label = request.label;
    served.bursts = access.bursts;
    served.bytes = access.bytes;
    served.column = next.clock;
    served.end = banks_.move_data(access, next.clock);
    served.is_last = --request.unserved == 0;
    column_slots_ = access.bursts;
    last_column_ = next.clock + (access.bursts - 1) * timing_.column_spacing;
    ++(waiting.has_activated ? row_use_.misses : row_use_.hits);
    overtaken_ = next.place == 0 ? 0 : overtaken_ + 1;
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(next.place));
    --arrived_;
    while (!requests_.empty() && requests_.front().unserved == 0) {
        requests_.pop_front();
        ++first_request_;
    }
    return served;
}

/// How many places before it an access to the same row waits; 0 if there is none.
std::uint64_t ReorderingVault::same_row_before(std::size_t place) const {
    const VaultAccess& access = waiting_[place].access;
    for (std::size_t before = 1; before <= place; ++before) {
        const VaultAccess& other = waiting_[place - before].access;
        if (other.bank == access.bank && other.row == access.row) return before;
    }
    return 0;
}

void ReorderingVault::turn_banks(std::size_t banks_on) {
    if (banks_on == 0) return;
    banks_.turn_banks(banks_on);
    std::rotate(column_ready_.begin(), column_ready_.end() - static_cast<std::ptrdiff_t>(banks_on),
                column_ready_.end());
    for (Waiting& waiting : waiting_) {
        waiting.access.bank = static_cast<std::uint32_t>((waiting.access.bank + banks_on) % column_ready_.size());
    }
    next_.reset();
}

}  // namespace hypar
