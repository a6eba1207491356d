// Sweeps on a cluster: the whole way from the command through Slurm's to the tasks and back.

#include <filesystem>
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"
#include "tests/apps/slurm_cluster.h"

namespace hypar::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// 7 points, one of them refused: an exhaustive search of 11 layers on 4 levels.
constexpr const char* kSweep =
    "base: {network: cifar-c, capacity: report}\n"
    "vary:\n"
    "  network: [lenet-c, vgg-a]\n"
    "  strategy: [exhaustive, hypar]\n"
    "  accelerators: [4, 16]\n"
    "where: not (strategy == exhaustive and network == lenet-c and accelerators == 4)\n";

/// Commands of Slurm in the folder `bin`: sbatch runs each task twice, at the same time, in the background.
void write_fake_slurm(const TemporaryFolder& folder) {
    std::filesystem::create_directory(folder.path() / "bin");
    const auto write = [&](const std::string& name, const std::string& script) {
        std::filesystem::permissions(folder.write("bin/" + name, "#!/bin/bash\n" + script),
                                     std::filesystem::perms(0755));
    };
    write(
        "sbatch",
        "echo \"$*\" >>submissions\n"
        "for word; do case $word in --array=0-*) last=${word#*-*-*-} ;; --chdir=*) cd \"${word#*=}\" ;; esac; done\n"
        "for ((task = 0; task <= last; ++task)); do\n"
        "  for time in 1 2; do SLURM_ARRAY_TASK_ID=$task setsid sh \"$word\" >>$task.log 2>&1 & done\n"
        "done\n"
        "echo 17\n");
    write("squeue", "exit 1");
    write("scontrol", "echo 'MaxArraySize = 1001'");
}

const std::string kWithFake = "PATH=\"$PWD/bin:$PATH\"; ";

TEST(Slurm, TasksThatRunTwiceGiveTheSameCsv) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    write_fake_slurm(folder);
    const Outcome local = run_shell("\"$HYPAR\" sweep s.yaml -o local", folder.path());
    const Outcome slurm = run_shell(
        kWithFake + "\"$HYPAR\" sweep s.yaml -o 'an odd $folder' --engine slurm --task-points 2", folder.path());
    EXPECT_EQ(slurm.status, local.status);
    EXPECT_EQ(slurm.output, local.output);
    EXPECT_EQ(read_file(folder.path() / "an odd $folder/results.csv"),
              read_file(folder.path() / "local/results.csv"));
    EXPECT_THAT(slurm.errors, HasSubstr("submitted 7 points in 4 tasks as Slurm job 17 (hypar-"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "an odd $folder/tasks"));
}

TEST(Slurm, TasksRefuseASweepThatHasChanged) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    write_fake_slurm(folder);
    folder.write("bin/sbatch", "#!/bin/sh\nkill $PPID; echo 1\n");  // and stops the waiting
    const Outcome outcome =
        run_shell(kWithFake + "\"$HYPAR\" sweep s.yaml -o out --engine slurm --task-points 2", folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("the same command waits for it again, scancel --name=hypar-"),
                                      HasSubstr("stopped early: 7 of 7 points are not done")));
    folder.write("s.yaml", std::string(kSweep) + "  and accelerators > 4\n");
    const Outcome task = run_shell("SLURM_ARRAY_TASK_ID=0 sh out/tasks/hypar-*/task.sh", folder.path());
    EXPECT_EQ(task.status, 3);
    EXPECT_THAT(task.errors, HasSubstr("hypar itself was changed after the job was submitted"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "out/tasks/results"));
}

TEST(Slurm, DryRunPrintsTheScript) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    write_fake_slurm(folder);
    const Outcome outcome = run_shell(kWithFake +
                                          "\"$HYPAR\" sweep s.yaml -o out --engine slurm --task-points 3 --jobs 2 "
                                          "--memory-limit '2 GiB' --sbatch=--partition=long --dry-run",
                                      folder.path());
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output,
                AllOf(StartsWith("7 of 7 points would be run\n"),
                      HasSubstr("\nsbatch --parsable '--mem=2048M' '--partition=long' "),
                      HasSubstr(" '--array=0-2%2' "), HasSubstr("\n#!/bin/sh\ncd '"), HasSubstr(" sweep-task '")));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "submissions"));
}

