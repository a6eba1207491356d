// Overlapped schedules beside what the durations of lone tasks say of them.

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/overlap/computed_tasks.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/replay/kernel_run.h"
#include "tests/sim/overlap_schedules.h"
#include "tests/sim/random_operator_step.h"

namespace hypar {
namespace {

using tests::draw;
using tests::overlapped;
using tests::random_schedule;

/// What an exchange takes on an array that does nothing else.
SegmentResult exchange_alone(const OverlappedProgram& input, Segment exchange) {
    Program alone;
    alone.segments = {std::move(exchange)};
    SegmentResult result;
    run_kernel(alone, input.memory.exchanging, input.topology, {},
               [&](SegmentResult of_it) { result = std::move(of_it); });
    return result;
}

/// A list scheduler of its own for two accelerators: one chain of computing, one of exchanges, fed with what tasks
/// take alone.
Cycles list_schedule(const OverlappedProgram& input, const OverlappedResult& result, const ComputedTasks& computed) {
    const std::vector<TaskGraph::Task>& tasks = input.graph.tasks;
    std::vector<std::vector<std::uint32_t>> needs(tasks.size());
    for (std::uint32_t task = 0; task < tasks.size(); ++task) {
        for (const std::uint32_t next : tasks[task].next) needs[next].push_back(task);
    }
    std::vector<std::array<std::optional<Cycles>, 2>> done(tasks.size());
    std::array<Cycles, 2> units{};
    Cycles links = 0;
    const auto has_share = [&](std::uint32_t task, std::uint32_t i) {
        return std::any_of(result.tasks.begin(), result.tasks.end(),
                           [&](const TaskTime& time) { return time.task == task && time.accelerator == i; });
    };
    const auto ready = [&](std::uint32_t task, std::uint32_t i) -> std::optional<Cycles> {
        Cycles at = 0;
        for (const std::uint32_t need : needs[task]) {
            if (!done[need][i]) return std::nullopt;
            at = std::max(at, *done[need][i]);
        }
        return at;
    };
    for (;;) {
        // What could start first; updates give way to what could start no later, gradients to other exchanges.
        std::optional<std::tuple<Cycles, int, std::uint32_t, std::uint32_t>> next;
        for (std::uint32_t task = 0; task < tasks.size(); ++task) {
            for (std::uint32_t i = 0; i < 2; ++i) {
                if (done[task][i] || !ready(task, i)) continue;
                if (!has_share(task, i)) {
                    next = std::min(next.value_or(std::tuple(*ready(task, i), -1, task, i)),
                                    std::tuple(*ready(task, i), -1, task, i));
                } else if (tasks[task].kind == TaskGraph::Kind::Compute) {
                    const std::tuple found(std::max(*ready(task, i), units[i]), static_cast<int>(tasks[task].turn),
                                           task, i);
                    next = std::min(next.value_or(found), found);
                } else if (ready(task, 1 - i)) {
                    const std::tuple found(std::max({*ready(task, 0), *ready(task, 1), links}),
                                           static_cast<int>(tasks[task].rank), task, i);
                    next = std::min(next.value_or(found), found);
                }
            }
        }
        if (!next) break;
        const auto [start, priority, task, i] = *next;
        if (priority < 0) {
            done[task][i] = start;
        } else if (tasks[task].kind == TaskGraph::Kind::Compute) {
            units[i] = start + computed.cycles(task, i);
            done[task][i] = units[i];
        } else {
            const SegmentResult alone = exchange_alone(input, input.program.segments[task]);
            for (std::uint32_t member = 0; member < 2; ++member) done[task][member] = start + alone.ends[member];
            links = start + alone.cycles;
        }
    }
    Cycles end = 0;
    for (const auto& of_task : done) end = std::max({end, of_task[0].value(), of_task[1].value()});
    return end;
}

void expect_what_a_list_scheduler_finds(std::uint64_t seed) {
    SCOPED_TRACE(seed);
    tests::Random random(seed);
    const Network network = tests::random_network(random);
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    array.interconnect.bits_per_second = draw(random, 1, 1000) * 100'000'000;
    const Plan plan = tests::random_plan(random, 1, network.size());
    const StepShape step{draw(random, 2, 20), 4, PartialSums::Pooled};
    const tests::OverlappedStep overlapped_step(network, plan, step, array, overlapped(1, draw(random, 1, 5000)));
    const OverlappedProgram& input = overlapped_step.input;
    const OverlappedResult result = run_overlapped(input, {});
    EXPECT_EQ(list_schedule(input, result, ComputedTasks(input, {})), last_step(result, 1).end);
}

/// When the last task would end if everybody could do everything at once, and each group had the network to itself.
Cycles longest_row(const OverlappedProgram& input, const ComputedTasks& computed) {
    const std::size_t accelerators = input.topology.accelerator_count();
    std::vector<std::vector<Cycles>> ready(input.graph.tasks.size(), std::vector<Cycles>(accelerators));
    Cycles end = 0;
    for (const std::uint32_t task : input.graph.in_order()) {
        std::vector<Cycles> done = ready[task];
        const bool computes = input.graph.tasks[task].kind == TaskGraph::Kind::Compute;
        for (std::size_t i = 0; i < accelerators && computes; ++i) {
            const bool has_share = units_at_work(input.program, input.program.segments[task], i) > 0;
            if (has_share) done[i] += computed.cycles(task, i);
        }
        for (const ExchangeGroup& group : input.groups.all()) {
            if (group.segment != task) continue;
            Segment of_group = input.program.segments[task];
            of_group.flows = flows_of(group, input.program);
            const std::vector<Cycles> ends = exchange_alone(input, std::move(of_group)).ends;
            Cycles start = 0;
            for (const std::uint32_t member : group.members) start = std::max(start, ready[task][member]);
            for (const std::uint32_t member : group.members) done[member] = start + ends[member];
        }
        for (std::size_t i = 0; i < accelerators; ++i) {
            end = std::max(end, done[i]);
            for (const std::uint32_t next : input.graph.tasks[task].next) {
                ready[next][i] = std::max(ready[next][i], done[i]);
            }
        }
    }
    return end;
}

void expect_no_less_than_its_longest_row(std::uint64_t seed) {
    SCOPED_TRACE(seed);
    tests::RandomOperatorStep drawn(seed);
    ScheduleSpec schedule = random_schedule(drawn.random);
    schedule.steps = 1;
    try {
        const tests::OverlappedStep step(drawn.network, drawn.plan, drawn.step, drawn.array, schedule);
        const OverlappedProgram& input = step.input;
        EXPECT_GE(last_step(run_overlapped(input, {}), 1).end, longest_row(input, ComputedTasks(input, {})));
    } catch (const ConfigError& error) {
        SUCCEED() << error.what();
    }
}

TEST(OverlapDurations, IsWhatAListSchedulerFindsWhereNothingContends) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) expect_what_a_list_scheduler_finds(seed);
}

TEST(OverlapDurationsLong, IsWhatAListSchedulerFindsWhereNothingContends) {
    for (std::uint64_t seed = 31; seed <= 230; ++seed) expect_what_a_list_scheduler_finds(seed);
}

TEST(OverlapDurations, IsNeverFasterThanItsLongestRowOfTasksAlone) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) expect_no_less_than_its_longest_row(seed);
}

TEST(OverlapDurationsLong, IsNeverFasterThanItsLongestRowOfTasksAlone) {
    for (std::uint64_t seed = 41; seed <= 240; ++seed) expect_no_less_than_its_longest_row(seed);
}

}  // namespace
}  // namespace hypar
