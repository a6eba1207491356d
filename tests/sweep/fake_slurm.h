#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sweep/slurm/slurm_job.h"

namespace hypar::test {

/// Commands of Slurm that do nothing, first on PATH while it lives: sbatch takes every job, squeue shows what it is
/// told to.
class FakeSlurm {
public:
    FakeSlurm();
    ~FakeSlurm();
    FakeSlurm(const FakeSlurm&) = delete;
    FakeSlurm& operator=(const FakeSlurm&) = delete;

    const std::filesystem::path& folder() const { return folder_; }

    /// Lines "name|task|state|reason".
    void show_queue(const std::string& lines) const;
    void break_squeue() const;
    /// sbatch fails with these words.
    void refuse(const std::string& words) const;
    void set_max_array_size(int size) const;

    /// A line for each time that sbatch was called.
    std::vector<std::string> submissions() const;

private:
    void write_command(const std::string& name, const std::string& script) const;

    std::filesystem::path folder_;
    std::string old_path_;
};

}  // namespace hypar::test
