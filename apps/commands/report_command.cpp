#include <memory>
#include <string>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/result_folder.h"

namespace hypar {

void add_report_command(CommandLine& line) {
    Command command = line.add_command("report", "draw the page of a result again");
    const auto folder = std::make_shared<std::string>();
    command.add_argument("DIR", *folder, "a folder that -o of run, compare, reproduce, noc or sweep has written")
        .not_empty();
    command.runs([folder] { print_result(redraw_page(*folder).string() + "\n"); });
}

}  // namespace hypar
