#pragma once

#include <string>
#include <vector>

#include "workloads/network.h"

namespace hypar {

/// A network that was written for something else.
struct ImportedNetwork {
    NetworkSpec spec;
    std::vector<std::string> notes;  ///< what was left out or taken for something else, a line each
};

/// What of a file cannot be imported, all of it: a line each.
std::string joined_problems(const std::vector<std::string>& problems);

}  // namespace hypar
