#include "sweep/slurm/slurm_engine.h"

#include <map>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "sweep/slurm/sbatch_option.h"
#include "sweep/slurm/slurm_commands.h"
#include "sweep/slurm/task_results.h"
#include "tests/sweep/fake_slurm.h"

namespace hypar::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::ThrowsMessage;

std::string identity(std::size_t point) { return "identity" + std::to_string(point); }

PointResult result_of(std::size_t point) {
    PointResult result;
    result.column_values = {std::uint64_t{point}, 0.5, std::string("plan")};
    return result;
}

/// The engine in a folder of its own. `cluster` is what Slurm would do: it acts each time that the engine has looked
/// for results, and says whether the sweep goes on.
class Sweeping {
public:
    explicit Sweeping(const FakeSlurm& slurm) {
        options.sweep = {"a sweep.yaml", false};
        options.folder = slurm.folder() / "results";
        options.program = "/opt/hypar's/bin/hypar";
        options.working_folder = "/home/work";
        options.task_points = 2;
        options.look_at_results = options.ask_squeue = options.most_ask_squeue = std::chrono::milliseconds(5);
        options.grace = std::chrono::milliseconds(20);
    }

    std::filesystem::path tasks() const { return options.folder / "tasks"; }

    std::vector<SlurmJob> jobs() const {
        std::vector<SlurmJob> jobs;
        for (const std::string& name : SlurmFolders{tasks()}.jobs()) jobs.push_back(SlurmJob::read(tasks() / name));
        return jobs;
    }

    void write_results(const std::vector<TaskPoint>& task) const {
        for (const TaskPoint& point : task) {
            TaskResults(tasks() / "results").write(point.identity, result_of(point.point));
        }
    }

    void run(const std::vector<std::size_t>& points, const std::function<bool()>& cluster) {
        SlurmEngine engine({[&](std::size_t point, Remembered&) { return result_of(point); }, identity}, options,
                           [&](const std::string& line) { said.push_back(line); });
        int calls = 0;
        engine.run(points, [&](const std::vector<FinishedPoint>& finished) {
            for (const FinishedPoint& one : finished) {
                EXPECT_TRUE(results.emplace(one.point, one.result).second) << "point " << one.point << " came twice";
            }
            if (++calls > 2000) throw std::runtime_error("waits for ever");
            return cluster();
        });
    }

    /// Points by status.
    std::map<std::string, std::vector<std::size_t>> statuses() const {
        std::map<std::string, std::vector<std::size_t>> statuses;
        for (const auto& [point, result] : results) statuses[name_of(result.status)].push_back(point);
        return statuses;
    }

    SlurmOptions options;
    std::map<std::size_t, PointResult> results;
    std::vector<std::string> said;
};

/// Lines of squeue for all tasks of some jobs.
std::string all_tasks(const std::vector<SlurmJob>& jobs, const std::string& state) {
    std::string lines;
    for (const SlurmJob& job : jobs) {
        for (std::size_t task = 0; task < job.tasks.size(); ++task) {
            lines += job.name + "|" + std::to_string(task) + "|" + state + "|None\n";
        }
    }
    return lines;
}

TEST(SlurmEngine, SubmitsOneArrayAndHandsOverItsResults) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    sweeping.options.sbatch_arguments = {"--partition=long"};
    sweeping.options.tasks_at_once = 7;
    std::string script;
    sweeping.run({3, 4, 8, 9, 10}, [&] {
        for (const SlurmJob& job : sweeping.jobs()) {
            script = read_whole(sweeping.tasks() / job.name / kTaskScript);
            for (const auto& task : job.tasks) sweeping.write_results(task);
        }
        return true;
    });
    // Five points, two a task: three tasks.
    EXPECT_THAT(slurm.submissions(),
                ElementsAre(AllOf(HasSubstr("--partition=long"), HasSubstr("--array=0-2%7 "), EndsWith("/task.sh"))));
    EXPECT_THAT(script, AllOf(HasSubstr("cd '/home/work' && exec '/opt/hypar'\\''s/bin/hypar' sweep-task '"),
                              HasSubstr("\"$SLURM_ARRAY_TASK_ID\"")));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(3, 4, 8, 9, 10))));
    EXPECT_EQ(std::get<std::uint64_t>(sweeping.results.at(8).column_values[0]), 8);
    EXPECT_FALSE(std::filesystem::exists(sweeping.tasks()));
}

TEST(SlurmEngine, RunsSmallSweepsWithoutTheCluster) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    sweeping.options.task_points = 0;  // so points are timed here first, and there are few
    sweeping.run({0, 1, 2}, [] { return true; });
    EXPECT_THAT(slurm.submissions(), IsEmpty());
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1, 2))));
}

