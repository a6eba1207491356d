#pragma once

#include <cstddef>
#include <vector>

#include "workloads/network.h"

namespace hypar {

/// For each layer the first one like it: of the same kind and sizes, that reads and is read by such.
std::vector<std::size_t> alike_layers(const Network& network);

}  // namespace hypar
