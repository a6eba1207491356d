#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sweep/engine/engine.h"
#include "sweep/engine/local_engine.h"
#include "sweep/slurm/slurm_job.h"

namespace hypar {

/// What a sweep asks of a Slurm cluster.
struct SlurmOptions {
    SweepSource sweep;                          ///< as the tasks find it in `working_folder`
    std::filesystem::path folder;               ///< of the results; all nodes see it
    std::filesystem::path program;              ///< hypar, at a path that all nodes have
    std::filesystem::path working_folder;       ///< of the tasks
    std::vector<std::string> sbatch_arguments;  ///< handed to sbatch as they are
    std::size_t task_points = 0;                ///< least points of a task; 0: as many as take long enough
    std::size_t tasks_at_once = 0;              ///< most tasks that run at once; 0: as many as the cluster allows
    LocalOptions limits;                        ///< what a point may take

    std::chrono::milliseconds look_at_results{1000};   ///< between two looks at the folder of results
    std::chrono::milliseconds ask_squeue{1000};        ///< between two questions to squeue, at first
    std::chrono::milliseconds most_ask_squeue{30000};  ///< between two questions to squeue, in the end
    std::chrono::milliseconds grace{5000};             ///< how long a result may take from a task that has ended
};

/// How a point is run, and what its result is known by.
struct SlurmPoints {
    RunPoint run;
    std::function<std::string(std::size_t)> identity;
};

/// Runs points as array tasks of a Slurm cluster and waits for their results, which come as files.
///
/// Submitted jobs outlive this program: one that starts later waits for them and submits what else is missing. A task
/// may be run again, or twice at once: results are the same. What a task leaves undone is submitted again, twice at
/// most and in smaller tasks; what was cancelled is not.
class SlurmEngine : public Engine {
public:
    /// `say` is told what the user may want to know meanwhile.
    SlurmEngine(SlurmPoints points, SlurmOptions options, std::function<void(const std::string&)> say);

    void run(const std::vector<std::size_t>& points, const ResultSink& sink) override;

    /// The command and the script with which `run` would submit so many points.
    std::string dry_run(std::size_t points) const;

private:
    SlurmPoints points_;
    SlurmOptions options_;
    std::function<void(const std::string&)> say_;
};

}  // namespace hypar
