#include "sweep/engine/worker_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hypar {
namespace {

constexpr std::uint64_t kMostRememberedBytes = std::uint64_t{512} << 20U;

void limit(__rlimit_resource resource, std::uint64_t most) {
    const rlimit value{most, most};
    ::setrlimit(resource, &value);
}

/// What the process is from now on: nothing of its parent's but one end of a channel, and gone with its parent.
void become_worker(pid_t parent, int descriptor, [[maybe_unused]] std::uint64_t memory_bytes) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
    const auto own = static_cast<unsigned>(descriptor);
    if (own > STDERR_FILENO + 1) ::close_range(STDERR_FILENO + 1, own - 1, 0);
    ::close_range(own + 1, ~0U, 0);
#ifndef __SANITIZE_ADDRESS__  // which reserves more than any limit
    limit(RLIMIT_AS, memory_bytes);
#endif
    limit(RLIMIT_CORE, 0);
}

/// Answers points until the parent is gone.
void work(Channel& channel, const RunPoint& run, std::uint64_t memory_bytes) {
    const std::uint64_t most_words = std::min(memory_bytes / 4, kMostRememberedBytes) / sizeof(std::uint64_t);
    Remembered remembered;
    while (auto message = channel.receive()) {
        if (remembered.size() > most_words) remembered = Remembered();
        WordReader reader(*message);
        const std::size_t point = reader.next();
        while (!reader.at_end()) remembered.learn(reader.words());
        Words answer;
        append_result(answer, run(point, remembered));
        append_words(answer, remembered.take_news());
        if (!channel.send(answer)) return;
    }
}

std::string describe(int status) {
    if (WIFSIGNALED(status)) return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    return fmt::format("exit status {}", WEXITSTATUS(status));
}

}  // namespace

WorkerProcess::WorkerProcess(const RunPoint& run, std::uint64_t memory_bytes) {
    auto [own, others] = Channel::make_pair();
    std::fflush(nullptr);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a worker process");
    if (process_ > 0) {
        channel_ = std::move(own);
        return;
    }
    become_worker(parent, others.descriptor(), memory_bytes);
    try {
        work(others, run, memory_bytes);
    } catch (...) {
        ::abort();
    }
    ::_exit(0);
}

WorkerProcess::~WorkerProcess() { end(); }

void WorkerProcess::assign(std::size_t point, const std::vector<const Words*>& news) {
    Words message{point};
    for (const Words* words : news) append_words(message, *words);
    point_ = point;
    begun_ = Clock::now();
    channel_.send(message);  // if it is gone, `collect` says so
}

bool WorkerProcess::collect() { return channel_.collect(); }

std::optional<WorkerProcess::Answer> WorkerProcess::take() {
    const std::optional<Words> message = channel_.take();
    if (!message) return std::nullopt;
    WordReader reader(*message);
    Answer answer{read_result(reader), reader.words()};
    point_.reset();
    return answer;
}

std::string WorkerProcess::end() {
    if (process_ < 0) return {};
    int status = 0;
    // A worker whose end of the channel is closed is about to end by itself; it may say why.
    const bool has_ended = !channel_.collect();
    if (!has_ended) ::kill(process_, SIGKILL);
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return has_ended ? describe(status) : "";
}

}  // namespace hypar
