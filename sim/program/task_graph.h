#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/program/program.h"
#include "workloads/network.h"
#include "workloads/step_graph.h"

namespace hypar {

/// What each accelerator does in a step, and what it needs for it. All accelerators have the same tasks; one that has
/// no share in a task has done it as soon as it has what the task needs.
struct TaskGraph {
    enum class Kind : std::uint8_t {
        Compute,   ///< the segment of its number
        Exchange,  ///< the segment of its number: a stage of a collective
        Nothing,   ///< an operator without work, through which tensors pass
    };
    /// Which of several that an accelerator could compute.
    enum class Turn : std::uint8_t {
        First,    ///< an update that others gather
        InOrder,  ///< all but updates, in the program's order
        Last,     ///< an update that nothing in its step waits for
    };
    struct Task {
        Kind kind = Kind::Nothing;
        Turn turn = Turn::InOrder;
        /// Of an exchange, which of several with errors first: 0 of what operators wait for, 1 of gradients, for
        /// which updates do, and above of weights, those first that the next step reads first.
        std::uint32_t rank = 0;
        std::uint32_t needs = 0;  ///< tasks of the same step
        std::uint32_t needs_of_step_before = 0;
        std::vector<std::uint32_t> next;  ///< that need it, in the same step
        std::vector<std::uint32_t> next_of_step_after;
    };
    /// Those of segments by their numbers, then the others.
    std::vector<Task> tasks;

    /// Each behind those that it needs; fewer than all if some wait for each other.
    std::vector<std::uint32_t> in_order() const;
};

/// The tasks of a program that was lowered from `step`. Computing follows the program's order, but for updates, which
/// come at once, if others gather what they make, or when there is time; an exchange needs those who make what it
/// moves, and an operator what it reads: where it has moved, its arrival. A layer's forward phase needs its weights
/// of the step before: their update and, where others updated parts of them, their arrival.
TaskGraph task_graph(const Network& network, const StepGraph& step, const Program& program);

}  // namespace hypar
