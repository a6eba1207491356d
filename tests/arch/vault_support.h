#pragma once

#include <algorithm>
#include <vector>

#include "arch/memory/vault.h"
#include "arch/memory/vault_commands.h"
#include "tests/arch/hmc.h"
#include "tests/arch/support.h"

namespace hypar::tests {

/// The times of hmc() in clocks of 0.8 ns, rounded up: 10.2 ns are 12.75 clocks, so 13.
constexpr Clocks kRcd = 13;
constexpr Clocks kCl = 13;
constexpr Clocks kCwl = 12;
constexpr Clocks kRp = 10;
constexpr Clocks kRas = 27;
constexpr Clocks kRc = 40;
constexpr Clocks kWr = 10;
constexpr Clocks kRtp = 7;
constexpr Clocks kWtr = 7;
constexpr Clocks kCcd = 4;
constexpr Clocks kFaw = 24;
constexpr Clocks kRfc = 74;
constexpr Clocks kRefi = 9750;

/// The completions of `accesses` in the closed form.
inline std::vector<Clocks> completions_of(const VaultTiming& timing, Refresh refresh,
                                          const std::vector<VaultAccess>& accesses) {
    Vault vault(timing, refresh);
    std::vector<Clocks> completions;
    for (const VaultAccess& access : accesses) completions.push_back(vault.serve(access));
    return completions;
}

/// Any timing, also such as no memory has.
inline MemorySpec random_memory(Random& random) {
    const auto draw_time = [&](Clocks most) { return draw(random, 1, most * 800); };
    MemorySpec memory = hmc();
    memory.banks = std::uint64_t{1} << draw(random, 0, 5);
    memory.page = draw(random, 0, 1) == 0 ? PagePolicy::Open : PagePolicy::Closed;
    memory.timing = {draw(random, 100, 1200), draw_time(20), draw_time(20), draw_time(25), draw_time(20),
                     draw_time(40),           draw_time(60), draw_time(8),  draw_time(15), draw_time(12),
                     draw_time(12),           draw_time(6),  draw_time(50), draw_time(90), 0};
    memory.timing.refresh_interval = memory.timing.refresh_time * draw(random, 2, 30) + draw_time(300);
    return memory;
}

/// Accesses that come close together, or far apart, to few rows of some banks.
inline std::vector<VaultAccess> random_accesses(Random& random, const VaultTiming& timing) {
    const std::uint64_t most_gap = std::uint64_t{1} << draw(random, 0, 7);
    const std::uint64_t most_bursts = draw(random, 0, 3) == 0 ? 40 : draw(random, 1, 8);
    const std::uint64_t rows = draw(random, 1, 4);
    const std::uint64_t banks = draw(random, 1, timing.banks);
    const std::uint64_t writes = draw(random, 0, 10);
    const std::uint64_t hops = draw(random, 0, 2);  // in order of banks, at random, or both
    std::vector<VaultAccess> accesses;
    VaultAccess access;
    for (std::uint64_t index = draw(random, 20, 120); index > 0; --index) {
        if (draw(random, 0, 3) == 0) access.arrival += draw(random, 0, most_gap);
        if (draw(random, 0, 60) == 0) access.arrival += draw(random, 0, 4 * timing.refresh_interval);
        const bool jumps = hops == 1 || (hops == 2 && draw(random, 0, 1) == 0);
        access.bank = static_cast<std::uint32_t>((jumps ? draw(random, 0, banks - 1) : access.bank + 1) % banks);
        access.row = {0, draw(random, 1, rows)};
        access.bursts = draw(random, 1, most_bursts);
        access.is_write = draw(random, 1, 10) <= writes;
        accesses.push_back(access);
    }
    return accesses;
}

}  // namespace hypar::tests
