#include <memory>
#include <string>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/result_folder.h"

namespace hypar {

void add_report_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("report", "draw the page of a result again");
    const auto folder = std::make_shared<std::string>();
    command->add_option("DIR", *folder, "a folder that -o of run, compare, reproduce, noc or sweep has written")
        ->required()
        ->type_name("")
        ->check(kNotEmpty);
    command->callback([folder] { print_result(redraw_page(*folder).string() + "\n"); });
}

}  // namespace hypar
