#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/terminal/description.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of a library
class App;
class Option;
}  // namespace CLI

namespace hypar {

/// The user's mistake in words on the command line that no file and no value is to blame for.
class CommandLineError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An argument or option that a command has; what it may not be is told as CommandLineError.
class Argument {
public:
    explicit Argument(CLI::Option& option) : option_(&option) {}

    Argument& not_empty();
    Argument& needs(const Argument& other);     ///< is given only beside it
    Argument& excludes(const Argument& other);  ///< is never given beside it

private:
    CLI::Option* option_;
};

/// A command as it is declared: its arguments and options, by reference to where their values go, and what it does.
class Command {
public:
    explicit Command(CLI::App& app) : app_(&app) {}

    Argument add_argument(const std::string& name, std::string& value, const std::string& help);
    /// At least one.
    Argument add_arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);
    /// An option with a value that is not empty; help shows `type` in its place.
    Argument add_value(const std::string& name, std::string& value, const std::string& type, const std::string& help);
    /// An option that may be given several times.
    Argument add_values(const std::string& name, std::vector<std::string>& values, const std::string& type,
                        const std::string& help);
    void add_flag(const std::string& name, bool& value, const std::string& help);
    /// `run` is called while the line is parsed.
    void runs(std::function<void()> run);

private:
    CLI::App* app_;
};

/// The program's command line: its commands, one of which is given.
class CommandLine {
public:
    explicit CommandLine(const std::string& description, const std::string& footer, const std::string& version);
    ~CommandLine();

    Command add_command(const std::string& name, const std::string& description);
    /// One that help does not show.
    Command add_hidden_command(const std::string& name, const std::string& description);

    /// Runs the command of the line, or prints the help or the version that it asks for; an empty line asks for help.
    /// `words` are those behind the program's name. Throws CommandLineError, and what the command throws.
    void parse(std::vector<std::string> words);

    ProgramDescription description() const;

private:
    bool is_command(const std::string& word) const;
    std::string unknown_command(const std::string& word) const;
    std::string help() const;
    std::string describe(const std::string& problem, const std::vector<std::string>& words) const;

    std::unique_ptr<CLI::App> app_;
};

}  // namespace hypar
