#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "experiment/sweep/sweep.h"
#include "sweep/engine/local_engine.h"

namespace hypar {

/// A point that a task runs, and what its result is known by.
struct TaskPoint {
    std::size_t point = 0;
    std::string identity;
};

/// What a sweep is read from.
struct SweepSource {
    std::string reference;   ///< a file or a name, of a sweep or of an experiment
    bool is_around = false;  ///< of an experiment, around which to vary

    Sweep load() const;
};

/// An array of tasks as it was submitted to Slurm. It is kept in a folder, which has its name, beside the results of
/// its tasks: whoever waits for it, now or later, and the tasks themselves read it there.
struct SlurmJob {
    std::string name;
    std::string number;  ///< Slurm's; empty until it is submitted
    int attempt = 1;     ///< its points have been submitted so many times
    SweepSource sweep;
    LocalOptions limits;  ///< what a point may take; no bytes of memory: as many as the node has
    std::vector<std::vector<TaskPoint>> tasks;

    /// Throws RunError.
    void write(const std::filesystem::path& folder) const;
    static SlurmJob read(const std::filesystem::path& folder);
};

/// Where the jobs of a sweep are, each in its folder, and where their results are.
struct SlurmFolders {
    std::filesystem::path root;  ///< DIR/tasks, absolute

    std::filesystem::path job(const std::string& name) const { return root / name; }
    std::filesystem::path results() const { return root / "results"; }

    /// Names of jobs that have been submitted.
    std::vector<std::string> jobs() const;
};

/// The limits of a job's points on the machine that runs them, one at a time: without a limit on memory it is the
/// machine's.
LocalOptions limits_here(LocalOptions limits);

/// What a task runs: `program` in `working_folder`, on the job in `job_folder`.
std::string task_script(const std::filesystem::path& program, const std::filesystem::path& working_folder,
                        const std::filesystem::path& job_folder);

/// The name of the script in the job's folder.
constexpr const char* kTaskScript = "task.sh";

/// Runs the points of one task of the job in `job_folder`, but those that have results, and writes theirs. Throws
/// RunError if the sweep is no longer what was submitted.
void run_task(const std::filesystem::path& job_folder, std::size_t task);

}  // namespace hypar
