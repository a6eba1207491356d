#include "sweep/slurm/slurm_job.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "sweep/point/run_point.h"
#include "sweep/results/results_store.h"
#include "sweep/slurm/shell_command.h"
#include "sweep/slurm/task_results.h"

namespace hypar {
namespace {

constexpr const char* kJobFile = "job.json";

nlohmann::json json_of(const std::vector<std::vector<TaskPoint>>& tasks) {
    nlohmann::json all = nlohmann::json::array();
    for (const auto& task : tasks) {
        nlohmann::json points = nlohmann::json::array();
        for (const TaskPoint& point : task) points.push_back({point.point, point.identity});
        all.push_back(points);
    }
    return all;
}

std::vector<std::vector<TaskPoint>> tasks_of(const nlohmann::json& all) {
    std::vector<std::vector<TaskPoint>> tasks;
    for (const nlohmann::json& points : all) {
        tasks.emplace_back();
        for (const nlohmann::json& point : points) tasks.back().push_back({point.at(0), point.at(1)});
    }
    return tasks;
}

}  // namespace

Sweep SweepSource::load() const { return is_around ? sweep_around(reference) : load_sweep(reference); }

void SlurmJob::write(const std::filesystem::path& folder) const {
    const nlohmann::json json = {{"number", number},
                                 {"attempt", attempt},
                                 {"sweep", sweep.reference},
                                 {"around", sweep.is_around},
                                 {"time_limit_seconds", limits.time_limit_seconds},
                                 {"memory_limit_bytes", limits.memory_limit_bytes},
                                 {"tasks", json_of(tasks)}};
    write_whole(folder / kJobFile, json.dump() + "\n");
}

SlurmJob SlurmJob::read(const std::filesystem::path& folder) {
    try {
        const nlohmann::json json = nlohmann::json::parse(read_whole(folder / kJobFile));
        SlurmJob job;
        job.name = folder.filename();
        job.number = json.at("number");
        job.attempt = json.at("attempt");
        job.sweep = {json.at("sweep"), json.at("around")};
        job.limits.time_limit_seconds = json.at("time_limit_seconds");
        job.limits.memory_limit_bytes = json.at("memory_limit_bytes");
        job.tasks = tasks_of(json.at("tasks"));
        return job;
    } catch (const nlohmann::json::exception&) {
        throw RunError(fmt::format("{} is not that of a job of hypar sweep", (folder / kJobFile).string()));
    }
}

std::vector<std::string> SlurmFolders::jobs() const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(root, ignored)) {
        if (std::filesystem::exists(entry.path() / kJobFile)) names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
}

LocalOptions limits_here(LocalOptions limits) {
    limits.jobs = 1;
    if (limits.memory_limit_bytes == 0) limits.memory_limit_bytes = memory_share(1);
    return limits;
}

std::string task_script(const std::filesystem::path& program, const std::filesystem::path& working_folder,
                        const std::filesystem::path& job_folder) {
    return fmt::format("#!/bin/sh\ncd {} && exec {} sweep-task {} \"$SLURM_ARRAY_TASK_ID\"\n",
                       shell_quoted(working_folder.string()), shell_quoted(program.string()),
                       shell_quoted(job_folder.string()));
}

void run_task(const std::filesystem::path& job_folder, std::size_t task) {
    const SlurmJob job = SlurmJob::read(job_folder);
    if (task >= job.tasks.size()) throw RunError(fmt::format("the job has {} tasks", job.tasks.size()));
    const Sweep sweep = job.sweep.load();
    const TaskResults results(job_folder.parent_path() / "results");
    std::vector<std::size_t> points;
    for (const TaskPoint& point : job.tasks[task]) {
        if (point.point >= sweep.size() || identity_of(inputs_of(sweep, point.point)) != point.identity) {
            throw RunError("the sweep, a file that it uses, or hypar itself was changed after the job was submitted");
        }
        if (!results.has(point.identity)) points.push_back(point.point);
    }
    LocalEngine engine([&](std::size_t point, Remembered& remembered) { return run_point(sweep, point, remembered); },
                       limits_here(job.limits));
    engine.run(points, [&](const std::vector<FinishedPoint>& finished) {
        for (const FinishedPoint& one : finished) {
            results.write(identity_of(inputs_of(sweep, one.point)), one.result);
        }
        return true;
    });
}

}  // namespace hypar
