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
    ::kill(-child_, SIGKILL);  // its process group: forkpty makes it the leader of a session
    ::close(master_);
    ::waitpid(child_, nullptr, 0);
}

bool Terminal::read_more() {
    constexpr int kMilliseconds = 180'000;
    pollfd ready{master_, POLLIN, 0};
    if (::poll(&ready, 1, kMilliseconds) <= 0) return false;
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

void Terminal::finish() {
    while (read_more()) {
    }
}

void Terminal::interrupt() {
    const char end_of_text = '\x03';
    if (::write(master_, &end_of_text, 1) != 1) throw std::runtime_error("cannot write to the pseudo-terminal");
}

std::string on_terminal(const std::string& command, unsigned short columns) {
    Terminal terminal(command, columns);
    terminal.finish();
    return terminal.screen();
}

}  // namespace hypar::test
