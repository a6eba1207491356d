#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
#include "apps/terminal/output.h"
#include "apps/terminal/terminal.h"
#include "base/mistakes.h"
#include "base/text.h"
#include "experiment/listing/listing.h"

namespace hypar {
namespace {

/// Checks every file; tells of all mistakes but the last on standard error itself.
void run(const std::vector<std::string>& files) {
    std::string text;
    Mistakes mistakes;
    for (const std::string& file : files) {
        mistakes.collect(
            [&] { text += fmt::format("{}: {}\n", printable(file, std::string::npos), check_file(file)); });
    }
    const std::vector<ConfigError>& errors = mistakes.all();
    if (errors.empty()) {
        print_result(text);
        return;
    }
    for (std::size_t index = 0; index + 1 < errors.size(); ++index) print_error(errors[index].what());
    throw ConfigError(errors.back());
}

}  // namespace

void add_check_command(CommandLine& line) {
    Command command = line.add_command("check", "read and validate files, run nothing");
    const auto files = std::make_shared<std::vector<std::string>>();
    command.add_arguments("FILE", *files, "experiments, networks, arrays or sweeps");
    command.runs([files] { run(*files); });
}

}  // namespace hypar
