#include "tests/apps/slurm_cluster.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hypar::test {
namespace {

/// A port that nobody listens on now.
std::string free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound = ::bind(descriptor, generic, size) == 0 && ::getsockname(descriptor, generic, &size) == 0;
    ::close(descriptor);
    if (!is_bound) throw std::runtime_error("no free port");
    return std::to_string(ntohs(address.sin_port));
}

/// Kills and buries children until there are none: orphans below them become children of a subreaper in turn.
void end_descendants() {
    const std::string list = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
    while (true) {
        std::ifstream children(list);
        for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
        if (::waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
    }
}

/// The process between the test and the cluster: runs the script, which ends when its standard input does, as it does
/// with the test; then takes away everything that is left.
[[noreturn]] void supervise(const std::filesystem::path& folder, const std::array<std::string, 2>& ports,
                            int commands, int answers) {
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t script = ::fork();
    if (script == 0) {
        ::dup2(commands, STDIN_FILENO);
        ::dup2(answers, STDOUT_FILENO);
        ::execlp("bash", "bash", HYPAR_SOURCE_DIR "/tests/apps/slurm_cluster.sh", folder.c_str(), ports[0].c_str(),
                 ports[1].c_str(), nullptr);
        ::_exit(127);
    }
    // Its copies of the pipes would keep the script, or the test, waiting for ever.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    while (::waitpid(script, nullptr, 0) < 0 && errno == EINTR) {
    }
    end_descendants();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    ::_exit(0);
}

}  // namespace

std::string SlurmCluster::obstacle() {
    if (::geteuid() != 0) return "Slurm's daemons can only be started as root";
    for (const char* daemon : {"munged", "slurmctld", "slurmd"}) {
        const std::string command = std::string("PATH=$PATH:/usr/sbin; command -v ") + daemon + " >/dev/null";
        if (std::system(command.c_str()) != 0) {
            return std::string(daemon) + " is not installed (./test --with-slurm installs it)";
        }
    }
    if (std::error_code error; std::filesystem::is_empty("/sys/fs/cgroup", error) || error) {
        return "slurmd starts only where control groups are mounted at /sys/fs/cgroup";
    }
    return {};
}

SlurmCluster::SlurmCluster() {
    std::string name = (std::filesystem::temp_directory_path() / "hypar-slurm-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = name;
    std::filesystem::permissions(folder_,
                                 std::filesystem::perms(0755));  // munged refuses a socket that others cannot reach
    const std::array<std::string, 2> ports{free_port(), free_port()};
    std::array<int, 2> commands{};
    std::array<int, 2> answers{};
    if (::pipe2(commands.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    supervisor_ = ::fork();
    if (supervisor_ == 0) {
        ::close(commands[1]);
        supervise(folder_, ports, commands[0], answers[1]);
    }
    ::close(commands[0]);
    ::close(answers[1]);
    commands_ = commands[1];
    answers_ = answers[0];
    const std::string answer = next_line();
    if (answer != "ok") throw std::runtime_error("Slurm does not start: " + answer);
    ::setenv("SLURM_CONF", (folder_ / "slurm.conf").c_str(), 1);
}

SlurmCluster::~SlurmCluster() {
    ::unsetenv("SLURM_CONF");
    ::close(commands_);
    ::close(answers_);
    while (::waitpid(supervisor_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void SlurmCluster::tell(const std::string& command) {
    const std::string line = command + "\n";
    if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::runtime_error("the cluster is gone");
    }
    const std::string answer = next_line();
    if (answer != "ok") throw std::runtime_error(answer);
}

std::string SlurmCluster::next_line() {
    std::string line;
    char character = 0;
    while (::read(answers_, &character, 1) == 1 && character != '\n') line += character;
    return line;
}

}  // namespace hypar::test
