#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "apps/terminal/terminal.h"
#include "apps/terminal/waiting.h"
#include "base/error.h"
#include "base/units.h"
#include "experiment/sweep/sweep.h"
#include "sweep/engine/local_engine.h"
#include "sweep/point/run_point.h"
#include "sweep/results/folder_lock.h"
#include "sweep/results/results_csv.h"
#include "sweep/results/results_store.h"
#include "sweep/results/sensitivity.h"
#include "sweep/results/sweep_text.h"
#include "sweep/slurm/sbatch_option.h"
#include "sweep/slurm/slurm_engine.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostJobs = 4096;
constexpr std::uint64_t kLongestSeconds = 31536000;  // a year
constexpr std::uint64_t kMostTaskPoints = 1000000;
constexpr std::uint64_t kLeastMemory = 256 * kMebi;

struct Options {
    std::string sweep;
    std::string jobs;
    std::string engine = "local";
    std::string time_limit = "3600";
    std::string memory_limit;
    std::string folder;
    std::string task_points;
    std::vector<std::string> sbatch;
    bool is_around = false;
    bool is_dry = false;
};

/// Those that were given; 0 jobs or bytes of memory where they were not.
LocalOptions given_options(const Options& options) {
    LocalOptions given;
    given.jobs = options.jobs.empty() ? 0 : read_count("--jobs " + options.jobs, options.jobs, 1, kMostJobs);
    given.time_limit_seconds =
        read_count("--time-limit " + options.time_limit, options.time_limit, 1, kLongestSeconds);
    given.memory_limit_bytes = options.memory_limit.empty()
                                   ? 0
                                   : read_size_option("--memory-limit " + options.memory_limit, options.memory_limit,
                                                      {kLeastMemory, 1024 * kTebi});
    return given;
}

LocalOptions local_options(const Options& options) {
    LocalOptions local = given_options(options);
    if (local.jobs == 0) local.jobs = std::max(1U, std::thread::hardware_concurrency());
    if (local.memory_limit_bytes == 0) local.memory_limit_bytes = std::max(kLeastMemory, memory_share(local.jobs));
    return local;
}

SlurmOptions slurm_options(const Options& options, const std::filesystem::path& folder) {
    SlurmOptions slurm;
    slurm.sweep = {options.sweep, options.is_around};
    slurm.folder = folder;
    slurm.program = std::filesystem::read_symlink("/proc/self/exe");
    slurm.working_folder = std::filesystem::current_path();
    slurm.limits = given_options(options);
    slurm.tasks_at_once = slurm.limits.jobs;
    if (!options.task_points.empty()) {
        slurm.task_points =
            read_count("--task-points " + options.task_points, options.task_points, 1, kMostTaskPoints);
    }
    if (slurm.limits.memory_limit_bytes > 0) {
        slurm.sbatch_arguments.push_back(fmt::format("--mem={}M", slurm.limits.memory_limit_bytes >> 20U));
    }
    for (const std::string& argument : options.sbatch) {
        check_sbatch_argument(argument);
        slurm.sbatch_arguments.push_back(argument);
    }
    return slurm;
}

/// A line on standard error, in place of the progress that may be shown there.
void say(const std::string& line) {
    tell(fmt::format("{}hypar: {}\n", ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "", line));
}

std::filesystem::path folder_of(const Options& options, const Sweep& sweep) {
    return options.folder.empty() ? sweep.name() + "-results" : options.folder;
}

constexpr std::size_t kBlock = std::size_t{1} << 16U;  // bytes that are printed at once

/// Says what would be run, and writes nothing. Returns how many points.
std::size_t print_plan(const std::filesystem::path& folder, const Sweep& sweep, const PointNames& names) {
    std::set<std::string> known;
    if (std::filesystem::is_regular_file(folder / kResultsFile))
        known = ResultsStore::open(folder, waiting_to_read(say)).lasting();
    const std::vector<std::size_t> points = unknown_points(sweep, std::move(known));
    print_result(fmt::format("{} of {} points would be run\n", points.size(), sweep.size()));
    std::string lines;
    for (const std::size_t point : points) {
        lines += names.name(sweep.values(point)) + "\n";
        if (lines.size() < kBlock) continue;
        print_result(lines);
        lines.clear();
    }
    print_result(lines);
    return points.size();
}

/// Takes results from an engine and keeps them; shows on a terminal how far it is.
class Keeper {
public:
    Keeper(const Sweep& sweep, ResultsStore& store, std::size_t points)
        : sweep_(sweep), store_(store), points_(points), bar_(static_cast<double>(points), "points") {}

    bool take(const std::vector<FinishedPoint>& finished) {
        if (!finished.empty()) store_.keep(sweep_, finished);
        done_ += finished.size();
        bar_.show(static_cast<double>(done_), fmt::format("{}/{}", done_, points_));
        return !Interrupt::is_requested();
    }

    std::size_t done() const { return done_; }

private:
    const Sweep& sweep_;
    ResultsStore& store_;
    std::size_t points_;
    std::size_t done_ = 0;
    ProgressBar bar_;
};

