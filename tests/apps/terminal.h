#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "tests/apps/program.h"

namespace hypar::test {

/// A shell's command line on a pseudo-terminal of its own; "$HYPAR" in it is the program.
class Terminal {
public:
    explicit Terminal(const std::string& command, unsigned short columns = 80);
    /// Ends the command if it still runs.
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Reads until `text` has been written. False if the command ends without it, or is killed for writing nothing
    /// for minutes.
    bool read_until(const std::string& text);
    /// Reads to the end of the command; its status, as in `Outcome`.
    int finish();
    /// Ctrl-C
    void interrupt();
    /// Sends the command a signal.
    void send(int signal) const;

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

/// A replay of a minute or more. It looks at its progress after a millisecond of simulated time; by then its first
/// segment has ended (0.42 ms), so that whatever progress is shown, a segment is done.
constexpr const char* kLongRun = "run vgg-e --set strategy=data --set batch=32 --fidelity full";

/// Runs the built program with a shell's `arguments` in `folder`, its standard error on a terminal, and sends it
/// `signal` when `sign` stands there. The errors of the outcome are what follows the progress.
Outcome run_until(const std::string& sign, int signal, const std::string& arguments,
                  const std::filesystem::path& folder = ".");

}  // namespace hypar::test