TEST(SlurmEngine, TakesLargerTasksWhereArraysAreLimited) {
    const FakeSlurm slurm;
    slurm.set_max_array_size(2);
    Sweeping sweeping(slurm);
    sweeping.run({0, 1, 2, 3, 4, 5, 6}, [&] { return sweeping.jobs().empty(); });
    EXPECT_THAT(slurm.submissions(), ElementsAre(HasSubstr("--array=0-1 ")));  // of four points and of three
    ASSERT_THAT(sweeping.jobs(), SizeIs(1));
    EXPECT_THAT(sweeping.jobs()[0].tasks[0], SizeIs(4));
}

TEST(SlurmEngine, SubmitsLostPointsAgainInSmallerTasks) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    sweeping.options.task_points = 8;
    std::vector<std::size_t> points(16);
    for (std::size_t i = 0; i < points.size(); ++i) points[i] = i;
    sweeping.run(points, [&] {
        const std::vector<SlurmJob> jobs = sweeping.jobs();
        std::string queue;
        for (const SlurmJob& job : jobs) {
            if (job.attempt == 1) {  // the first task did one point before its time was over, the second all
                sweeping.write_results({job.tasks[0][0]});
                sweeping.write_results(job.tasks[1]);
                queue += job.name + "|0|TIMEOUT|TimeLimit\n" + job.name + "|1|COMPLETED|None\n";
            } else {
                queue += all_tasks({job}, "PENDING");
                for (const auto& task : job.tasks) sweeping.write_results(task);
            }
        }
        slurm.show_queue(queue);
        return true;
    });
    // Points 1 to 7, two a task: four tasks.
    EXPECT_THAT(slurm.submissions(), ElementsAre(HasSubstr("--array=0-1 "), HasSubstr("--array=0-3 ")));
    EXPECT_THAT(sweeping.said, Contains(HasSubstr("task 1_0 ended (TIMEOUT) without 7 of its points")));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", SizeIs(16))));
}

TEST(SlurmEngine, GivesUpPointsThatAreLostThreeTimes) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    sweeping.run({5, 6}, [&] {  // a controller that has lost its state knows none of the jobs
        for (const SlurmJob& job : sweeping.jobs())
            write_whole(sweeping.tasks() / job.name / "0.log", "a\nit hurts\n");
        return true;
    });
    EXPECT_THAT(slurm.submissions(), SizeIs(3));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("lost", ElementsAre(5, 6))));
    EXPECT_EQ(sweeping.results.at(5).error,
              "Slurm task 3_0 ended without it: unknown to Slurm, at the attempt 3 of 3; the task's last words: it "
              "hurts");
    EXPECT_FALSE(std::filesystem::exists(sweeping.tasks()));
}

TEST(SlurmEngine, DoesNotSubmitAgainWhatWasCancelled) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    sweeping.run({0, 1, 2, 3}, [&] {
        for (const SlurmJob& job : sweeping.jobs()) {  // one task was done, the others cancelled as a whole
            sweeping.write_results(job.tasks[0]);
            slurm.show_queue(job.name + "|0|COMPLETED|None\n" + job.name + "|N/A|CANCELLED|None\n");
        }
        return true;
    });
    EXPECT_THAT(slurm.submissions(), SizeIs(1));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1)), Pair("lost", ElementsAre(2, 3))));
    EXPECT_EQ(sweeping.results.at(2).error, "Slurm task 1_1 ended without it: CANCELLED");
}

TEST(SlurmEngine, WaitsForTasksThatAreRunAgain) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    int looks = 0;
    sweeping.run({0, 1}, [&] {
        const std::vector<SlurmJob> jobs = sweeping.jobs();
        if (jobs.empty()) return true;
        ++looks;
        // Its node fails, and it is back in the queue before that lasts; much later it is through.
        slurm.show_queue(all_tasks(jobs, looks == 1 ? "NODE_FAIL" : looks < 40 ? "PENDING" : "COMPLETED"));
        if (looks == 40) sweeping.write_results(jobs[0].tasks[0]);
        return true;
    });
    EXPECT_GE(looks, 40);
    EXPECT_THAT(slurm.submissions(), SizeIs(1));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1))));
}

TEST(SlurmEngine, WaitsWhileSlurmDoesNotAnswer) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    int looks = 0;
    sweeping.run({0, 1}, [&] {
        const std::vector<SlurmJob> jobs = sweeping.jobs();
        if (jobs.empty()) return true;
        if (++looks == 1) slurm.break_squeue();
        if (looks == 40) slurm.show_queue(all_tasks(jobs, "RUNNING"));
        if (looks == 60) sweeping.write_results(jobs[0].tasks[0]);
        return true;
    });
    EXPECT_THAT(slurm.submissions(), SizeIs(1));
    EXPECT_THAT(sweeping.said, AllOf(Contains("Slurm does not answer, waiting on: squeue: the controller is away"),
                                     Contains("Slurm answers again"), Contains("Slurm: 1 running")));
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1))));
}

