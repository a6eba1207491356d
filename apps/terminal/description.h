#pragma once

#include <string>
#include <vector>

namespace hypar {

/// An argument or option of a command, for texts about it.
struct ArgumentDescription {
    std::vector<std::string> names;  ///< "-o", "--set"; of an argument what stands for its value
    std::string type;                ///< what stands for an option's value: a word, or one|of|these; of a flag empty
    std::string help;
    bool is_option = false;
    bool is_repeated = false;  ///< it may be given several times

    /// "-h,--help", "--set KEY=VALUE ...", "EXPERIMENT ..."
    std::string title() const;
};

struct CommandDescription {
    std::string name;
    std::string description;
    std::vector<ArgumentDescription> arguments;
    std::vector<ArgumentDescription> options;
    bool is_hidden = false;

    /// "hypar run [OPTIONS] EXPERIMENT"
    std::string usage() const;
};

/// The whole command line.
struct ProgramDescription {
    std::string description;
    std::string footer;
    std::vector<ArgumentDescription> options;
    std::vector<CommandDescription> commands;
};

/// What `hypar help` prints, in 80 columns.
std::string help_text(const ProgramDescription& program);
/// What `hypar help COMMAND` prints.
std::string help_text(const ProgramDescription& program, const CommandDescription& command);

}  // namespace hypar
