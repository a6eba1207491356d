// A vault that goes from command to command against its commands clock by clock, and both against arithmetic.

#include "arch/memory/reordering_vault.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/arch/vault_support.h"

namespace hypar {
namespace {

using namespace tests;

MemorySpec reordering(MemorySpec memory, std::uint64_t window) {
    memory.scheduler = VaultScheduler::FrFcfs;
    memory.window = window;
    return memory;
}

/// The completions of `accesses`, a request each. Those that arrive at one time are put at once, after all that comes
/// before has been served.
std::vector<Clocks> reordered_completions_of(const VaultTiming& timing, Refresh refresh,
                                             const std::vector<VaultAccess>& accesses) {
    ReorderingVault vault(timing, refresh);
    std::vector<Clocks> completions(accesses.size());
    const auto serve_before = [&](Clocks until) {
        while (const auto served = vault.serve_before(until)) completions[served->label] = served->end;
    };
    for (std::size_t index = 0; index < accesses.size(); ++index) {
        serve_before(accesses[index].arrival);
        vault.put(index, {accesses[index]});
    }
    serve_before(kNever);
    return completions;
}

std::vector<Clocks> completions_of(const MemorySpec& memory, const std::vector<VaultAccess>& accesses) {
    const VaultTiming timing(memory);
    const std::vector<Clocks> completions = reordered_completions_of(timing, Refresh::Off, accesses);
    EXPECT_EQ(run_commands(timing, Refresh::Off, accesses).completions, completions);
    return completions;
}

TEST(ReorderingVault, CompletesEveryAccessWhenItsCommandsDo) {
    Random random(11);
    for (int round = 0; round < 500; ++round) {
        const VaultTiming timing(reordering(random_memory(random), std::uint64_t{1} << draw(random, 0, 6)));
        const std::vector<VaultAccess> accesses = random_accesses(random, timing);
        for (const Refresh refresh : {Refresh::Off, Refresh::Periodic, Refresh::Spread}) {
            ASSERT_EQ(reordered_completions_of(timing, refresh, accesses),
                      run_commands(timing, refresh, accesses).completions)
                << "round " << round << ", refresh " << static_cast<int>(refresh);
        }
    }
}

TEST(ReorderingVault, ServesWhatFindsItsRowOpenFirst) {
    const std::vector<VaultAccess> accesses{
        {0, 0, {0, 1}, 1, false}, {500, 0, {0, 2}, 1, false}, {500, 0, {0, 1}, 1, false}};
    // The third reads at 500. tRTP later its row is closed for the second.
    const Clocks hit = 500 + kCl + kCcd;
    EXPECT_EQ(completions_of(reordering(hmc(), 32), accesses),
              (std::vector<Clocks>{kRcd + kCl + kCcd, 500 + kRtp + kRp + kRcd + kCl + kCcd, hit}));
    // Where no two are seen at once none overtakes: the second row is closed tRAS after it was opened at 510, and the
    // first opened again at 550, tRC after it.
    EXPECT_EQ(
        completions_of(reordering(hmc(), 1), accesses),
        (std::vector<Clocks>{kRcd + kCl + kCcd, 500 + kRp + kRcd + kCl + kCcd, 500 + kRp + kRc + kRcd + kCl + kCcd}));
}

TEST(ReorderingVault, HoldsBackNobodyForABusyBank) {
    const std::vector<VaultAccess> accesses{
        {0, 0, {0, 1}, 1, false}, {0, 0, {0, 2}, 1, false}, {0, 1, {0, 1}, 1, false}};
    // The third's row is opened tRRD = 4 clocks after the first's; the second's, of the same bank, at tRC.
    EXPECT_EQ(completions_of(reordering(hmc(), 32), accesses),
              (std::vector<Clocks>{kRcd + kCl + kCcd, kRc + kRcd + kCl + kCcd, 4 + kRcd + kCl + kCcd}));
}

TEST(ReorderingVault, LetsTheOldestBeOvertakenAsOftenAsItsWindowIsLarge) {
    std::vector<VaultAccess> accesses{{0, 0, {0, 1}, 1, false}, {500, 0, {0, 2}, 1, false}};
    for (int hits = 0; hits < 4; ++hits) accesses.push_back({500, 0, {0, 1}, 1, false});
    // Of a window of two: read at 500 and 504; then the row is closed at 511, though it is waited for, and the oldest
    // reads at 534. Its row, opened at 521, stays open for tRAS; the first is opened again at 561, tRC later.
    const Clocks data = kCl + kCcd;
    EXPECT_EQ(completions_of(reordering(hmc(), 2), accesses),
              (std::vector<Clocks>{kRcd + data, 534 + data, 500 + data, 504 + data, 574 + data, 578 + data}));
}

TEST(ReorderingVault, TurnsTheDataBusRoundForSeveralAtOnce) {
    std::vector<VaultAccess> accesses{{0, 0, {0, 1}, 1, false}};
    for (const bool is_write : {false, true, false, false}) accesses.push_back({500, 0, {0, 1}, 1, is_write});
    // Reads every tCCD; data of a write may begin a clock after that of the last of them, at 508 + 13 + 4 + 1.
    EXPECT_EQ(completions_of(reordering(hmc(), 32), accesses),
              (std::vector<Clocks>{kRcd + kCl + kCcd, 500 + kCl + kCcd, 508 + kCl + kCcd + 1 + kCcd, 504 + kCl + kCcd,
                                   508 + kCl + kCcd}));
}

TEST(ReorderingVault, TellsWhenARequestsLastAccessHasBeenServed) {
    ReorderingVault vault(VaultTiming(reordering(hmc(), 32)), Refresh::Off);
    vault.put(7, {{0, 0, {0, 1}, 1, false}, {0, 0, {0, 2}, 3, false}});
    vault.put(8, {{0, 1, {0, 1}, 1, false}});
    std::vector<std::pair<std::uint64_t, bool>> served;
    while (const auto access = vault.serve_before(kNever)) served.emplace_back(access->label, access->is_last);
    EXPECT_EQ(served, (std::vector<std::pair<std::uint64_t, bool>>{{7, false}, {8, true}, {7, true}}));
    EXPECT_EQ(vault.row_use().misses, 3U);
    EXPECT_EQ(vault.next_command(), kNever);
}

}  // namespace
}  // namespace hypar
