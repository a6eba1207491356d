#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hypar {

/// A task of an array as squeue shows it.
struct SlurmTaskState {
    std::string state;   ///< "PENDING", "RUNNING", "NODE_FAIL" ...
    std::string reason;  ///< "Resources", "None" ...

    /// Slurm will not run it any more.
    bool is_final() const;
};

/// What squeue knows of some jobs: tasks by the job's name and their number.
class SlurmQueue {
public:
    /// Reads lines of "name|task|state|reason"; a job that was cancelled as a whole has one line with "N/A" in it.
    static SlurmQueue read(const std::string& listing);

    /// Nothing if Slurm has never heard of it, or has forgotten it.
    std::optional<SlurmTaskState> find(const std::string& job, std::size_t task) const;

    /// "3 running, 12 pending (Resources)"; empty if nothing is to be waited for.
    std::string summary() const;

private:
    std::map<std::pair<std::string, std::string>, SlurmTaskState> tasks_;
};

/// Throws RunError unless Slurm's commands are on PATH.
void check_commands();

/// Tasks of the jobs with these names. Throws RunError with squeue's own words if it does not answer.
SlurmQueue ask_squeue(const std::vector<std::string>& jobs);

/// Submits; `arguments` end with the script. Returns the job's number. Throws RunError with sbatch's own words.
std::string submit_with_sbatch(const std::vector<std::string>& arguments);

/// How many tasks an array may have.
std::size_t most_array_tasks();

}  // namespace hypar
