#pragma once

#include <string>

#include "workloads/network.h"

namespace hypar {

/// The network as the text of a file, a layer a line. Keys that have their default are left out.
std::string network_yaml(const NetworkSpec& network);

}  // namespace hypar
