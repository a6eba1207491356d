// The closed form of a vault against its commands clock by clock, those against every timing constraint, and both
// against arithmetic.

#include "arch/memory/vault.h"

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
    // Accesses that had begun when it was due come first: no more than are made here.
    constexpr Clocks kMostWork = 120 * 40 * 6;  // accesses, bursts, tCCD
    ASSERT_LE(log.back().clock, due + kMostWork * 800 / timing.clock_period + kMostWork);
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
    for (int round = 0; round < 400; ++round) {
        MemorySpec memory = random_memory(random);
        if (round % 2 == 1) {
            memory.scheduler = VaultScheduler::FrFcfs;
            memory.window = draw(random, 1, 40);
        }
        const VaultTiming timing(memory);
        const Refresh refresh = random_refresh(random);
        const CommandRun run = run_commands(timing, refresh, random_accesses(random, timing));
        Checker(timing, run.log).check();
        if (refresh == Refresh::Periodic) check_refreshes(timing, run.log);
        if (HasFatalFailure()) FAIL() << "round " << round;
    }
}

/// `count` reads, all at clock 0, of `bursts` in one bank after the other, each in a row of its own.
std::vector<VaultAccess> reads_over_banks(std::uint64_t count, std::uint64_t bursts, std::uint64_t banks) {
    std::vector<VaultAccess> accesses;
    for (std::uint64_t index = 0; index < count; ++index) {
        accesses.push_back({0, static_cast<std::uint32_t>(index % banks), {0, index}, bursts, false});
    }
    return accesses;
}

Clocks last_of(const MemorySpec& memory, Refresh refresh, const std::vector<VaultAccess>& accesses) {
    return completions_of(VaultTiming(memory), refresh, accesses).back();
}

MemorySpec closed_page() {
    MemorySpec memory = hmc();
    memory.page = PagePolicy::Closed;
    return memory;
}

TEST(Vault, TakesAnUnloadedAccessAsLongAsItsCommandsAndItsData) {
    // 64 bytes are two bursts: 13 + 13 + 8 clocks, 27.2 ns; written data comes a clock earlier.
    EXPECT_EQ(last_of(hmc(), Refresh::Off, {{0, 3, {}, 2, false}}), kRcd + kCl + 2 * kCcd);
    EXPECT_EQ(last_of(hmc(), Refresh::Off, {{1000, 3, {}, 2, false}}), 1000 + kRcd + kCl + 2 * kCcd);
    EXPECT_EQ(last_of(closed_page(), Refresh::Off, {{1000, 3, {}, 2, true}}), 1000 + kRcd + kCwl + 2 * kCcd);
}

TEST(Vault, ReadsOpenRowsWithoutOpeningThem) {
    const std::vector<VaultAccess> accesses{{0, 0, {0, 1}, 1, false}, {500, 0, {0, 1}, 1, false}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, accesses), 500 + kCl + kCcd);
    EXPECT_EQ(last_of(closed_page(), Refresh::Off, accesses), 500 + kRcd + kCl + kCcd);
}

TEST(Vault, ClosesARowBeforeItOpensAnother) {
    const std::vector<VaultAccess> later{{0, 0, {0, 1}, 1, false}, {500, 0, {0, 2}, 1, false}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, later), 500 + kRp + kRcd + kCl + kCcd);
    // At once: closed tRAS = 27 after it was opened (the read at 13 and tRTP would allow 20), and 10 later it could
    // be opened, but for tRC = 40.
    const std::vector<VaultAccess> at_once{{0, 0, {0, 1}, 1, false}, {0, 0, {0, 2}, 1, false}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, at_once), kRc + kRcd + kCl + kCcd);
    // After a write: at 13, its data until 29, tWR until 39, tRP until 49.
    const std::vector<VaultAccess> written{{0, 0, {0, 1}, 1, true}, {0, 0, {0, 2}, 1, false}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, written), kRcd + kCwl + kCcd + kWr + kRp + kRcd + kCl + kCcd);
}

TEST(Vault, TurnsTheDataBusRound) {
    // Written data ends at 13 + 12 + 4 = 29, tWTR later comes the read.
    const std::vector<VaultAccess> write_read{{0, 0, {0, 1}, 1, true}, {0, 0, {0, 1}, 1, false}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, write_read), kRcd + kCwl + kCcd + kWtr + kCl + kCcd);
    // Read data ends at 13 + 13 + 4 = 30; a clock later written data begins, for 4 clocks.
    const std::vector<VaultAccess> read_write{{0, 0, {0, 1}, 1, false}, {0, 0, {0, 1}, 1, true}};
    EXPECT_EQ(last_of(hmc(), Refresh::Off, read_write), kRcd + kCl + kCcd + 1 + kCcd);
}

