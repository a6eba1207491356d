#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/hardware_use.h"
#include "arch/network/topology.h"
#include "sim/overlap/exchange_groups.h"
#include "sim/overlap/memory_share.h"
#include "sim/program/program.h"
#include "sim/program/schedule_spec.h"
#include "sim/program/task_graph.h"
#include "sim/replay/replay.h"

namespace hypar {

/// What is run in an overlapped schedule.
struct OverlappedProgram {
    OverlappedProgram(const Program& of, TaskGraph tasks, MemoryShare share, const Topology& on,
                      const ScheduleSpec& in)
        : program(of),
          graph(std::move(tasks)),
          topology(on),
          schedule(in),
          groups(of, on),
          memory(std::move(share)) {}

    const Program& program;
    TaskGraph graph;
    const Topology& topology;
    ScheduleSpec schedule;
    ExchangeGroups groups;
    MemoryShare memory;
    /// By segment: what exchanges take in place of what their packets do; empty: what they do.
    std::vector<Cycles> exchange_cycles = {};
};

/// When an accelerator did its part of a task, in cycles from the beginning.
struct TaskTime {
    std::uint32_t accelerator = 0;
    std::uint32_t task = 0;
    std::uint32_t step = 0;
    Cycles start = 0;
    Cycles end = 0;
    // Where it computes:
    std::size_t unit = 0;           ///< that ended last, as of LastWorker
    std::size_t busiest_vault = 0;  ///< the first where some are equal
    ArrayCycles spent = {};         ///< of the unit

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.accelerator, self.task, self.step, self.start, self.end, self.unit, self.busiest_vault,
                        self.spent.multiply, self.spent.fill, self.spent.delivery, self.spent.buffer,
                        self.spent.drain, self.spent.vector);
    }
    friend bool operator==(const TaskTime& a, const TaskTime& b) { return numbers(a) == numbers(b); }
};

/// What a program did in an overlapped schedule, in all of its steps.
struct OverlappedResult {
    std::vector<TaskTime> tasks;      ///< by start, then accelerator, computing first
    std::vector<EventCounts> counts;  ///< by segment
    std::vector<InterfaceUse> accelerators;
    std::vector<LinkUse> links;           ///< by link of the topology
    std::uint64_t most_vault_bursts = 0;  ///< that one data bus moved
    std::uint64_t peak_buffer_bytes = 0;
    ReplayUse use;
};

/// The last of several steps: from when all tasks of those before have ended.
struct StepWindow {
    Cycles start = 0;
    Cycles end = 0;
};
StepWindow last_step(const OverlappedResult& result, std::uint64_t steps);

/// Full simulates the whole array at once. Fast finds the same integers from what tasks take that are simulated by
/// themselves; exchanges as well, as long as none meet, and else on the whole network. Throws RunError if it
/// comes to a standstill, or is stopped.
OverlappedResult run_overlapped(const OverlappedProgram& input, const ReplayOptions& options);

class ComputedTasks;

/// Everything at once, event by event.
OverlappedResult simulate_whole(const OverlappedProgram& input, const ReplayOptions& options);
/// Exchanges as pieces that are simulated by themselves. None if any meet that are not of one piece.
std::optional<OverlappedResult> compose_pieces(const OverlappedProgram& input, const ComputedTasks& computed,
                                               const ReplayOptions& options);
/// All exchanges at once on the whole network, beside what was computed by itself.
OverlappedResult simulate_network(const OverlappedProgram& input, const ComputedTasks& computed,
                                  const ReplayOptions& options);

/// What crossing links counts for the flows of a segment whose packets take the deterministic way, or a shortest one
/// where they choose.
EventCounts link_counts(const std::vector<Flow>& flows, const InterconnectSpec& spec, const Topology& topology);

}  // namespace hypar
