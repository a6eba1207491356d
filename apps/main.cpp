#include <csignal>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/reference/reference.h"
#include "apps/terminal/command_line.h"
#include "apps/terminal/terminal.h"
#include "apps/terminal/version.h"
#include "arch/network/standstill.h"
#include "base/error.h"

// SystemC's library asks for it; the program has its own main().
extern "C" int sc_main(int, char**) { return 0; }

namespace {

constexpr int kWrongInput = 1;
constexpr int kWrongCommandLine = 2;
constexpr int kFailed = 3;

void run(int argc, char** argv) {
    hypar::CommandLine line(
        "Simulates an array of accelerators that trains a deep neural network,\n"
        "and decides how the array shares each layer's work.",
        "hypar help COMMAND tells more of a command.\n"
        "Exit status: 0 done, 1 wrong input, 2 wrong command line, 3 failed.",
        hypar::program_version());
    hypar::add_run_command(line);
    hypar::add_partition_command(line);
    hypar::add_compare_command(line);
    hypar::add_diff_command(line);
    hypar::add_sweep_command(line);
    hypar::add_sweep_task_command(line);
    hypar::add_query_command(line);
    hypar::add_reproduce_command(line);
    hypar::add_report_command(line);
    hypar::add_memory_command(line);
    hypar::add_noc_command(line);
    hypar::add_import_command(line);
    hypar::add_check_command(line);
    hypar::add_show_command(line);
    hypar::add_list_command(line);
    hypar::add_schema_command(line);
    hypar::add_completion_command(line);
    hypar::add_reference_command(line);
    line.parse({argv + 1, argv + argc});
}

/// Takes the numbers of standard streams that are closed, so that no file of results is opened as one of them;
/// writing to them fails as before.
void occupy_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
    }
}

int report_failure(const std::string& message, int status) {
    hypar::print_error(message);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    occupy_closed_streams();
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow fails to be written, as on a full disk
    try {
        run(argc, argv);
        return 0;
    } catch (const hypar::CommandLineError& error) {
        return report_failure(std::string(error.what()) + "\nhypar help and hypar help COMMAND tell more.",
                              kWrongCommandLine);
    } catch (const hypar::ConfigError& error) {
        return report_failure(error.what(), kWrongInput);
    } catch (const std::overflow_error& error) {
        return report_failure(fmt::format("the sizes are too large: {}", error.what()), kWrongInput);
    } catch (const hypar::StandstillError& error) {
        return report_failure(fmt::format("{}\n\n{}", error.what(), error.graphviz()), kFailed);
    } catch (const std::filesystem::filesystem_error& error) {
        return report_failure(fmt::format("{}: {}", error.path1().string(), error.code().message()), kWrongInput);
    } catch (const std::bad_alloc&) {
        return report_failure("out of memory", kFailed);
    } catch (const std::exception& error) {
        return report_failure(error.what(), kFailed);
    }
}
