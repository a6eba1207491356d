// The closed form of a vault against its commands clock by clock, those against every timing constraint, and both
// against arithmetic.

#include "arch/vault.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/arch/vault_support.h"

namespace hypar {
namespace {

using namespace tests;

/// Holds every constraint between each command of a log and those before it.
class Checker {
public:
    Checker(const VaultTiming& timing, const std::vector<IssuedCommand>& log) : timing_(timing), log_(log) {}

    void check() {
        for (now_ = 0; now_ < log_.size(); ++now_) {
            if (now_ > 0) least(1, now_ - 1, "one command a clock");
            for (std::size_t before = now_; before-- > 0 && at(before).clock + horizon() > at(now_).clock;) {
                check_pair(before);
            }
            check_rows();
        }
    }

private:
    const IssuedCommand& at(std::size_t index) const { return log_[index]; }
    Clocks horizon() const {
        return timing_.row_cycle + timing_.activate_window + timing_.refresh_time + timing_.row_active_time +
               write_end() + timing_.write_recovery + timing_.write_to_read + timing_.precharge_time;
    }
    Clocks write_end() const { return timing_.write_latency + timing_.column_spacing; }
    static bool is_column(const IssuedCommand& command) {
        return command.command == Command::Read || command.command == Command::Write;
    }

    void least(Clocks clocks, std::size_t before, const std::string& rule) const {
        ASSERT_GE(at(now_).clock, at(before).clock + clocks) << rule << ", command " << now_;
    }

    void check_pair(std::size_t before) const {
        const IssuedCommand& earlier = at(before);
        const IssuedCommand& later = at(now_);
        if (earlier.command == Command::Refresh) least(timing_.refresh_time, before, "tRFC");
        if (is_column(earlier) && is_column(later)) check_columns(before);
        if (earlier.command == Command::Activate && later.command == Command::Activate) {
            least(timing_.activate_spacing, before, "tRRD");
        }
        const bool is_all = later.command == Command::PrechargeAll || later.command == Command::Refresh;
        if (earlier.command == Command::PrechargeAll) least(timing_.precharge_time, before, "tRP");
        if (earlier.bank == later.bank || is_all) check_bank(before);
    }

    void check_columns(std::size_t before) const {
        least(timing_.column_spacing, before, "tCCD");
        const bool wrote = at(before).command == Command::Write;
        const bool writes = at(now_).command == Command::Write;
        if (wrote && !writes) least(write_end() + timing_.write_to_read, before, "tWTR");
        if (!wrote && writes) {
            ASSERT_GE(at(now_).clock + timing_.write_latency,
                      at(before).clock + timing_.column_latency + timing_.column_spacing + 1)
                << "turnaround, command " << now_;
        }
    }

    void check_bank(std::size_t before) const {
        const IssuedCommand& earlier = at(before);
        const IssuedCommand& later = at(now_);
        const bool precharges = later.command == Command::Precharge || later.command == Command::PrechargeAll;
        const bool needs_closed = later.command == Command::Activate || later.command == Command::Refresh;
        switch (earlier.command) {
            case Command::Activate:
                if (is_column(later)) least(timing_.row_to_column_delay, before, "tRCD");
                if (precharges) least(timing_.row_active_time, before, "tRAS");
                if (later.command == Command::Activate) least(timing_.row_cycle, before, "tRC");
                if (needs_closed) least(timing_.row_active_time + timing_.precharge_time, before, "tRAS + tRP");
                break;
            case Command::Read:
                if (precharges) least(timing_.read_to_precharge, before, "tRTP");
                if (needs_closed) least(timing_.read_to_precharge + timing_.precharge_time, before, "tRTP + tRP");
                break;
            case Command::Write:
                if (precharges) least(write_end() + timing_.write_recovery, before, "tWR");
                if (needs_closed) {
                    least(write_end() + timing_.write_recovery + timing_.precharge_time, before, "tWR + tRP");
                }
                break;
            case Command::Precharge:
                if (needs_closed) least(timing_.precharge_time, before, "tRP");
                break;
            default: break;
        }
    }

    /// Columns only in open rows, activations only of closed banks; tFAW.
    void check_rows() {
        const IssuedCommand& command = at(now_);
        switch (command.command) {
            case Command::Activate:
                ASSERT_EQ(open_.count(command.bank), 0U) << "open already, command " << now_;
                open_[command.bank] = command.row;
                activates_.push_back(now_);
                if (activates_.size() > 4) {
                    least(timing_.activate_window, activates_[activates_.size() - 5], "tFAW");
                }
                break;
            case Command::Read:
            case Command::Write:
                ASSERT_EQ(open_.count(command.bank), 1U) << "closed, command " << now_;
                if (command.auto_precharge) open_.erase(command.bank);
                break;
            case Command::Precharge: ASSERT_EQ(open_.erase(command.bank), 1U); break;
            case Command::PrechargeAll: open_.clear(); break;
            case Command::Refresh: ASSERT_TRUE(open_.empty()) << "open in a refresh, command " << now_; break;
        }
    }

    const VaultTiming& timing_;
    const std::vector<IssuedCommand>& log_;
    std::size_t now_ = 0;
    std::map<std::uint32_t, RowId> open_;
    std::vector<std::size_t> activates_;
};

Refresh random_refresh(Random& random) {
    return std::vector<Refresh>{Refresh::Off, Refresh::Periodic, Refresh::Spread}[draw(random, 0, 2)];
}

/// Refreshes come in time: no access begins between one that is due and it.
void check_refreshes(const VaultTiming& timing, const std::vector<IssuedCommand>& log) {
    Clocks due = timing.refresh_interval;
    for (const IssuedCommand& command : log) {
        if (command.command != Command::Refresh) continue;
        ASSERT_GE(command.clock, due);
        due += timing.refresh_interval;
    }
    // What lasts longest before one is what had begun when it was due: less than a refresh's interval here.
    ASSERT_LE(log.back().clock, due + 4 * timing.refresh_interval);
}

TEST(Vault, CompletesEveryAccessWhenItsCommandsDo) {
    Random random(1);
    for (int round = 0; round < 1000; ++round) {
        const VaultTiming timing(random_memory(random));
        const Refresh refresh = random_refresh(random);
        const std::vector<VaultAccess> accesses = random_accesses(random, timing);
        const CommandRun reference = run_commands(timing, refresh, accesses);
        ASSERT_EQ(completions_of(timing, refresh, accesses), reference.completions) << "round " << round;
    }
}

TEST(VaultCommands, HoldEveryConstraint) {
    Random random(2);
    for (int round = 0; round < 300; ++round) {
        const VaultTiming timing(random_memory(random));
        const Refresh refresh = random_refresh(random);
        const CommandRun run = run_commands(timing, refresh, random_accesses(random, timing));
        Checker(timing, run.log).check();
        if (refresh == Refresh::Periodic) check_refreshes(timing, run.log);
        if (HasFatalFailure()) FAIL() << "round " << round;
    }
}

}  // namespace
}  // namespace hypar
