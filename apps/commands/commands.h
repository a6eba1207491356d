#pragma once

#include <string>
#include <vector>

#include "apps/terminal/command_line.h"

namespace hypar {

// Each adds one command with its options to the program; the command runs while the line is parsed. Mistakes of the
// user leave as ConfigError or CommandLineError, failures as any other exception.

void add_run_command(CommandLine& line);
void add_partition_command(CommandLine& line);
void add_compare_command(CommandLine& line);
void add_diff_command(CommandLine& line);
void add_sweep_command(CommandLine& line);
void add_sweep_task_command(CommandLine& line);
void add_query_command(CommandLine& line);
void add_reproduce_command(CommandLine& line);
void add_report_command(CommandLine& line);
void add_memory_command(CommandLine& line);
void add_noc_command(CommandLine& line);
void add_check_command(CommandLine& line);
void add_show_command(CommandLine& line);
void add_import_command(CommandLine& line);
void add_list_command(CommandLine& line);

/// What `hypar list` takes.
std::vector<std::string> listed_kinds();

}  // namespace hypar
