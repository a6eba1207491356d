#pragma once

#include <cstdint>

#include "arch/memory/address_map.h"
#include "arch/memory/vault.h"

namespace hypar {

/// Consecutive bytes of one vault that are asked for at once.
struct VaultBlock {
    Clocks arrival = 0;
    std::uint64_t bytes = 0;
    bool is_write = false;
    std::uint64_t begin = 0;  ///< the first one, among the vault's
    RowId first_row = {};     ///< that it lies in; the others are numbered on from there
};

/// What serving a block takes.
struct BlockService {
    Clocks end = 0;
    std::uint64_t bursts = 0;
};

/// Calls `visit(access)` for each of a block's runs of consecutive bytes of one row, one after the other.
template <typename Visit>
void for_each_access(const AddressMap& map, const VaultBlock& block, Visit visit) {
    VaultAccess access;
    access.arrival = block.arrival;
    access.is_write = block.is_write;
    map.for_each_run(block.begin, block.bytes, [&](std::uint32_t bank, std::uint64_t rows_on, std::uint64_t bytes) {
        access.bank = bank;
        access.row = {block.first_row.stream, block.first_row.row + rows_on};
        access.bursts = map.bursts_of(bytes);
        access.bytes = bytes;
        visit(access);
    });
}

/// Serves a block in order of its bytes.
inline BlockService serve_block(Vault& vault, const AddressMap& map, const VaultBlock& block) {
    BlockService service;
    for_each_access(map, block, [&](const VaultAccess& access) {
        service.end = vault.serve(access);
        service.bursts += access.bursts;
    });
    return service;
}

}  // namespace hypar
