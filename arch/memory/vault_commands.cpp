#include "arch/memory/vault_commands.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>

namespace hypar {
namespace {

/// When something happened last, if ever.
using Last = std::optional<Clocks>;

bool has_passed(const Last& last, Clocks time, Clocks now) { return !last || now >= *last + time; }

struct BankState {
    bool is_open = false;
    RowId row;
    Last activate;
    Last read;
    Last write;
    Last precharge;  ///< by a command or by itself; may lie ahead
};

/// Banks and buses, what was issued when, and what the constraints allow now.
class Controller {
public:
    Controller(const VaultTiming& timing, Refresh refresh, const std::vector<VaultAccess>& accesses)
        : timing_(timing), refresh_(refresh), accesses_(accesses), columns_(accesses.size()), banks_(timing.banks) {
        run_.completions.resize(accesses.size());
    }

protected:
    Clocks refresh_due() const {
        return refresh_ == Refresh::Periodic ? (refreshes_ + 1) * timing_.refresh_interval : kNever;
    }
    bool is_refreshing() const { return refresh_start_ && now_ < *refresh_start_ + timing_.refresh_time; }

    bool can_precharge(const BankState& bank) const {
        return has_passed(bank.activate, timing_.row_active_time, now_) &&
               has_passed(bank.read, timing_.read_to_precharge, now_) &&
               has_passed(bank.write, timing_.write_latency + timing_.column_spacing + timing_.write_recovery, now_);
    }

    bool try_precharge(std::uint32_t number) {
        BankState& bank = banks_[number];
        if (!can_precharge(bank)) return false;
        bank.is_open = false;
        bank.precharge = now_;
        run_.log.push_back({now_, Command::Precharge, number, {}, false});
        return true;
    }

    bool try_activate(const VaultAccess& access) {
        BankState& bank = banks_[access.bank];
        if (!has_passed(bank.precharge, timing_.precharge_time, now_)) return false;
        if (!has_passed(bank.activate, timing_.row_cycle, now_)) return false;
        if (!activates_.empty() && now_ < activates_.back() + timing_.activate_spacing) return false;
        if (activates_.size() >= 4 && now_ < activates_[activates_.size() - 4] + timing_.activate_window)
            return false;
        activates_.push_back(now_);
        bank.is_open = true;
        bank.row = access.row;
        bank.activate = now_;
        run_.log.push_back({now_, Command::Activate, access.bank, access.row, false});
        return true;
    }

    /// The first clock at which the buses can take a column command.
    Clocks buses_ready(bool is_write) const {
        Clocks ready = 0;
        if (last_read_) {
            ready = *last_read_ + timing_.column_spacing;
            // Written data starts a clock after read data has ended: one to turn the bus round.
            const Clocks data_free = *last_read_ + timing_.column_latency + timing_.column_spacing + 1;
            if (is_write && data_free > timing_.write_latency) {
                ready = std::max(ready, data_free - timing_.write_latency);
            }
        }
        if (last_write_) {
            ready = std::max(ready, *last_write_ + timing_.column_spacing);
            const Clocks data_end = *last_write_ + timing_.write_latency + timing_.column_spacing;
            if (!is_write) ready = std::max(ready, data_end + timing_.write_to_read);
        }
        return ready;
    }

    bool try_column(std::size_t index) {
        const VaultAccess& access = accesses_[index];
        BankState& bank = banks_[access.bank];
        const bool is_first = columns_[index] == 0;
        const Clocks ready = buses_ready(access.is_write) + (is_first ? refresh_clocks_ : 0);
        if (now_ < ready || !has_passed(bank.activate, timing_.row_to_column_delay, now_)) return false;
        if (is_first && now_ > ready) unpaid_bursts_ = 0;
        const bool closes = ++columns_[index] == access.bursts && timing_.page == PagePolicy::Closed;
        (access.is_write ? last_write_ : last_read_) = now_;
        (access.is_write ? bank.write : bank.read) = now_;
        run_.log.push_back({now_, access.is_write ? Command::Write : Command::Read, access.bank, {}, closes});
        if (columns_[index] == access.bursts) end_access(index, closes);
        return true;
    }