TEST(Vault, ReadsRowAfterRowWithoutAGap) {
    // Rows of 8 bursts hold the bus for 32 clocks each, in which others are opened: 10 GB/s.
    for (const MemorySpec& memory : {hmc(), closed_page()}) {
        EXPECT_EQ(last_of(memory, Refresh::Off, reads_over_banks(1000, 8, 16)), kRcd + kCl + 1000 * 8 * kCcd);
        const Clocks refreshed = last_of(memory, Refresh::Periodic, reads_over_banks(100'000, 8, 16));
        // From the last read before a refresh to the first after it: tRTP, tRP, tRFC, tRCD, in place of tCCD.
        const Clocks lost = kRtp + kRp + kRfc + kRcd - kCcd;
        EXPECT_EQ(refreshed, kRcd + kCl + 100'000 * 8 * kCcd + refreshed / kRefi * lost);
    }
}

TEST(Vault, OpensARowOfOneBankEveryRowCycle) {
    // 32 ns: 2 GB/s of 64 bytes
    EXPECT_EQ(last_of(hmc(), Refresh::Off, reads_over_banks(100, 2, 1)), 99 * kRc + kRcd + kCl + 2 * kCcd);
}

TEST(Vault, OpensFourRowsInTheirWindow) {
    // 4 x 32 bytes in 19.2 ns: 6.67 GB/s. Rows 0 to 3 at 0, 4, 8, 12; the next four 24 later.
    EXPECT_EQ(last_of(closed_page(), Refresh::Off, reads_over_banks(400, 1, 16)),
              99 * kFaw + 3 * kCcd + kRcd + kCl + kCcd);
}

TEST(Vault, RefreshesBeforeWhatComesWhenItIsDue) {
    const VaultAccess first{0, 0, {0, 1}, 1, false};
    const VaultAccess before{kRefi - 1, 0, {0, 1}, 1, false};
    const VaultAccess after{kRefi, 0, {0, 1}, 1, false};
    EXPECT_EQ(last_of(hmc(), Refresh::Periodic, {first, before}), kRefi - 1 + kCl + kCcd);
    // The row is closed, tRP later the refresh begins, and then it is opened again.
    EXPECT_EQ(last_of(hmc(), Refresh::Periodic, {first, after}), kRefi + kRp + kRfc + kRcd + kCl + kCcd);
    EXPECT_EQ(last_of(closed_page(), Refresh::Periodic, {first, after}), kRefi + kRfc + kRcd + kCl + kCcd);
    // In long rest rows are closed by the first refresh: nothing is in the way between two.
    const VaultAccess late{1'000'000'000 * kRefi - 1, 0, {0, 1}, 1, false};
    EXPECT_EQ(last_of(hmc(), Refresh::Periodic, {first, late}), late.arrival + kRcd + kCl + kCcd);
}

TEST(Vault, SpreadsRefreshAtTheSameCost) {
    for (const std::uint64_t bursts : {1U, 3U, 8U}) {
        MemorySpec memory = closed_page();
        memory.timing.activate_window = memory.timing.activate_spacing;  // else it is the bound of single bursts
        const std::vector<VaultAccess> accesses = reads_over_banks(1'000'000 / bursts, bursts, 16);
        const auto periodic = static_cast<double>(last_of(memory, Refresh::Periodic, accesses));
        const auto spread = static_cast<double>(last_of(memory, Refresh::Spread, accesses));
        EXPECT_NEAR(spread / periodic, 1, 0.001) << bursts;
    }
}

TEST(Vault, CountsTheRowsThatItFindsOpen) {
    Vault vault(VaultTiming(hmc()), Refresh::Off);
    for (const std::uint64_t row : {1U, 1U, 2U, 2U, 2U}) vault.serve({0, 0, {0, row}, 1, false});
    EXPECT_EQ(vault.row_use().hits, 3U);
    EXPECT_EQ(vault.row_use().misses, 2U);
}

TEST(Vault, BeginsAnewAfterARestart) {
    Random random(3);
    for (int round = 0; round < 20; ++round) {
        const VaultTiming timing(random_memory(random));
        for (const Refresh refresh : {Refresh::Off, Refresh::Periodic, Refresh::Spread}) {
            Vault vault(timing, refresh);
            for (const VaultAccess& access : random_accesses(random, timing)) vault.serve(access);
            vault.restart();
            const std::vector<VaultAccess> accesses = random_accesses(random, timing);
            std::vector<Clocks> completions;
            for (const VaultAccess& access : accesses) completions.push_back(vault.serve(access));
            ASSERT_EQ(completions, completions_of(timing, refresh, accesses));
        }
    }
}

}  // namespace
}  // namespace hypar
