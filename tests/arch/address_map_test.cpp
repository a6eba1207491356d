#include "arch/memory/address_map.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "tests/arch/vault_support.h"

namespace hypar {
namespace {

using namespace tests;

/// Two vaults of two banks, 4 rows of 8 bytes each; pieces of 4 bytes go round the banks, blocks of 8 round the
/// vaults.
MemorySpec small_memory() {
    MemorySpec memory;
    memory.vaults = 2;
    memory.banks = 2;
    memory.row_bytes = 8;
    memory.bank_interleave_bytes = 4;
    memory.interleave_bytes = 8;
    memory.burst_bytes = 2;
    return memory;
}

/// Any layout that an array's file may have.
MemorySpec random_layout(Random& random) {
    MemorySpec memory;
    memory.vaults = draw(random, 1, 5);
    memory.banks = draw(random, 1, 5);
    memory.burst_bytes = draw(random, 1, 4);
    memory.bank_interleave_bytes = memory.burst_bytes * draw(random, 1, 3);
    memory.row_bytes = memory.bank_interleave_bytes * draw(random, 1, 3);
    do {
        memory.interleave_bytes = memory.burst_bytes * draw(random, 1, 100);
    } while (memory.stripe_bytes() % memory.interleave_bytes != 0 &&
             memory.interleave_bytes % memory.stripe_bytes() != 0);
    return memory;
}

struct Place {
    std::size_t vault;
    std::uint32_t bank;
    std::uint64_t row;
    std::uint64_t byte;  ///< of the vault

