#include "tests/apps/terminal.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace hypar::test {

Terminal::Terminal(const std::string& command, unsigned short columns) {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    child_ = ::forkpty(&master_, nullptr, nullptr, &size);
    if (child_ < 0) throw std::runtime_error("cannot make a pseudo-terminal");
    if (child_ > 0) return;
    termios settings{};
    ::tcgetattr(STDIN_FILENO, &settings);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // line feeds stay what they are
    settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    ::setenv("HYPAR", HYPAR_PROGRAM, 1);
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
}

Terminal::~Terminal() {
    if (child_ > 0) {
        send(SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    ::close(master_);
}

bool Terminal::read_more() {
    constexpr int kMilliseconds = 180'000;
    pollfd ready{master_, POLLIN, 0};
    if (::poll(&ready, 1, kMilliseconds) <= 0) {
        send(SIGKILL);
        return false;
    }
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(master_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    screen_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

bool Terminal::read_until(const std::string& text) {
    while (screen_.find(text) == std::string::npos) {
        if (!read_more()) return false;
    }
    return true;
}

int Terminal::finish() {
    while (read_more()) {
    }
    int result = 0;
    ::waitpid(child_, &result, 0);
    child_ = -1;
    return status_of(result);
}

void Terminal::interrupt() {
    const char end_of_text = '\x03';
    if (::write(master_, &end_of_text, 1) != 1) throw std::runtime_error("cannot write to the pseudo-terminal");
}

void Terminal::send(int signal) const {
    ::kill(-child_, signal);  // its process group: forkpty makes it the leader of a session
}

std::string on_terminal(const std::string& command, unsigned short columns) {
    Terminal terminal(command, columns);
    terminal.finish();
    return terminal.screen();
}

Outcome run_until(const std::string& sign, int signal, const std::string& arguments,
                  const std::filesystem::path& folder) {
    constexpr unsigned short kColumns = 200;  // a message stays in one line
    const std::string wipe = "\r\033[K";
    const TemporaryFolder capture;
    const std::string output = (capture.path() / "output").string();
    Terminal terminal(
        "cd '" + folder.string() + "' && NO_COLOR=1 exec \"$HYPAR\" " + arguments + " >'" + output + "'", kColumns);
    if (terminal.read_until(sign)) terminal.send(signal);
    const int status = terminal.finish();
    const std::size_t last = terminal.screen().rfind(wipe);
    if (last == std::string::npos) return {status, read_file(output), terminal.screen()};
    return {status, read_file(output), terminal.screen().substr(last + wipe.size())};
}

}  // namespace hypar::test