TEST(Slurm, SaysWhatIsWrongWithTheCommandLine) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    const Outcome missing =
        run_shell("PATH=/nowhere \"$HYPAR\" sweep s.yaml -o out --engine slurm --task-points 2", folder.path());
    EXPECT_EQ(missing.status, 3);
    EXPECT_THAT(missing.errors, HasSubstr("--engine slurm needs the commands of Slurm on PATH"));

    const Outcome other = run_shell("\"$HYPAR\" sweep s.yaml -o out --sbatch=--partition=long", folder.path());
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.errors, HasSubstr("--sbatch requires --engine slurm"));

    const Outcome word = run_shell("\"$HYPAR\" sweep s.yaml -o out --engine slurm --sbatch=long", folder.path());
    EXPECT_EQ(word.status, 1);
    EXPECT_THAT(word.errors, HasSubstr("--sbatch long: expected an option of sbatch in one word"));

    const Outcome points = run_shell("\"$HYPAR\" sweep s.yaml -o out --engine slurm --task-points 0", folder.path());
    EXPECT_EQ(points.status, 1);
    EXPECT_THAT(points.errors, HasSubstr("--task-points 0"));

    const Outcome engine = run_shell("\"$HYPAR\" sweep s.yaml -o out --engine slrum", folder.path());
    EXPECT_EQ(engine.status, 1);
    EXPECT_THAT(engine.errors, HasSubstr("did you mean \"slurm\"?"));
}

/// With a real Slurm, if it can run here.
class RealSlurm : public testing::Test {
protected:
    void SetUp() override {
        const std::string obstacle = SlurmCluster::obstacle();
        if (!obstacle.empty()) GTEST_SKIP() << obstacle;
        folder_.write("s.yaml", kSweep);
        local_ = run_shell("\"$HYPAR\" sweep s.yaml -o local", folder_.path());
    }

    Outcome shell(const std::string& command) const { return run_shell(command, folder_.path()); }

    /// A sweep on the cluster of the test, in the background: four tasks, one at a time. Its process is in `waiting`,
    /// and gone with the test.
    std::future<Outcome> sweep() const {
        return std::async(std::launch::async, [this] {
            return shell(
                "echo $$ >waiting; "
                "exec setpriv --pdeathsig KILL timeout 150 setpriv --pdeathsig KILL "
                "\"$HYPAR\" sweep s.yaml -o slurm --engine slurm --task-points 2 --jobs 1");
        });
    }

    /// Sends a signal to the processes of the task that runs; false if none does.
    std::string signal_task(const std::string& signal) const {
        return "pkill -" + signal + " -f '[s]weep-task.*" + folder_.path().string() + "'";
    }

    /// Waits, a minute at most, until a command of the shell succeeds.
    void await(const std::string& command) const {
        EXPECT_EQ(shell("for i in $(seq 600); do " + command + " && exit; sleep 0.1; done; exit 1").status, 0)
            << command;
    }

    void expect_same(const Outcome& slurm) const {
        EXPECT_EQ(slurm.status, local_.status) << slurm.errors;
        EXPECT_EQ(slurm.output, local_.output);
        EXPECT_EQ(read_file(folder_.path() / "slurm/results.csv"), read_file(folder_.path() / "local/results.csv"));
        EXPECT_FALSE(std::filesystem::exists(folder_.path() / "slurm/tasks"));
    }

    TemporaryFolder folder_;
    Outcome local_;
};

TEST_F(RealSlurm, GivesTheSameCsvWithTheControllerStoppedAndStartedInTheMiddle) {
    SlurmCluster cluster;
    std::future<Outcome> sweep = this->sweep();
    await(signal_task("STOP"));  // a task is running, and stays so
    cluster.stop_controller();
    await("! squeue");
    await(signal_task("CONT"));  // it ends while there is no controller to be told
    await("[ $(ls slurm/tasks/results | wc -l) -ge 2 ]");
    cluster.start_controller();
    const Outcome outcome = sweep.get();
    expect_same(outcome);
}

