#include "sweep/slurm/slurm_commands.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "sweep/slurm/shell_command.h"

namespace hypar {
namespace {

constexpr std::size_t kUsualMaxArraySize = 1001;
constexpr const char* kWholeJob = "N/A";

const char* const kFinalStates[] = {"BOOT_FAIL", "CANCELLED", "COMPLETED",     "DEADLINE", "FAILED",
                                    "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "REVOKED",  "TIMEOUT"};

std::string on_one_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at))
        text.replace(at, 1, "; ");
    return text;
}

/// The output of a command that has to succeed.
std::string output_of(const std::vector<std::string>& words) {
    const CommandOutcome outcome = run_command(words);
    if (outcome.status == 0) return outcome.output;
    const std::string errors = on_one_line(outcome.errors);
    throw RunError(errors.empty() ? fmt::format("{} failed with exit status {}", words[0], outcome.status) : errors);
}

}  // namespace

bool SlurmTaskState::is_final() const {
    return std::any_of(std::begin(kFinalStates), std::end(kFinalStates),
                       [&](const char* final) { return state == final; });
}

SlurmQueue SlurmQueue::read(const std::string& listing) {
    SlurmQueue queue;
    std::istringstream lines(listing);
    std::string name;
    std::string task;
    SlurmTaskState state;
    while (std::getline(lines, name, '|') && std::getline(lines, task, '|') &&
           std::getline(lines, state.state, '|') && std::getline(lines, state.reason)) {
        queue.tasks_[{name, task}] = state;
    }
    return queue;
}

std::optional<SlurmTaskState> SlurmQueue::find(const std::string& job, std::size_t task) const {
    for (const std::string& number : {std::to_string(task), std::string(kWholeJob)}) {
        const auto found = tasks_.find({job, number});
        if (found != tasks_.end()) return found->second;
    }
    return std::nullopt;
}

std::string SlurmQueue::summary() const {
    std::map<std::string, std::size_t> counts;
    std::set<std::string> reasons;
    for (const auto& [key, task] : tasks_) {
        if (task.is_final()) continue;
        ++counts[task.state];
        if (task.state == "PENDING") reasons.insert(task.reason);
    }
    std::vector<std::string> parts;
    for (const auto& [state, count] : counts) {
        std::string word = state;
        std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
        parts.push_back(fmt::format("{} {}", count, word));
        if (state == "PENDING") parts.back() += fmt::format(" ({})", fmt::join(reasons, ", "));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

void check_commands() {
    if (run_command({"/bin/sh", "-c", "command -v sbatch && command -v squeue && command -v scontrol"}).status != 0) {
        throw RunError("--engine slurm needs the commands of Slurm on PATH: sbatch, squeue and scontrol");
    }
}

SlurmQueue ask_squeue(const std::vector<std::string>& jobs) {
    return SlurmQueue::read(output_of({"squeue", "--noheader", "--array", "--states=all",
                                       fmt::format("--name={}", fmt::join(jobs, ",")), "--format=%j|%K|%T|%r"}));
}

std::string submit_with_sbatch(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"sbatch", "--parsable"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const std::string output = on_one_line(output_of(words));
    return output.substr(0, output.find(';'));  // the cluster's name follows if there are several
}

std::size_t most_array_tasks() {
    check_commands();
    std::istringstream lines(run_command({"scontrol", "show", "config"}).output);
    std::string line;
    while (std::getline(lines, line)) {
        std::size_t tasks = 0;
        if (std::sscanf(line.c_str(), "MaxArraySize = %9zu", &tasks) == 1) return std::max<std::size_t>(1, tasks);
    }
    return kUsualMaxArraySize;
}

}  // namespace hypar
