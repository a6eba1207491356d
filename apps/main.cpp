#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/commands/commands.h"
#include "apps/terminal/terminal.h"
#include "arch/network/standstill.h"
#include "base/error.h"
#include "base/names.h"

// SystemC's library asks for it; the program has its own main().
extern "C" int sc_main(int, char**) { return 0; }

namespace {

constexpr int kWrongInput = 1;
constexpr int kWrongCommandLine = 2;
constexpr int kFailed = 3;

/// The library's words, but for a command that does not exist.
std::string describe(const CLI::ParseError& error, const CLI::App& program, const std::string& first_word) {
    std::vector<std::string> commands;
    for (const CLI::App* command : program.get_subcommands(nullptr)) {
        if (!command->get_group().empty()) commands.push_back(command->get_name());
    }
    const bool is_command = std::find(commands.begin(), commands.end(), first_word) != commands.end();
    if (is_command || first_word.empty() || first_word.front() == '-') return error.what();
    return hypar::unknown_name("command", first_word, commands);
}

int run(int argc, char** argv) {
    CLI::App program(
        "Simulates an array of accelerators that trains a deep neural network,\n"
        "and decides how the array shares each layer's work.");
    program.name("hypar");
    program.require_subcommand(1);
    program.footer("Exit status: 0 done, 1 wrong input, 2 wrong command line, 3 failed.");
    hypar::add_run_command(program);
    hypar::add_partition_command(program);
    hypar::add_compare_command(program);
    hypar::add_sweep_command(program);
    hypar::add_sweep_task_command(program);
    hypar::add_query_command(program);
    hypar::add_reproduce_command(program);
    hypar::add_report_command(program);
    hypar::add_memory_command(program);
    hypar::add_noc_command(program);
    hypar::add_check_command(program);
    hypar::add_list_command(program);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error);  // --help
        hypar::print_error(describe(error, program, argc > 1 ? argv[1] : "") +
                           "\nhypar --help and hypar COMMAND --help tell more.");
        return kWrongCommandLine;
    }
    return 0;
}

int report_failure(const std::string& message, int status) {
    hypar::print_error(message);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const hypar::ConfigError& error) {
        return report_failure(error.what(), kWrongInput);
    } catch (const std::overflow_error& error) {
        return report_failure(fmt::format("the sizes are too large: {}", error.what()), kWrongInput);
    } catch (const hypar::StandstillError& error) {
        return report_failure(fmt::format("{}\n\n{}", error.what(), error.graphviz()), kFailed);
    } catch (const std::bad_alloc&) {
        return report_failure("out of memory", kFailed);
    } catch (const std::exception& error) {
        return report_failure(error.what(), kFailed);
    }
}
