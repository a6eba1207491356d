#pragma once

#include <cstdint>
#include <vector>

#include "arch/memory/vault_timing.h"

namespace hypar {

enum class Command : std::uint8_t { Activate, Read, Write, Precharge, PrechargeAll, Refresh };

/// One command on a vault's command bus.
struct IssuedCommand {
    Clocks clock = 0;
    Command command = Command::Activate;
    std::uint32_t bank = 0;       ///< of all but PrechargeAll and Refresh
    RowId row;                    ///< of Activate
    bool auto_precharge = false;  ///< of Read and Write
};

/// What became of a stream of accesses.
struct CommandRun {
    std::vector<Clocks> completions;  ///< by access
    std::vector<IssuedCommand> log;   ///< in order
};

/// Serves accesses, sorted by arrival, with one vault clock by clock: the reference that Vault and ReorderingVault
/// are tested against. It remembers when each kind of command was issued last, and in each clock issues the first
/// command that is legal, in the order of the timing's scheduler.
CommandRun run_commands(const VaultTiming& timing, Refresh refresh, const std::vector<VaultAccess>& accesses);

}  // namespace hypar
