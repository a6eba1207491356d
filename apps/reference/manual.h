#pragma once

#include <string>

#include "apps/terminal/description.h"

namespace hypar {

/// The page of the program for man, in the language of troff: hypar.1. `version` is that of the program.
std::string manual_page(const ProgramDescription& program, const std::string& version);
/// That of a command: hypar-COMMAND.1
std::string manual_page(const ProgramDescription& program, const CommandDescription& command,
                        const std::string& version);

}  // namespace hypar
