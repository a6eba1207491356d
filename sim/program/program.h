#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/flow.h"
#include "arch/network/interconnect_spec.h"
#include "arch/unit/tile_schedule.h"
#include "arch/unit/vector_work.h"
#include "collective/collective.h"
#include "partition/levels.h"
#include "workloads/phase.h"

namespace hypar {

/// What all accelerators do together before any goes on: a layer's phase is computed, by processing units and vector
/// units side by side, or a stage of one of its collectives runs. What it does not do is empty.
struct Segment {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    /// Numbers of the tile schedules in Program::schedules, by accelerator and processing unit; an accelerator or
    /// unit without work has none.
    std::vector<std::vector<std::uint32_t>> compute;
    std::vector<Flow> flows = {};  ///< each behind those that it starts after
    LevelSet levels = 0;           ///< that the groups of an exchange span
    /// Numbers of the vector units' schedules in Program::vector_schedules, by accelerator; one of no work where an
    /// accelerator has none. Empty where no vector unit works.
    std::vector<std::uint32_t> vector_work = {};
    std::uint64_t tensor_bytes = 0;  ///< of all that processing units read and make, on each accelerator once

    bool is_compute() const { return !compute.empty() || !vector_work.empty(); }
};

/// A collective of a program: its stages are segments that follow each other.
struct ProgramCollective {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    Tensor tensor = Tensor::FeatureMaps;
    CollectiveKind kind = CollectiveKind::AllReduce;
    LevelSet levels = 0;
    std::uint64_t members = 0;  ///< of a group
    CollectiveAlgorithm algorithm = CollectiveAlgorithm::Pairwise;
    std::uint64_t bytes = 0;  ///< that all accelerators send
    Picoseconds predicted = 0;
    Picoseconds bound = 0;
    std::size_t first_segment = 0;
    std::size_t segments = 0;
    /// The tensors of the step that it moves: several gradients of a bucket.
    std::vector<std::size_t> moved = {};
};

/// A plan lowered for one array: segments, which follow each other in a sequential schedule.
struct Program {
    std::vector<TileSchedule> schedules;  ///< each shape once
    std::vector<Segment> segments;
    std::vector<ProgramCollective> collectives = {};
    /// By operator of the step: the segment that computes it, or where it would stand, if nothing is to be computed.
    std::vector<std::size_t> operator_segments = {};
    std::vector<VectorSchedule> vector_schedules = {};  ///< each work once
    /// By operator of the step: whether a segment computes it.
    std::vector<bool> is_computed = {};
};

/// The number, for Segment::vector_work, of a work's schedule among the program's, which gets one unless it has it.
/// Of an array with a vector unit. Throws std::overflow_error for bytes beyond 64 bits.
std::uint32_t vector_schedule_of(Program& program, const VectorWork& work, const ArraySpec& array);

/// Whether an accelerator's vector unit has something to do in a segment.
bool has_vector_work(const Program& program, const Segment& segment, std::size_t accelerator);

/// Processing and vector units of an accelerator that have something to do in a segment.
std::uint64_t units_at_work(const Program& program, const Segment& segment, std::size_t accelerator);

/// Whether anything is computed.
bool computes(const Program& program);

/// Bytes that a program reads from and writes to all memories, as its schedules and exchanges say.
std::uint64_t planned_memory_bytes(const Program& program);

/// Bytes that its network interfaces send.
std::uint64_t planned_traffic_bytes(const Program& program);

}  // namespace hypar
