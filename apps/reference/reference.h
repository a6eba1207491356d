#pragma once

#include "apps/terminal/command_line.h"

namespace hypar {

// Commands that tell of the program itself, added as those of apps/commands. They keep a reference to the line.

void add_completion_command(CommandLine& line);
void add_schema_command(CommandLine& line);
/// Hidden: for what is installed.
void add_reference_command(CommandLine& line);

}  // namespace hypar