    friend bool operator<(const Place& a, const Place& b) {
        return std::tie(a.vault, a.bank, a.row, a.byte) < std::tie(b.vault, b.bank, b.row, b.byte);
    }
};

/// Of each byte from `address` on, as asked for at once.
std::vector<Place> places_of(const AddressMap& map, std::uint64_t address, std::uint64_t bytes) {
    std::vector<Place> places;
    map.for_each_part(address, bytes, [&](std::size_t vault, std::uint64_t begin, std::uint64_t part) {
        std::uint64_t byte = begin;
        map.for_each_run(begin, part, [&](std::uint32_t bank, std::uint64_t rows_on, std::uint64_t run) {
            for (std::uint64_t end = byte + run; byte < end; ++byte) {
                places.push_back({vault, bank, map.row_of(begin) + rows_on, byte});
            }
        });
        EXPECT_EQ(byte, begin + part);
    });
    return places;
}

TEST(AddressMap, PutsConsecutiveBlocksInConsecutiveVaultsAndPiecesInConsecutiveBanks) {
    const AddressMap map(small_memory());
    // Bytes 0 to 7 lie in vault 0, 8 to 15 in vault 1, 16 to 23 in vault 0 again; of each block the first four in
    // bank 0. A row of both banks has two blocks of a vault, so bytes 32 on lie in the next one.
    const auto expect = [&](std::uint64_t address, std::size_t vault, std::uint32_t bank, std::uint64_t row) {
        const Place place = places_of(map, address, 1).front();
        EXPECT_EQ(place.vault, vault) << address;
        EXPECT_EQ(place.bank, bank) << address;
        EXPECT_EQ(place.row, row) << address;
    };
    expect(0, 0, 0, 0);
    expect(3, 0, 0, 0);
    expect(4, 0, 1, 0);
    expect(7, 0, 1, 0);
    expect(8, 1, 0, 0);
    expect(16, 0, 0, 0);
    expect(20, 0, 1, 0);
    expect(31, 1, 1, 0);
    expect(32, 0, 0, 1);
    expect(44, 1, 1, 1);
    EXPECT_EQ(map.ring_size(), 4U);  // two vaults, two blocks a row
    EXPECT_EQ(map.run_bytes(), 4U);
    EXPECT_EQ(map.rows_of(8), 1U);
    EXPECT_EQ(map.rows_of(17), 2U);
    EXPECT_EQ(map.bursts_of(3), 2U);
    EXPECT_TRUE(map.blocks_share_rows());
}

TEST(AddressMap, OfOneBankHasRunsOfWholeRows) {
    MemorySpec memory = small_memory();
    memory.banks = 1;
    EXPECT_EQ(AddressMap(memory).run_bytes(), 8U);
}

TEST(AddressMap, PutsEveryByteInItsOwnPlaceAndFillsEveryRow) {
    Random random(11);
    for (int round = 0; round < 200; ++round) {
        const MemorySpec memory = random_layout(random);
        const AddressMap map(memory);
        // Whole rows of all banks of all vaults, and whole blocks.
        const std::uint64_t bytes = 2 * memory.vaults * std::max(memory.stripe_bytes(), memory.interleave_bytes);
        const std::vector<Place> places = places_of(map, 0, bytes);
        ASSERT_EQ(places.size(), bytes);
        std::map<std::pair<std::size_t, std::uint64_t>, std::uint64_t> of_byte;  // of a vault
        std::map<std::tuple<std::size_t, std::uint32_t, std::uint64_t>, std::uint64_t> bytes_of_row;
        for (const Place& place : places) {
            ++of_byte[{place.vault, place.byte}];
            ++bytes_of_row[{place.vault, place.bank, place.row}];
            ASSERT_LT(place.vault, memory.vaults);
            ASSERT_LT(place.bank, memory.banks);
        }
        ASSERT_EQ(of_byte.size(), bytes) << "round " << round;
        for (const auto& [row, count] : bytes_of_row) ASSERT_EQ(count, memory.row_bytes) << "round " << round;
    }
}

TEST(AddressMap, FindsTheSamePlacesWhateverIsAskedForAtOnce) {
    Random random(12);
    for (int round = 0; round < 200; ++round) {
        const AddressMap map(random_layout(random));
        const std::uint64_t address = draw(random, 0, 5000);
        const std::uint64_t bytes = draw(random, 1, 500);
        const std::vector<Place> together = places_of(map, address, bytes);
        for (std::uint64_t index = 0; index < bytes; ++index) {
            const Place alone = places_of(map, address + index, 1).front();
            ASSERT_FALSE(alone < together[index] || together[index] < alone) << "round " << round << ", " << index;
        }
    }
}

TEST(AddressMap, ComesBackToTheSameVaultAndBankAfterARing) {
    Random random(13);
    for (int round = 0; round < 200; ++round) {
        const MemorySpec memory = random_layout(random);
        const AddressMap map(memory);
        for (std::uint64_t block = 0; block < 20; ++block) {
            const std::uint64_t later = block + map.ring_size();
            ASSERT_EQ(map.vault_of(block), map.vault_of(later));
            ASSERT_EQ(map.bank_of(map.begin_of(block)), map.bank_of(map.begin_of(later)));
            ASSERT_GT(map.row_of(map.begin_of(later)), map.row_of(map.begin_of(block)));
        }
    }
}

TEST(AddressMap, TellsWhetherBlocksShareRows) {
    Random random(14);
    for (int round = 0; round < 200; ++round) {
        const MemorySpec memory = random_layout(random);
        const AddressMap map(memory);
        const std::uint64_t blocks = 2 * map.ring_size();
        std::map<std::tuple<std::size_t, std::uint32_t, std::uint64_t>, std::uint64_t> block_of_row;
        bool shares = false;
        for (std::uint64_t block = 0; block < blocks; ++block) {
            for (const Place& place : places_of(map, block * map.block_bytes(), map.block_bytes())) {
                const auto found = block_of_row.try_emplace({place.vault, place.bank, place.row}, block).first;
                shares |= found->second != block;
            }
        }
        ASSERT_EQ(map.blocks_share_rows(), shares) << "round " << round;
    }
}

}  // namespace
}  // namespace hypar
