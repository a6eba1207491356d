#include <memory>
#include <string>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "sweep/slurm/slurm_job.h"

namespace hypar {

void add_sweep_task_command(CommandLine& line) {
    // For the scripts that `sweep --engine slurm` submits; an empty group hides it from people.
    Command command = line.add_hidden_command("sweep-task", "run one task of a sweep on a cluster");
    const auto folder = std::make_shared<std::string>();
    const auto task = std::make_shared<std::string>();
    command.add_argument("FOLDER", *folder, "of the job").not_empty();
    command.add_argument("TASK", *task, "its number").not_empty();
    command.runs([folder, task] { run_task(*folder, read_count("TASK " + *task, *task, 0)); });
}

}  // namespace hypar