class RealSlurmLong : public RealSlurm {
protected:
    /// The task that was stopped and then requeued, whichever it was, and with it the sweep.
    void expect_to_run_again(std::future<Outcome>& sweep) const {
        await("{ " + signal_task("CONT") +
              "; squeue --noheader --array --states=pending --format=%r | grep -q BeginTime; }");
        // Slurm would make it wait for two minutes. Of tasks that run it says that it cannot do that.
        shell("scontrol update jobid=1 starttime=now");
        expect_same(sweep.get());
    }
};

TEST_F(RealSlurmLong, GivesTheSameCsvWithTheControllerKilledInTheMiddle) {
    SlurmCluster cluster;
    std::future<Outcome> sweep = this->sweep();
    await(signal_task("STOP"));
    await("[ -n \"$(squeue --noheader --states=running)\" ]");
    cluster.save_state();
    cluster.kill_controller();
    await("! squeue");
    await(signal_task("CONT"));
    await("[ $(ls slurm/tasks/results | wc -l) -ge 2 ]");
    cluster.start_controller();
    // Where a task had just begun, the controller drains the node and holds the tasks (docs/slurm.md).
    shell("sleep 3; scontrol update nodename=node state=resume; scontrol release $(squeue --noheader --format=%i)");
    const Outcome outcome = sweep.get();
    expect_same(outcome);
}

TEST_F(RealSlurmLong, ATaskThatIsRequeuedInTheMiddleRunsAgain) {
    const SlurmCluster cluster;
    std::future<Outcome> sweep = this->sweep();
    await(signal_task("STOP"));
    await("scontrol requeue $(squeue --noheader --states=running --format=%A)");
    expect_to_run_again(sweep);
}

TEST_F(RealSlurmLong, ATaskWhoseNodeFailsRunsAgain) {
    const SlurmCluster cluster;
    std::future<Outcome> sweep = this->sweep();
    await(signal_task("STOP"));
    await("scontrol update nodename=node state=down reason=test");
    expect_to_run_again(sweep);
}

TEST_F(RealSlurmLong, TheWaitingCommandMayBeKilledAndStartedAgain) {
    const SlurmCluster cluster;
    ASSERT_EQ(shell("scontrol update nodename=node state=drain reason=test").status, 0);
    std::future<Outcome> first = sweep();
    await("[ $(squeue --noheader --array | wc -l) = 4 ]");
    shell("kill -9 $(cat waiting)");
    EXPECT_EQ(first.get().status, 128 + 9);
    std::future<Outcome> second = sweep();
    EXPECT_EQ(shell("sleep 3; squeue --noheader --array | wc -l").output, "4\n");
    shell("scontrol update nodename=node state=resume");
    const Outcome outcome = second.get();
    expect_same(outcome);
    EXPECT_THAT(outcome.errors,
                AllOf(HasSubstr("waiting for what was submitted before: 4 tasks"), Not(HasSubstr("submitted 7"))));
}

TEST_F(RealSlurmLong, CancelledTasksAreLostAndRunByTheNextCommand) {
    const SlurmCluster cluster;
    ASSERT_EQ(shell("scontrol update nodename=node state=drain reason=test").status, 0);
    std::future<Outcome> first = sweep();
    await("[ $(squeue --noheader --array | wc -l) = 4 ]");
    shell("scancel $(squeue --noheader --format=%F)");
    EXPECT_EQ(first.get().status, 3);
    EXPECT_THAT(read_file(folder_.path() / "slurm/results.csv"),
                HasSubstr("Slurm task 1_3 ended without it: CANCELLED"));
    shell("scontrol update nodename=node state=resume");
    expect_same(sweep().get());
}

}  // namespace
}  // namespace hypar::test
