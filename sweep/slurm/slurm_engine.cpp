#include "sweep/slurm/slurm_engine.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "base/error.h"
#include "sweep/slurm/shell_command.h"
#include "sweep/slurm/slurm_commands.h"
#include "sweep/slurm/task_results.h"

namespace hypar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kJobFolder = "hypar-XXXXXX";  ///< in which the Xs become something that no other has
constexpr int kMostAttempts = 3;
constexpr std::size_t kShrink = 4;  ///< tasks of the next attempt are so many times smaller

// A task should take a minute or more. Points are timed alone here, while those of a task have something in common
// and so take less.
constexpr double kTaskSeconds = 120;
constexpr double kProbeSeconds = 10;
constexpr std::size_t kProbedPoints = 16;

/// As many of `points` as are probed, evenly spread.
std::vector<std::size_t> sample(const std::vector<std::size_t>& points) {
    const std::size_t count = std::min(points.size(), kProbedPoints);
    std::vector<std::size_t> sample;
    for (std::size_t i = 0; i < count; ++i) sample.push_back(points[(2 * i + 1) * points.size() / (2 * count)]);
    return sample;
}

std::string last_line(const std::filesystem::path& file) {
    std::string text = read_whole(file);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

/// What sbatch is given for a job, its own options last so that they hold.
std::vector<std::string> sbatch_arguments(const SlurmOptions& options, const std::string& name, std::string array,
                                          const std::filesystem::path& job_folder) {
    std::vector<std::string> arguments = options.sbatch_arguments;
    if (options.tasks_at_once > 0) array += fmt::format("%{}", options.tasks_at_once);
    for (std::string argument :
         {"--job-name=" + name, "--array=" + array, std::string("--ntasks=1"), std::string("--requeue"),
          std::string("--open-mode=append"), "--chdir=" + job_folder.string(), std::string("--output=%a.log"),
          (job_folder / kTaskScript).string()}) {
        arguments.push_back(std::move(argument));
    }
    return arguments;
}

/// Points of a task: so many, or more where the cluster does not take so many tasks.
std::size_t task_size(std::size_t least, std::size_t points) {
    const std::size_t most_tasks = most_array_tasks();
    return std::max(least, (points + most_tasks - 1) / most_tasks);
}

/// One call of SlurmEngine::run.
class SlurmRun {
public:
    SlurmRun(const SlurmPoints& points, const SlurmOptions& options,
             const std::function<void(const std::string&)>& say, const ResultSink& sink)
        : points_(points),
          options_(options),
          say_(say),
          sink_(sink),
          folders_{std::filesystem::absolute(options.folder) / "tasks"},
          results_(folders_.results()) {}

    void run(const std::vector<std::size_t>& points) {
        check_commands();
        for (const std::size_t point : points) {
            wanted_.emplace(identities_.emplace(point, points_.identity(point)).first->second, point);
        }
        std::filesystem::create_directories(folders_.results());
        adopt_jobs();
        if (hand_over() && submit_new()) wait();
        if (wanted_.empty()) {
            remove_folders();
        } else if (!tasks_.empty()) {
            say_(
                fmt::format("Slurm goes on with what was submitted: the same command waits for it again, "
                            "scancel --name={} ends it",
                            fmt::join(job_names(), ",")));
        }
    }

private:
    /// A task whose results are waited for.
    struct Task {
        const SlurmJob* job = nullptr;
        std::size_t number = 0;
        std::vector<std::string> points;         ///< identities
        std::optional<Clock::time_point> ended;  ///< when squeue first said so
    };

    /// Points to be submitted again.
    struct Again {
        std::vector<std::size_t> points;
        std::size_t task_points = 1;
    };

    /// Waits for what an earlier start has submitted, of points that it has submitted again for the latest attempt.
    void adopt_jobs() {
        std::vector<SlurmJob> jobs;
        for (const std::string& name : folders_.jobs()) jobs.push_back(SlurmJob::read(folders_.job(name)));
        std::stable_sort(jobs.begin(), jobs.end(),
                         [](const SlurmJob& a, const SlurmJob& b) { return a.attempt > b.attempt; });
        for (SlurmJob& job : jobs) wait_for(std::move(job));
        hear_results();
        if (!tasks_.empty()) say_(fmt::format("waiting for what was submitted before: {} tasks", tasks_.size()));
    }

    void wait_for(SlurmJob job) {
        const SlurmJob& kept = *jobs_.emplace_back(std::make_unique<SlurmJob>(std::move(job)));
        const std::set<std::string> waited_for = points_of_tasks();
        for (std::size_t number = 0; number < kept.tasks.size(); ++number) {
            Task task{&kept, number, {}, {}};
            for (const TaskPoint& point : kept.tasks[number]) {
                if (waited_for.count(point.identity) == 0) task.points.push_back(point.identity);
            }
            tasks_.push_back(std::move(task));
        }
    }

    std::set<std::string> points_of_tasks() const {
        std::set<std::string> identities;
        for (const Task& task : tasks_) identities.insert(task.points.begin(), task.points.end());
        return identities;
    }

    /// A task that runs twice may still write there: first under a name that it does not know.
    void remove_folders() const {
        const std::filesystem::path unknown = folders_.root.string() + ".over";
        std::error_code ignored;
        std::filesystem::remove_all(unknown, ignored);
        std::filesystem::rename(folders_.root, unknown, ignored);
        std::filesystem::remove_all(unknown, ignored);
    }

    /// Submits the points that no task has. False if the sweep is to stop.
    bool submit_new() {
        const std::set<std::string> waited_for = points_of_tasks();
        std::vector<std::size_t> points;
        for (const auto& [identity, point] : wanted_) {
            if (waited_for.count(identity) == 0) points.push_back(point);
        }
        std::sort(points.begin(), points.end());
        std::size_t size = options_.task_points;
        if (size == 0 && !points.empty()) {
            const std::optional<double> seconds = probe(points);
            if (!seconds) return false;
            size = static_cast<std::size_t>(std::clamp(kTaskSeconds / *seconds, 1.0, 1e6));
            points.erase(std::remove_if(points.begin(), points.end(),
                                        [&](std::size_t point) { return wanted_.count(identities_.at(point)) == 0; }),
                         points.end());
        }
        submit(points, size, 1);
        return true;
    }

    /// Runs some points here; returns the seconds that one takes, or nothing if the sweep is to stop.
    std::optional<double> probe(const std::vector<std::size_t>& points) {
        const Clock::time_point begun = Clock::now();
        double seconds = 0;
        std::size_t done = 0;
        bool goes_on = true;
        LocalEngine(points_.run, limits_here(options_.limits))
            .run(sample(points), [&](const std::vector<FinishedPoint>& finished) {
                for (const FinishedPoint& one : finished) finish(one.point, one.result);
                done += finished.size();
                seconds = std::chrono::duration<double>(Clock::now() - begun).count();
                goes_on = hand_over();
                return goes_on && seconds < kProbeSeconds;
            });
        if (!goes_on) return std::nullopt;
        return seconds / static_cast<double>(std::max<std::size_t>(done, 1));
    }

    void submit(const std::vector<std::size_t>& points, std::size_t size, int attempt) {
        if (points.empty()) return;
        size = task_size(size, points.size());

        SlurmJob job;
        job.attempt = attempt;
        job.sweep = options_.sweep;
        job.limits = options_.limits;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i % size == 0) job.tasks.emplace_back();
            job.tasks.back().push_back({points[i], identities_.at(points[i])});
        }
        const std::filesystem::path folder = make_job_folder();
        job.name = folder.filename();
        job.write(folder);
        write_whole(folder / kTaskScript, task_script(options_.program, options_.working_folder, folder));
        try {
            job.number = submit_with_sbatch(
                sbatch_arguments(options_, job.name, fmt::format("0-{}", job.tasks.size() - 1), folder));
        } catch (const RunError& error) {
            std::filesystem::remove_all(folder);
            throw RunError(fmt::format("cannot submit {} points to Slurm: {}", points.size(), error.what()));
        }
        job.write(folder);
        say_(fmt::format("submitted {} points in {} tasks as Slurm job {} ({})", points.size(), job.tasks.size(),
                         job.number, job.name));
        wait_for(std::move(job));
    }

    std::filesystem::path make_job_folder() const {
        std::string name = (folders_.root / kJobFolder).string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw RunError(
                fmt::format("cannot make a folder in {}: {}", folders_.root.string(), std::strerror(errno)));
        }
        return name;
    }

    /// Until all points have a result or the sweep is to stop.
    void wait() {
        Clock::time_point next_asked = Clock::now() + options_.ask_squeue;
        std::chrono::milliseconds pause = options_.ask_squeue;
        while (!wanted_.empty()) {
            ::poll(nullptr, 0, static_cast<int>(options_.look_at_results.count()));
            hear_results();
            if (!hand_over()) return;
            if (Clock::now() < next_asked || wanted_.empty()) continue;
            look_after_tasks();
            if (!hand_over()) return;
            pause = std::min(pause * 3 / 2, options_.most_ask_squeue);
            next_asked = Clock::now() + pause;
        }
    }

    void hear_results() {
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(folders_.results(), ignored)) {
            const std::string identity = entry.path().filename();
            const auto wanted = wanted_.find(identity);
            if (wanted == wanted_.end()) continue;
            if (auto result = results_.read(identity)) finish(wanted->second, std::move(*result));
        }
        tasks_.erase(std::remove_if(tasks_.begin(), tasks_.end(), [&](const Task& task) { return is_over(task); }),
                     tasks_.end());
    }

    bool is_over(const Task& task) const {
        return std::none_of(task.points.begin(), task.points.end(),
                            [&](const std::string& identity) { return wanted_.count(identity) > 0; });
    }

    /// Finds out which tasks have ended without results, and does something about them.
    void look_after_tasks() {
        const std::optional<SlurmQueue> queue = ask();
        if (!queue) return;
        results_.refresh();
        hear_results();
        std::map<int, Again> again;  // by attempt
        std::vector<Task> waiting;
        for (Task& task : tasks_) {
            const auto state = queue->find(task.job->name, task.number);
            if (state && !state->is_final()) {
                task.ended.reset();
            } else if (!task.ended) {
                task.ended = Clock::now();
            }
            if (!task.ended || Clock::now() - *task.ended < options_.grace) {
                waiting.push_back(task);
            } else {
                lose(task, state, again[task.job->attempt + 1]);
            }
        }
        tasks_ = std::move(waiting);
        for (const auto& [attempt, what] : again) submit(what.points, what.task_points, attempt);
    }

    /// What squeue says; nothing while it does not answer, as when the controller is away.
    std::optional<SlurmQueue> ask() {
        try {
            SlurmQueue queue = ask_squeue(job_names());
            if (std::exchange(is_silent_, false)) say_("Slurm answers again");
            tell_of(queue.summary());
            return queue;
        } catch (const RunError& error) {
            if (!std::exchange(is_silent_, true)) {
                say_(fmt::format("Slurm does not answer, waiting on: {}", error.what()));
            }
            return std::nullopt;
        }
    }

    /// Says it if more has changed than numbers.
    void tell_of(const std::string& summary) {
        std::string kinds;
        std::copy_if(summary.begin(), summary.end(), std::back_inserter(kinds),
                     [](char c) { return c < '0' || c > '9'; });
        if (!summary.empty() && kinds != told_) say_("Slurm: " + summary);
        told_ = kinds;
    }

    /// The task has ended, with points that have no results: they go to `again` or fail.
    void lose(const Task& task, const std::optional<SlurmTaskState>& state, Again& again) {
        const std::string ending = state ? state->state : "unknown to Slurm";
        const bool is_cancelled = ending == "CANCELLED";
        std::vector<std::size_t> lost;
        for (const std::string& identity : task.points) {
            const auto wanted = wanted_.find(identity);
            if (wanted != wanted_.end()) lost.push_back(wanted->second);
        }
        if (!is_cancelled && task.job->attempt < kMostAttempts) {
            say_(fmt::format("task {}_{} ended ({}) without {} of its points, which are submitted again",
                             task.job->number, task.number, ending, lost.size()));
            again.points.insert(again.points.end(), lost.begin(), lost.end());
            again.task_points = std::max(again.task_points, task.job->tasks[task.number].size() / kShrink);
            return;
        }
        std::string error =
            fmt::format("Slurm task {}_{} ended without it: {}", task.job->number, task.number, ending);
        if (!is_cancelled) error += fmt::format(", at the attempt {} of {}", task.job->attempt, kMostAttempts);
        const std::string log = last_line(folders_.job(task.job->name) / fmt::format("{}.log", task.number));
        if (!log.empty()) error += fmt::format("; the task's last words: {}", log);
        for (const std::size_t point : lost) finish(point, PointResult::failed(PointStatus::Lost, error));
    }

    void finish(std::size_t point, PointResult result) {
        wanted_.erase(identities_.at(point));
        finished_.push_back({point, std::move(result)});
    }

    bool hand_over() { return sink_(std::exchange(finished_, {})); }

    /// Jobs that have tasks to wait for.
    std::vector<std::string> job_names() const {
        std::vector<std::string> names;
        for (const Task& task : tasks_) {
            if (names.empty() || names.back() != task.job->name) names.push_back(task.job->name);
        }
        return names;
    }

    const SlurmPoints& points_;
    const SlurmOptions& options_;
    const std::function<void(const std::string&)>& say_;
    const ResultSink& sink_;
    SlurmFolders folders_;
    TaskResults results_;
    std::map<std::size_t, std::string> identities_;  ///< by point
    std::map<std::string, std::size_t> wanted_;      ///< points without a result, by identity
    std::vector<std::unique_ptr<SlurmJob>> jobs_;
    std::vector<Task> tasks_;              ///< with wanted points, those of a job behind each other
    std::vector<FinishedPoint> finished_;  ///< not handed over yet
    bool is_silent_ = false;               ///< squeue does not answer
    std::string told_;                     ///< of the queue
};

}  // namespace

