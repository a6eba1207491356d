// Vaults that remember against one that serves every access.

#include "arch/memory/vault_memo.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/arch/vault_support.h"

namespace hypar {
namespace {

using namespace tests;

/// Random timing and layout in which every block begins at the first bank.
MemorySpec random_layout(Random& random) {
    MemorySpec memory = random_memory(random);
    memory.burst_bytes = draw(random, 1, 40);
    memory.bank_interleave_bytes = memory.burst_bytes * draw(random, 1, 4);
    memory.row_bytes = memory.bank_interleave_bytes * draw(random, 1, 3);
    memory.interleave_bytes = memory.stripe_bytes() * draw(random, 1, 2);
    return memory;
}

TEST(VaultMemo, ServesEveryBlockAsTheVaultsThemselves) {
    Random random(4);
    for (int round = 0; round < 200; ++round) {
        const MemorySpec memory = random_layout(random);
        const VaultTiming timing(memory);
        VaultMemo memo(timing, memory);
        // Two vaults use one memory, in one of which a few blocks and gaps come again and again.
        std::vector<VaultMemo::State> states(2);
        Vault unused(timing, Refresh::Spread);
        if (memory.page == PagePolicy::Open) unused.open_other_rows();
        std::vector<Vault> vaults(2, unused);
        const std::uint64_t most_gap = std::uint64_t{1} << draw(random, 0, 12);
        Clocks arrival = draw(random, 0, 50);
        for (std::uint64_t index = 0; index < 60; ++index) {
            const std::size_t vault = draw(random, 0, 1);
            const std::uint64_t bytes =
                draw(random, 0, 1) == 0 ? memory.interleave_bytes : draw(random, 1, memory.interleave_bytes);
            const VaultBlock block{arrival, bytes, draw(random, 0, 2) == 0};
            const BlockService looked_up = memo.serve(states[vault], block);
            const VaultBlock in_own_rows{arrival, bytes, block.is_write, 0, {0, 1000 * (index + 1)}};
            const BlockService served = serve_block(vaults[vault], AddressMap(memory), in_own_rows);
            ASSERT_EQ(looked_up.end, served.end) << "round " << round << ", block " << index;
            ASSERT_EQ(looked_up.bursts, served.bursts);
            ASSERT_EQ(memo.rests_from(states[vault]) <= arrival, vaults[vault].latest() <= arrival);
            if (draw(random, 0, 2) == 0) arrival += draw(random, 0, 1) == 0 ? most_gap : draw(random, 0, most_gap);
        }
    }
}

}  // namespace
}  // namespace hypar
