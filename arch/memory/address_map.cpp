#include "arch/memory/address_map.h"

namespace hypar {

AddressMap::AddressMap(const MemorySpec& spec, std::uint64_t vaults)
    : vaults_(vaults),
      block_bytes_(spec.interleave_bytes),
      banks_(spec.banks),
      run_bytes_(spec.banks == 1 ? spec.row_bytes : spec.bank_interleave_bytes),
      stripe_bytes_(spec.stripe_bytes()),
      burst_bytes_(spec.burst_bytes),
      blocks_share_rows_(block_bytes_ % stripe_bytes_ != 0 &&
                         (run_bytes_ != spec.row_bytes || block_bytes_ % spec.row_bytes != 0)) {}

}  // namespace hypar