TEST(SlurmEngine, GoesOnWaitingForWhatAnEarlierStartSubmitted) {
    const FakeSlurm slurm;
    Sweeping first(slurm);
    first.run({0, 1, 2, 3}, [&] { return first.jobs().empty(); });  // stopped when it has submitted
    EXPECT_THAT(first.said, Contains(HasSubstr("scancel --name=" + first.jobs()[0].name + " ends it")));
    first.write_results(first.jobs()[0].tasks[0]);
    slurm.show_queue(all_tasks(first.jobs(), "RUNNING"));

    Sweeping second(slurm);  // and its sweep has grown
    second.run({0, 1, 2, 3, 4}, [&] {
        const std::vector<SlurmJob> jobs = second.jobs();
        slurm.show_queue(all_tasks(jobs, "RUNNING"));
        if (jobs.size() == 2) {
            for (const SlurmJob& job : jobs) {
                for (const auto& task : job.tasks) second.write_results(task);
            }
        }
        return true;
    });
    EXPECT_THAT(slurm.submissions(), ElementsAre(HasSubstr("--array=0-1 "), HasSubstr("--array=0-0 ")));
    EXPECT_THAT(second.said, Contains("waiting for what was submitted before: 1 tasks"));
    EXPECT_THAT(second.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1, 2, 3, 4))));
}

TEST(SlurmEngine, WaitsForTheLatestAttemptOfAnEarlierStart) {
    const FakeSlurm slurm;
    Sweeping first(slurm);
    first.run({0, 1}, [&] { return first.jobs().size() < 2; });  // Slurm forgets the first job, a second is submitted
    Sweeping second(slurm);
    int looks = 0;
    second.run({0, 1}, [&] {  // of the first job it still does not know
        for (const SlurmJob& job : second.jobs()) {
            if (job.attempt == 1) continue;
            slurm.show_queue(all_tasks({job}, "RUNNING"));
            if (++looks == 40) {
                for (const auto& task : job.tasks) second.write_results(task);
            }
        }
        return true;
    });
    EXPECT_THAT(slurm.submissions(), SizeIs(2));
    EXPECT_THAT(second.statuses(), ElementsAre(Pair("done", ElementsAre(0, 1))));
}

TEST(SlurmEngine, TakesNoResultThatIsNotWhole) {
    const FakeSlurm slurm;
    Sweeping sweeping(slurm);
    int looks = 0;
    sweeping.run({0}, [&] {
        const std::vector<SlurmJob> jobs = sweeping.jobs();
        if (jobs.empty()) return true;
        slurm.show_queue(all_tasks(jobs, "RUNNING"));
        const std::filesystem::path file = sweeping.tasks() / "results" / identity(0);
        if (++looks == 1) {
            sweeping.write_results(jobs[0].tasks[0]);
            write_whole(file, read_whole(file).substr(0, 40));
        }
        EXPECT_TRUE(looks > 10 || sweeping.results.empty());
        if (looks == 10) sweeping.write_results(jobs[0].tasks[0]);
        return true;
    });
    EXPECT_THAT(sweeping.statuses(), ElementsAre(Pair("done", ElementsAre(0))));
}

TEST(SlurmEngine, SaysWhySbatchRefuses) {
    const FakeSlurm slurm;
    slurm.refuse("sbatch: error: invalid partition specified: lnog");
    Sweeping sweeping(slurm);
    EXPECT_THAT(
        [&] { sweeping.run({0}, [] { return true; }); },
        ThrowsMessage<RunError>("cannot submit 1 points to Slurm: sbatch: error: invalid partition specified: "
                                "lnog"));
    EXPECT_THAT(sweeping.jobs(), IsEmpty());
}

TEST(SlurmEngine, PassesOnOnlyOptionsThatLeaveItItsOwn) {
    for (const char* good : {"--partition=long", "-plong", "--time=1:00:00", "--mem=4G", "--hold", "-Aphysics"}) {
        EXPECT_NO_THROW(check_sbatch_argument(good)) << good;
    }
    for (const char* wrong :
         {"long", "-", "", "--array=1-3", "-a1-3", "--wait", "-W", "--wrap=true", "-J", "-ofile"}) {
        EXPECT_THROW(check_sbatch_argument(wrong), ConfigError) << wrong;
    }
}

TEST(SlurmQueue, SummarisesWhatIsToBeWaitedFor) {
    const SlurmQueue queue = SlurmQueue::read(
        "a|0|RUNNING|None\na|1|PENDING|Resources\na|2|PENDING|Priority\na|3|COMPLETED|None\nb|N/A|CANCELLED|None\n");
    EXPECT_EQ(queue.summary(), "2 pending (Priority, Resources), 1 running");
    EXPECT_FALSE(queue.find("a", 1)->is_final());
    EXPECT_TRUE(queue.find("a", 3)->is_final());
    EXPECT_EQ(queue.find("b", 12)->state, "CANCELLED");
    EXPECT_FALSE(queue.find("a", 4).has_value());
}

}  // namespace
}  // namespace hypar::test