    void end_access(std::size_t index, bool closes) {
        const VaultAccess& access = accesses_[index];
        BankState& bank = banks_[access.bank];
        run_.completions[index] =
            now_ + (access.is_write ? timing_.write_latency : timing_.column_latency) + timing_.column_spacing;
        if (closes) {
            bank.is_open = false;
            Clocks start = *bank.activate + timing_.row_active_time;
            if (bank.read) start = std::max(start, *bank.read + timing_.read_to_precharge);
            if (bank.write) {
                start = std::max(
                    start, *bank.write + timing_.write_latency + timing_.column_spacing + timing_.write_recovery);
            }
            bank.precharge = start;
        }
        if (refresh_ == Refresh::Spread) {
            unpaid_bursts_ += access.bursts;
            refresh_clocks_ = unpaid_bursts_ / timing_.bursts_per_refresh_clock;
            unpaid_bursts_ %= timing_.bursts_per_refresh_clock;
        }
    }

    void try_refresh() {
        bool is_any_open = false;
        for (const BankState& bank : banks_) {
            is_any_open = is_any_open || bank.is_open;
            if (bank.is_open && !can_precharge(bank)) return;
        }
        if (is_any_open) {
            for (BankState& bank : banks_) {
                if (bank.is_open) bank.precharge = now_;
                bank.is_open = false;
            }
            run_.log.push_back({now_, Command::PrechargeAll, 0, {}, false});
            return;
        }
        for (const BankState& bank : banks_) {
            if (!has_passed(bank.precharge, timing_.precharge_time, now_)) return;
        }
        run_.log.push_back({now_, Command::Refresh, 0, {}, false});
        refresh_start_ = now_;
        ++refreshes_;
    }

    const VaultTiming& timing_;
    Refresh refresh_;
    const std::vector<VaultAccess>& accesses_;
    std::vector<std::uint64_t> columns_;  ///< by access: issued
    std::vector<BankState> banks_;
    std::deque<Clocks> activates_;
    Last last_read_;
    Last last_write_;
    Last refresh_start_;
    std::uint64_t refreshes_ = 0;
    Clocks refresh_clocks_ = 0;  ///< that spread refresh keeps the next access's data waiting
    std::uint64_t unpaid_bursts_ = 0;
    Clocks now_ = 0;
    CommandRun run_;
};

class InOrderController : Controller {
public:
    using Controller::Controller;

    CommandRun run() {
        while (oldest_ < accesses_.size()) {
            issue_one();
            ++now_;
            skip_idle_time();
        }
        return std::move(run_);
    }

private:
    /// With nothing to do until a refresh is due or an access arrives, nothing happens.
    void skip_idle_time() {
        if (oldest_ == accesses_.size() || oldest_ < next_to_begin_ || is_refreshing()) return;
        const Clocks next = std::min(accesses_[oldest_].arrival, refresh_due());
        if (next > now_) now_ = next;
    }

    void issue_one() {
        if (is_refreshing()) return;
        const bool has_issued = go_on();
        if (now_ >= refresh_due()) {
            if (oldest_ == next_to_begin_ && !has_issued) try_refresh();
            return;
        }
        if (next_to_begin_ == accesses_.size() || accesses_[next_to_begin_].arrival > now_) return;
        if (finds_row(next_to_begin_)) {
            // It begins without a command, and may go on with its first one.
            ++next_to_begin_;
            if (!has_issued) try_access(next_to_begin_ - 1);
        } else if (!has_issued && try_access(next_to_begin_)) {
            ++next_to_begin_;
        }
    }

    /// Issues a command of an access that has begun, of the oldest that can; returns whether there was one.
    bool go_on() {
        for (std::size_t index = oldest_; index < next_to_begin_; ++index) {
            if (try_access(index)) return true;
        }
        return false;
    }

    /// Whether the older accesses leave its row open.
    bool finds_row(std::size_t index) const {
        const VaultAccess& access = accesses_[index];
        for (std::size_t older = index; older-- > oldest_;) {
            if (accesses_[older].bank != access.bank) continue;
            return timing_.page == PagePolicy::Open && accesses_[older].row == access.row;
        }
        return banks_[access.bank].is_open && banks_[access.bank].row == access.row;
    }

    bool try_access(std::size_t index) {
        const VaultAccess& access = accesses_[index];
        const BankState& bank = banks_[access.bank];
        if (is_older_one_in_bank(index)) return false;
        if (!bank.is_open) return !is_older_one_to_activate(index) && try_activate(access);
        if (!(bank.row == access.row)) return try_precharge(access.bank);
        if (index != oldest_ || !try_column(index)) return false;  // data moves in order
        if (columns_[index] == access.bursts) ++oldest_;
        return true;
    }

    bool is_older_one_in_bank(std::size_t index) const {
        for (std::size_t older = oldest_; older < index; ++older) {
            if (accesses_[older].bank == accesses_[index].bank && columns_[older] < accesses_[older].bursts)
                return true;
        }
        return false;
    }

