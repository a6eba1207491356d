#pragma once

namespace hypar {

/// Of 128 bits, for sums of products that 64 do not hold.
__extension__ typedef __int128 Int128;

}  // namespace hypar