/// Runs what is missing. Returns how many points were run.
std::size_t run_missing(Engine& engine, const Sweep& sweep, ResultsStore& store) {
    const std::vector<std::size_t> points = store.to_run();
    if (points.empty()) return 0;
    Keeper keeper(sweep, store, points.size());
    engine.run(points, [&](const std::vector<FinishedPoint>& finished) { return keeper.take(finished); });
    return keeper.done();
}

void write_csv(const std::filesystem::path& file, const ResultsStore& store) {
    remove_leftovers(file);
    FileWriter writer(file);
    results_csv(store, [&](const std::string& text) { writer.append(text); });
    writer.commit();
}

/// Ends the program with status 3 unless every point is done.
void check_complete(const std::map<std::string, std::size_t>& tally, const std::filesystem::path& folder) {
    std::size_t points = 0;
    for (const auto& [status, count] : tally) points += count;
    const auto count_of = [&](const char* status) { return tally.count(status) == 0 ? 0 : tally.at(status); };
    const std::size_t missing = count_of(kMissing);
    const std::size_t done = count_of(name_of(PointStatus::Done));
    if (missing > 0) {
        throw RunError(
            fmt::format("stopped early: {} of {} points are not done; the same command goes on", missing, points));
    }
    if (done < points) {
        throw RunError(fmt::format("{} of {} points failed; {} says why", points - done, points,
                                   (folder / "results.csv").string()));
    }
}

void run_sweep(const Options& options, const Sweep& sweep) {
    const bool is_slurm = choose("--engine " + options.engine, options.engine, {"local", "slurm"}) == "slurm";
    for (const auto& [option, is_given] :
         {std::pair{"--task-points", !options.task_points.empty()}, std::pair{"--sbatch", !options.sbatch.empty()}}) {
        if (is_given && !is_slurm) throw CommandLineError(fmt::format("{} requires --engine slurm", option));
    }
    const std::filesystem::path folder = folder_of(options, sweep);
    const RunPoint run = [&](std::size_t point, Remembered& remembered) {
        return run_point(sweep, point, remembered);
    };
    LocalEngine local(run, local_options(options));
    SlurmEngine slurm({run, [&](std::size_t point) { return identity_of(inputs_of(sweep, point)); }},
                      slurm_options(options, folder), say);
    tell(fmt::format("hypar: {}: {}\n", sweep.name(), summary(sweep)));
    for (const std::string& line : dropped_lines(sweep)) tell(fmt::format("hypar:   {}\n", line));
    const PointNames names = options.is_around ? PointNames(sweep.keys(), sweep.values(0)) : PointNames(sweep.keys());
    if (options.is_dry) {
        const std::size_t points = print_plan(folder, sweep, names);
        if (is_slurm) print_result("\n" + slurm.dry_run(points));
        return;
    }
    const Interrupt interrupt;
    make_output_folder(folder.string(), {kResultsFile, "results.csv", kPage});
    check_sweep_folder(folder);
    const FolderLock lock(folder);
    ResultsStore store = ResultsStore::open_or_make(folder, waiting_to_write(say));
    store.enrol(sweep);
    const std::size_t ran = run_missing(is_slurm ? static_cast<Engine&>(slurm) : local, sweep, store);
    write_csv(folder / "results.csv", store);
    remove_leftovers(folder / kPage);
    write_sweep_page(folder, store);
    const TextStyle style = style_of(STDOUT_FILENO);
    print_result(sweep_text(sweep.name(), store, names, ran, style) + topologies_text(sweep, style));
    if (options.is_around) print_result("\n" + sensitivity_text(sensitivities(store), style));
    check_complete(store.tally(), folder);
}

}  // namespace

void add_sweep_command(CommandLine& line) {
    Command command = line.add_command("sweep", "simulate every point of a sweep; goes on where it was stopped");
    const auto options = std::make_shared<Options>();
    command.add_argument("SWEEP", options->sweep, "a file, or a name that `hypar list sweeps` shows");
    command.add_value("--jobs", options->jobs, "N",
                      "worker processes (default: one for each core), or tasks at once (default: all that fit)");
    command.add_value("--engine", options->engine, "local|slurm",
                      "local (if left out): processes of this machine; slurm: a cluster");
    command.add_value("--time-limit", options->time_limit, "SECONDS",
                      "seconds that a point may take (default: 3600)");
    command.add_value("--memory-limit", options->memory_limit, "SIZE",
                      "memory that a worker may take, such as \"4 GiB\" (default: its share of the machine's)");
    command.add_value("--task-points", options->task_points, "N",
                      "slurm: points a task (default: found by running some here, for 10 s at most)");
    command
        .add_values("--sbatch", options->sbatch, "OPTION",
                    "slurm: an option for sbatch, such as --sbatch=--partition=long")
        .not_empty();
    command.add_flag("--around", options->is_around,
                     "SWEEP is an experiment: double and halve each number of its array, rank what matters");
    command.add_flag("--dry-run", options->is_dry, "print what would be run, run nothing");
    command.add_value("-o", options->folder, "DIR",
                      "folder for the results (default: the sweep's name and -results)");
    command.runs([options] { run_sweep(*options, SweepSource{options->sweep, options->is_around}.load()); });
}

}  // namespace hypar
