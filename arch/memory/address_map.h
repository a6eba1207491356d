#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "arch/memory/memory_spec.h"

namespace hypar {

/// Where the bytes of a memory lie.
///
/// Consecutive blocks of `interleave` bytes lie in consecutive vaults, round and round, and in each vault one behind
/// the other. Consecutive runs of a vault's bytes lie in consecutive banks, round and round; where the rows of all
/// banks are full the next row begins in each.
class AddressMap {
public:
    /// Over `vaults` of the memory's.
    AddressMap(const MemorySpec& spec, std::uint64_t vaults);
    explicit AddressMap(const MemorySpec& spec) : AddressMap(spec, spec.vaults) {}

    std::uint64_t block_bytes() const { return block_bytes_; }
    /// Most consecutive bytes of one row that lie together.
    std::uint64_t run_bytes() const { return run_bytes_; }
    /// Column commands that move so many bytes of a row.
    std::uint64_t bursts_of(std::uint64_t bytes) const { return ceil_divide(bytes, burst_bytes_); }
    /// Rows that so many bytes take of each bank, from a first bank on.
    std::uint64_t rows_of(std::uint64_t bytes) const { return ceil_divide(bytes, stripe_bytes_); }

    /// Blocks after which vaults and banks come again, with other rows.
    std::uint64_t ring_size() const { return vaults_ * std::max<std::uint64_t>(1, stripe_bytes_ / block_bytes_); }
    /// Whether a row can have bytes of several blocks.
    bool blocks_share_rows() const { return blocks_share_rows_; }

    std::size_t vault_of(std::uint64_t block) const { return block % vaults_; }
    /// Its first byte among those of its vault.
    std::uint64_t begin_of(std::uint64_t block) const { return block / vaults_ * block_bytes_; }
    /// Of a vault's byte.
    std::uint32_t bank_of(std::uint64_t byte) const { return static_cast<std::uint32_t>(byte / run_bytes_ % banks_); }
    std::uint64_t row_of(std::uint64_t byte) const { return byte / stripe_bytes_; }

    /// Calls `visit(vault, byte, bytes)` for each part of the memory's bytes from `address` on that lies in one
    /// block; `byte` is its first one among the vault's.
    template <typename Visit>
    void for_each_part(std::uint64_t address, std::uint64_t bytes, Visit visit) const {
        std::uint64_t block = address / block_bytes_;
        std::uint64_t offset = address % block_bytes_;
        for (std::uint64_t left = bytes; left > 0; ++block, offset = 0) {
            const std::uint64_t part = std::min(left, block_bytes_ - offset);
            visit(vault_of(block), begin_of(block) + offset, part);
            left -= part;
        }
    }

    /// Calls `visit(bank, rows_on, bytes)` for each run of consecutive bytes of one row, of a vault's bytes from
    /// `byte` on; `rows_on` is how many rows on it lies from the first one's.
    template <typename Visit>
    void for_each_run(std::uint64_t byte, std::uint64_t bytes, Visit visit) const {
        std::uint32_t bank = bank_of(byte);
        std::uint64_t rows_on = 0;
        std::uint64_t left_of_run = run_bytes_ - byte % run_bytes_;
        std::uint64_t left_of_stripe = stripe_bytes_ - byte % stripe_bytes_;
        for (std::uint64_t left = bytes; left > 0;) {
            const std::uint64_t run = std::min(left, left_of_run);
            visit(bank, rows_on, run);
            left -= run;
            left_of_run = run_bytes_;
            if (++bank == banks_) bank = 0;
            left_of_stripe -= run;
            if (left_of_stripe > 0) continue;
            left_of_stripe = stripe_bytes_;
            ++rows_on;
        }
    }

private:
    std::uint64_t vaults_;
    std::uint64_t block_bytes_;
    std::uint64_t banks_;
    std::uint64_t run_bytes_;
    std::uint64_t stripe_bytes_;  ///< a row of each bank
    std::uint64_t burst_bytes_;
    bool blocks_share_rows_;
};

}  // namespace hypar