SlurmEngine::SlurmEngine(SlurmPoints points, SlurmOptions options, std::function<void(const std::string&)> say)
    : points_(std::move(points)), options_(std::move(options)), say_(std::move(say)) {}

void SlurmEngine::run(const std::vector<std::size_t>& points, const ResultSink& sink) {
    SlurmRun(points_, options_, say_, sink).run(points);
}

std::string SlurmEngine::dry_run(std::size_t points) const {
    if (points == 0) return {};
    const std::filesystem::path job_folder = std::filesystem::absolute(options_.folder) / "tasks" / kJobFolder;
    std::string array = "0-N";
    std::string note = fmt::format(
        "# some points are run here first, for {} s at most, to find out how many a task gets\n", kProbeSeconds);
    if (options_.task_points > 0) {
        const std::size_t size = task_size(options_.task_points, points);
        array = fmt::format("0-{}", (points - 1) / size);
        note = fmt::format("# {} points a task\n", size);
    }
    std::string command = "sbatch --parsable";
    for (const std::string& argument : sbatch_arguments(options_, kJobFolder, array, job_folder)) {
        command += " " + shell_quoted(argument);
    }
    return fmt::format("{}{}\n\n# {}\n{}", note, command, kTaskScript,
                       task_script(options_.program, options_.working_folder, job_folder));
}

}  // namespace hypar