    /// Activations are in order: an older access that still needs one goes first.
    bool is_older_one_to_activate(std::size_t index) const {
        for (std::size_t older = oldest_; older < index; ++older) {
            const BankState& bank = banks_[accesses_[older].bank];
            if (columns_[older] == 0 && (!bank.is_open || !(bank.row == accesses_[older].row))) return true;
        }
        return false;
    }

    std::size_t oldest_ = 0;  ///< access that has not issued all its commands
    std::size_t next_to_begin_ = 0;
};

class FrFcfsController : Controller {
public:
    FrFcfsController(const VaultTiming& timing, Refresh refresh, const std::vector<VaultAccess>& accesses)
        : Controller(timing, refresh, accesses), has_begun_(accesses.size()) {}

    CommandRun run() {
        while (true) {
            for (; next_ < accesses_.size() && accesses_[next_].arrival <= now_; ++next_) waiting_.push_back(next_);
            if (next_ == accesses_.size() && waiting_.empty() && !moves()) return std::move(run_);
            if (!is_refreshing()) issue_one();
            ++now_;
            if (!waiting_.empty() || moves() || is_refreshing()) continue;
            const Clocks idle_until =
                std::min(next_ < accesses_.size() ? accesses_[next_].arrival : now_, refresh_due());
            now_ = std::max(now_, idle_until);
        }
    }

private:
    /// Whether an access's data has begun to move and not all of its commands have been issued.
    bool moves() const { return moving_ && columns_[*moving_] < accesses_[*moving_].bursts; }
    bool finds_row(std::size_t index) const {
        const BankState& bank = banks_[accesses_[index].bank];
        return bank.is_open && bank.row == accesses_[index].row;
    }

    void issue_one() {
        if (moves() && try_column(*moving_)) return;
        std::vector<std::size_t> window(
            waiting_.begin(),
            waiting_.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(timing_.window, waiting_.size())));
        kept_.assign(banks_.size(), false);
        for (const std::size_t index : window) {
            if (finds_row(index)) kept_[accesses_[index].bank] = true;
        }
        if (moves()) kept_[accesses_[*moving_].bank] = true;
        const bool is_due = now_ >= refresh_due();
        const auto waits = [&](std::size_t index) { return is_due && !has_begun_[index]; };
        window.erase(std::remove_if(window.begin(), window.end(), waits), window.end());
        if (is_due && window.empty() && !moves()) return try_refresh();
        const bool is_held = overtaken_ >= timing_.window && !window.empty() && window.front() == waiting_.front();
        if (!moves() && try_columns(window, is_held)) return;
        try_rows(window, is_held);
    }

    bool try_columns(const std::vector<std::size_t>& window, bool is_held) {
        for (const std::size_t index : window) {
            if (is_held && index != waiting_.front()) return false;
            if (!finds_row(index) || !try_column(index)) continue;
            overtaken_ = index == waiting_.front() ? 0 : overtaken_ + 1;
            waiting_.erase(std::find(waiting_.begin(), waiting_.end(), index));
            moving_ = index;
            return true;
        }
        return false;
    }

    void try_rows(const std::vector<std::size_t>& window, bool is_held) {
        std::vector<bool> has_older(banks_.size(), false);
        for (const std::size_t index : window) {
            const std::uint32_t bank = accesses_[index].bank;
            if (finds_row(index) || has_older[bank]) continue;
            has_older[bank] = true;
            const bool is_moving = moves() && accesses_[*moving_].bank == bank;
            if (is_moving || (kept_[bank] && !(is_held && index == waiting_.front()))) continue;
            if (!(banks_[bank].is_open ? try_precharge(bank) : try_activate(accesses_[index]))) continue;
            has_begun_[index] = true;
            return;
        }
    }

    std::size_t next_ = 0;               ///< access to arrive
    std::vector<std::size_t> waiting_;   ///< have arrived, and moved no data, the oldest first
    std::vector<bool> has_begun_;        ///< by access: has had a command for its row
    std::vector<bool> kept_;             ///< by bank: its row is waited for
    std::optional<std::size_t> moving_;  ///< access whose data moved last
    std::uint64_t overtaken_ = 0;        ///< how often the oldest that waits has been
};

}  // namespace

CommandRun run_commands(const VaultTiming& timing, Refresh refresh, const std::vector<VaultAccess>& accesses) {
    return timing.scheduler == VaultScheduler::FrFcfs ? FrFcfsController(timing, refresh, accesses).run()
                                                      : InOrderController(timing, refresh, accesses).run();
}

}  // namespace hypar
