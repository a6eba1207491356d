#pragma once

#include <CLI/CLI.hpp>

namespace hypar {

// Each adds one command with its options to the program; the command runs while the line is parsed. Mistakes of the
// user leave as ConfigError, failures as any other exception.

void add_run_command(CLI::App& program);
void add_partition_command(CLI::App& program);
void add_compare_command(CLI::App& program);
void add_sweep_command(CLI::App& program);
void add_sweep_task_command(CLI::App& program);
void add_query_command(CLI::App& program);
void add_reproduce_command(CLI::App& program);
void add_report_command(CLI::App& program);
void add_memory_command(CLI::App& program);
void add_noc_command(CLI::App& program);
void add_check_command(CLI::App& program);
void add_list_command(CLI::App& program);

}  // namespace hypar
