#include "apps/terminal/command_line.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/terminal/output.h"
#include "base/names.h"

namespace hypar {
namespace {

/// The long names of a command's options.
std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options(nullptr)) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

/// The options of the program or a command, or its arguments.
std::vector<ArgumentDescription> described(const CLI::App& app, bool are_options) {
    std::vector<ArgumentDescription> descriptions;
    for (const CLI::Option* option : app.get_options(nullptr)) {
        ArgumentDescription argument;
        for (const std::string& name : option->get_snames()) argument.names.push_back("-" + name);
        for (const std::string& name : option->get_lnames()) argument.names.push_back("--" + name);
        argument.is_option = !argument.names.empty();
        if (!argument.is_option) argument.names.push_back(option->get_name(true));
        if (option->get_items_expected_max() > 0) argument.type = option->get_type_name();
        argument.help = option->get_description();
        argument.is_repeated = option->get_items_expected_max() > 1;
        if (argument.is_option == are_options) descriptions.push_back(argument);
    }
    return descriptions;
}

}  // namespace

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

CommandLine::CommandLine(const std::string& description, const std::string& footer, const std::string& version)
    : app_(std::make_unique<CLI::App>(description)) {
    app_->set_version_flag("--version", version);
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

void CommandLine::parse(std::vector<std::string> words) {
    const bool asks_for_help = words.empty() || words.front() == "help";
    if (!words.empty() && asks_for_help) words.erase(words.begin());
    if (asks_for_help) {
        if (!words.empty() && !is_command(words.front())) throw CommandLineError(unknown_command(words.front()));
        words.emplace_back("--help");
    }
    try {
        app_->parse(std::vector<std::string>(words.rbegin(), words.rend()));  // takes the last word first
    } catch (const CLI::CallForHelp&) {
        print_result(help());
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) throw CommandLineError(describe(error.what(), words));
        std::ostringstream text;
        app_->exit(error, text, text);  // the version that was asked for
        print_result(text.str());
    }
}

ProgramDescription CommandLine::description() const {
    ProgramDescription program{app_->get_description(), app_->get_footer(), described(*app_, true), {}};
    for (const CLI::App* command : std::as_const(*app_).get_subcommands(nullptr)) {
        program.commands.push_back({command->get_name(), command->get_description(), described(*command, false),
                                    described(*command, true), command->get_group().empty()});
    }
    return program;
}

/// Of the command that the line names, or of the program.
std::string CommandLine::help() const {
    const ProgramDescription program = description();
    const std::vector<CLI::App*> named = app_->get_subcommands();
    for (const CommandDescription& command : program.commands) {
        if (!named.empty() && named.front()->get_name() == command.name) return help_text(program, command);
    }
    return help_text(program);
}

bool CommandLine::is_command(const std::string& word) const {
    const auto is_it = [&](const CLI::App* command) { return command->get_name() == word; };
    return !std::as_const(*app_).get_subcommands(is_it).empty();
}

std::string CommandLine::unknown_command(const std::string& word) const {
    std::vector<std::string> commands;
    for (const CLI::App* command : std::as_const(*app_).get_subcommands(nullptr)) {
        if (!command->get_group().empty()) commands.push_back(command->get_name());
    }
    return unknown_name("command", word, commands);
}

/// The library's words, but for a command or an option that does not exist.
std::string CommandLine::describe(const std::string& problem, const std::vector<std::string>& words) const {
    const std::string& first = words.front();
    if (!is_command(first)) return first.empty() || first.front() == '-' ? problem : unknown_command(first);
    const std::vector<std::string> options = options_of(*app_->get_subcommand(first));
    for (const std::string& word : words) {
        const std::string name = word.substr(0, word.find('='));
        if (name.rfind("--", 0) != 0 || name.size() == 2) continue;
        if (std::find(options.begin(), options.end(), name) == options.end())
            return unknown_name("option", name, options);
    }
    return problem;
}

}  // namespace hypar
