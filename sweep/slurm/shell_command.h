#pragma once

#include <string>
#include <vector>

namespace hypar {

/// How a command ended, and what it wrote.
struct CommandOutcome {
    int status = 0;  ///< 128 + the signal's number if one ended it
    std::string output;
    std::string errors;
};

/// Runs a program of PATH and waits for it; Ctrl-C does not reach it. Throws RunError if it cannot be started.
CommandOutcome run_command(const std::vector<std::string>& words);

/// A word for a shell, whatever it holds.
std::string shell_quoted(const std::string& word);

}  // namespace hypar
