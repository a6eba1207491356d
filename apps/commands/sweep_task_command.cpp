#include <memory>
#include <string>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "sweep/slurm/slurm_job.h"

namespace hypar {

void add_sweep_task_command(CLI::App& program) {
    // For the scripts that `sweep --engine slurm` submits; an empty group hides it from people.
    CLI::App* command = program.add_subcommand("sweep-task", "run one task of a sweep on a cluster")->group("");
    const auto folder = std::make_shared<std::string>();
    const auto task = std::make_shared<std::string>();
    command->add_option("FOLDER", *folder, "of the job")->required()->check(kNotEmpty);
    command->add_option("TASK", *task, "its number")->required()->check(kNotEmpty);
    command->callback([folder, task] { run_task(*folder, read_count("TASK " + *task, *task, 0)); });
}

}  // namespace hypar
