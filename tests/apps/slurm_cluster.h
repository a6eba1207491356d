#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace hypar::test {

/// A real Slurm on this machine's loopback: munged, slurmctld and a slurmd with two cores, in a folder and on ports
/// of its own. Programs that are started while it lives find it by SLURM_CONF. Nothing of it outlives the test, even
/// if the test is killed.
class SlurmCluster {
public:
    /// Why there can be none here; empty if there can.
    static std::string obstacle();

    /// Waits until the node is idle. Throws std::runtime_error.
    SlurmCluster();
    ~SlurmCluster();
    SlurmCluster(const SlurmCluster&) = delete;
    SlurmCluster& operator=(const SlurmCluster&) = delete;

    /// Waits until the controller has on disk what it knows of jobs now.
    void save_state() { tell("save-state"); }
    /// As an administrator does, with what it knows of jobs on disk; waits until it is gone.
    void stop_controller() { tell("stop-controller"); }
    /// With SIGKILL; waits until it is gone. What it has not saved is lost.
    void kill_controller() { tell("kill-controller"); }
    /// Waits until it answers.
    void start_controller() { tell("start-controller"); }

private:
    void tell(const std::string& command);
    std::string next_line();

    std::filesystem::path folder_;
    pid_t supervisor_ = -1;
    int commands_ = -1;
    int answers_ = -1;
};

}  // namespace hypar::test
