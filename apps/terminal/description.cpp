#include "apps/terminal/description.h"

#include "base/names.h"
#include "report/format.h"

namespace hypar {
namespace {

constexpr std::size_t kHelpColumn = 30;

/// "  TITLE   what it is", the words from one column on.
std::string entry(const std::string& title, const std::string& help) {
    std::string lead = "  " + title;
    std::string text;
    if (lead.size() + 1 > kHelpColumn) {
        text = lead + "\n";
        lead.clear();
    }
    lead.resize(kHelpColumn, ' ');
    return text + wrapped(lead, help);
}

std::string section(const std::string& heading, const std::vector<ArgumentDescription>& arguments) {
    if (arguments.empty()) return "";
    std::string text = "\n" + heading + ":\n";
    for (const ArgumentDescription& argument : arguments) text += entry(argument.title(), argument.help);
    return text;
}

}  // namespace

std::string ArgumentDescription::title() const {
    std::string text = names.front();
    for (std::size_t index = 1; index < names.size(); ++index) text += "," + names[index];
    if (!type.empty()) text += " " + type;
    return is_repeated ? text + " ..." : text;
}

std::string CommandDescription::usage() const {
    std::string text = "hypar " + name + " [OPTIONS]";
    for (const ArgumentDescription& argument : arguments) text += " " + argument.title();
    return text;
}

std::string help_text(const ProgramDescription& program) {
    std::string text = program.description + "\nUsage: hypar COMMAND ...\n" + section("Options", program.options);
    text += "\nCommands:\n";
    for (const CommandDescription& command : program.commands) {
        if (!command.is_hidden) text += entry(command.name, command.description);
    }
    return text + "\n" + program.footer + "\n";
}

std::string help_text(const ProgramDescription& program, const CommandDescription& command) {
    return command.description + "\nUsage: " + command.usage() + "\n" + section("Arguments", command.arguments) +
           section("Options", command.options) + "\n" + program.footer + "\n";
}

}  // namespace hypar
