#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/terminal/description.h"

namespace hypar {

/// The names that an argument may be, by the word that stands for its value: NETWORK.
using KnownNames = std::map<std::string, std::vector<std::string>>;

// Scripts that complete the program's command line in a shell. Where a value is none of one|of|these and none of the
// known names it is a file.
std::string bash_completion(const ProgramDescription& program, const KnownNames& names);
std::string zsh_completion(const ProgramDescription& program, const KnownNames& names);

}  // namespace hypar
