#include "apps/reference/manual.h"

#include <algorithm>
#include <cctype>

namespace hypar {
namespace {

/// A text in troff: what is between backquotes in bold.
std::string troff(const std::string& text) {
    std::string result;
    bool is_bold = false;
    for (const char sign : text) {
        if (sign == '`') {
            is_bold = !is_bold;
            result += is_bold ? "\\fB" : "\\fR";
        } else if (sign == '-') {
            result += "\\-";
        } else if (sign == '\\') {
            result += "\\e";
        } else {
            result += sign;
        }
        if (sign == '\n') result += "\\&";  // what stands at the beginning of a line is no request
    }
    return "\\&" + result;
}

std::string bold(const std::string& text) { return "\\fB" + troff(text) + "\\fR"; }

std::string heading(const std::string& title, const std::string& page, const std::string& version) {
    std::string name = page;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char sign) { return std::toupper(sign); });
    return ".TH \"" + name + "\" 1 \"\" \"hypar " + version + "\" \"User Commands\"\n.SH NAME\n" + troff(page) +
           " \\- " + troff(title) + "\n";
}

std::string section(const std::string& title, const std::string& body) { return ".SH " + title + "\n" + body; }

std::string list(const std::vector<ArgumentDescription>& arguments) {
    std::string text;
    for (const ArgumentDescription& argument : arguments) {
        text += ".TP\n" + bold(argument.title()) + "\n" + troff(argument.help) + "\n";
    }
    return text;
}

}  // namespace

std::string manual_page(const ProgramDescription& program, const std::string& version) {
    std::string commands;
    std::string others;
    for (const CommandDescription& command : program.commands) {
        if (command.is_hidden) continue;
        commands += ".TP\n" + bold(command.name) + "\n" + troff(command.description) + "\n";
        others += (others.empty() ? "" : ",\n") + bold("hypar-" + command.name) + "(1)";
    }
    std::string title = program.description.substr(0, program.description.find('\n'));
    title.erase(title.find_last_not_of(",.") + 1);
    return heading(title, "hypar", version) + section("SYNOPSIS", bold("hypar") + " COMMAND ...\n") +
           section("DESCRIPTION", troff(program.description) + "\n") + section("COMMANDS", commands) +
           section("OPTIONS", list(program.options)) + section("EXIT STATUS", troff(program.footer) + "\n") +
           section("SEE ALSO", others + "\n");
}

std::string manual_page(const ProgramDescription& program, const CommandDescription& command,
                        const std::string& version) {
    std::string text = heading(command.description, "hypar-" + command.name, version) +
                       section("SYNOPSIS", bold(command.usage()) + "\n");
    if (!command.arguments.empty()) text += section("ARGUMENTS", list(command.arguments));
    return text + section("OPTIONS", list(command.options)) + section("EXIT STATUS", troff(program.footer) + "\n") +
           section("SEE ALSO", bold("hypar") + "(1)\n");
}

}  // namespace hypar
