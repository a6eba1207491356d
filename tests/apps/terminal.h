#pragma once

#include <string>

#include <sys/types.h>

namespace hypar::test {

/// A shell's command line on a pseudo-terminal of its own; "$HYPAR" in it is the program.
class Terminal {
public:
    explicit Terminal(const std::string& command, unsigned short columns = 80);
    /// Ends the command if it still runs.
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Reads until `text` has been written. False if the command ends without it, or writes nothing for minutes.
    bool read_until(const std::string& text);
    /// Reads to the end of the command.
    void finish();
    /// Ctrl-C
    void interrupt();

    /// What both streams have written, as far as it was read.
    const std::string& screen() const { return screen_; }

private:
    /// False at the end.
    bool read_more();

    int master_ = -1;
    pid_t child_ = -1;
    std::string screen_;
};

/// What a command line writes on a terminal.
std::string on_terminal(const std::string& command, unsigned short columns = 80);

}  // namespace hypar::test
