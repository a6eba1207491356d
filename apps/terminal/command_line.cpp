#include "apps/terminal/command_line.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/terminal/output.h"
#include "base/names.h"

namespace hypar {

Argument& Argument::not_empty() {
    static const CLI::Validator kNotEmpty(
        [](const std::string& value) { return value.empty() ? std::string("expected a value") : std::string(); }, "");
    option_->check(kNotEmpty);
    return *this;
}

Argument& Argument::needs(const Argument& other) {
    option_->needs(other.option_);
    return *this;
}

Argument& Argument::excludes(const Argument& other) {
    option_->excludes(other.option_);
    return *this;
}

Argument Command::add_argument(const std::string& name, std::string& value, const std::string& help) {
    return Argument(*app_->add_option(name, value, help)->required()->type_name(""));
}

Argument Command::add_arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    return Argument(*app_->add_option(name, values, help)->required()->type_name(""));
}

Argument Command::add_value(const std::string& name, std::string& value, const std::string& type,
                            const std::string& help) {
    return Argument(*app_->add_option(name, value, help)->type_name(type)).not_empty();
}

Argument Command::add_values(const std::string& name, std::vector<std::string>& values, const std::string& type,
                             const std::string& help) {
    return Argument(*app_->add_option(name, values, help)->take_all()->allow_extra_args(false)->type_name(type));
}

void Command::add_flag(const std::string& name, bool& value, const std::string& help) {
    app_->add_flag(name, value, help);
}

void Command::runs(std::function<void()> run) { app_->callback(std::move(run)); }

CommandLine::CommandLine(const std::string& description, const std::string& footer)
    : app_(std::make_unique<CLI::App>(description)) {
    app_->name("hypar");
    app_->require_subcommand(1);
    app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add_command(const std::string& name, const std::string& description) {
    return Command(*app_->add_subcommand(name, description));
}

Command CommandLine::add_hidden_command(const std::string& name, const std::string& description) {
    return Command(*app_->add_subcommand(name, description)->group(""));  // an empty group is not shown
}

void CommandLine::parse(int argc, char** argv) {
    try {
        app_->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) throw CommandLineError(describe(error.what(), argc > 1 ? argv[1] : ""));
        std::ostringstream help;
        app_->exit(error, help, help);
        print_result(help.str());
    }
}

/// The library's words, but for a command that does not exist.
std::string CommandLine::describe(const std::string& problem, const std::string& first_word) const {
    std::vector<std::string> commands;
    for (const CLI::App* command : std::as_const(*app_).get_subcommands(nullptr)) {
        if (!command->get_group().empty()) commands.push_back(command->get_name());
    }
    const bool is_command = std::find(commands.begin(), commands.end(), first_word) != commands.end();
    if (is_command || first_word.empty() || first_word.front() == '-') return problem;
    return unknown_name("command", first_word, commands);
}

}  // namespace hypar
