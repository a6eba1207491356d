#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "arch/memory/vault_block.h"

namespace hypar {

/// Vaults that remember: which states there are, each as what can still come of it, and what became of each when a
/// block came so and so much later. Where blocks come again and again in the same way, most take one look-up in place
/// of one access for each row. Only for blocks that all begin at the first bank.
class VaultMemo {
public:
    /// Where one vault is: a state, and the clock at which it was in it. At first at rest.
    struct State {
        std::uint32_t number = 0;
        Clocks clock = 0;
    };

    VaultMemo(const VaultTiming& timing, const MemorySpec& spec);

    /// Serves the block with the vault in `state`, in rows of its own whatever it says.
    BlockService serve(State& state, const VaultBlock& block);

    /// From when on nothing of what came before matters but which rows are open.
    Clocks rests_from(const State& state) const {
        return state.clock + states_[state.number].vault.latest() - states_[state.number].clock;
    }
    std::uint64_t open_banks(const State& state) const { return states_[state.number].vault.open_banks(0); }

    /// Whether there is too much of it to go on.
    bool is_full() const;

private:
    struct Known {
        Vault vault;
        Clocks clock = 0;          ///< of `vault`, at which it is in this state
        std::uint32_t rested = 0;  ///< the state that it comes to with time
    };
    struct Key {
        std::uint64_t from = 0;  ///< state, direction and bytes
        Clocks later = 0;
        friend bool operator==(const Key& a, const Key& b) { return a.from == b.from && a.later == b.later; }
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    struct WordsHash {
        std::size_t operator()(const std::vector<std::uint64_t>& words) const;
    };
    struct Transition {
        std::uint32_t to = 0;
        BlockService service;  ///< its end from the block's arrival on
    };

    Transition serve_anew(std::uint32_t from, Clocks later, const VaultBlock& block);
    std::uint32_t number_of(const Vault& vault, Clocks clock);

    VaultTiming timing_;
    AddressMap map_;
    std::vector<Known> states_;
    std::unordered_map<std::vector<std::uint64_t>, std::uint32_t, WordsHash> numbers_;
    std::unordered_map<Key, Transition, KeyHash> transitions_;
    std::uint64_t next_row_ = 0;  ///< no two blocks share a row
};

/// What memories that are alike remember together: what one has found the others know.
class SharedVaultMemo {
public:
    explicit SharedVaultMemo(const MemorySpec& spec);

    /// What vaults at rest go on with. One that is full is left to those that still use it.
    std::shared_ptr<VaultMemo> current();

private:
    MemorySpec spec_;
    VaultTiming timing_;
    std::shared_ptr<VaultMemo> memo_;
};

}  // namespace hypar
