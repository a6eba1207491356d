#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/kernel/time.h"
#include "partition/redistribution.h"
#include "sim/analysis/exchange_bound.h"
#include "sim/overlap/overlapped_run.h"

namespace hypar {

constexpr std::array<Tensor, 5> kTensors = {Tensor::FeatureMaps, Tensor::Error, Tensor::Gradient, Tensor::Statistics,
                                            Tensor::Weights};

/// What an accelerator did in the last step; the four add up to it.
struct AcceleratorTime {
    Cycles computing = 0;
    Cycles exposed = 0;   ///< it took part in an exchange, and computed nothing
    Cycles waiting = 0;   ///< neither, and had something left to do
    Cycles finished = 0;  ///< it had nothing left to do

    Cycles idle() const { return waiting + finished; }
};

/// What a step cannot take less than in its order.
struct StepBound {
    Cycles computing = 0;  ///< of the accelerator that computes longest
    Cycles links = 0;      ///< of the link that carries most for its bandwidth
    Cycles chain =
        0;  ///< of tasks that need each other, exchanges as long as their bytes take on links; of a lone step

    Cycles longest() const;
};

/// What overlapped, of the last of the schedule's steps: from when all tasks of the one before had ended.
struct OverlapReport {
    Cycles cycles = 0;      ///< of the last step
    Cycles all_cycles = 0;  ///< of all steps
    std::uint64_t steps = 1;
    Cycles sequential_cycles = 0;  ///< of the same plan if nothing overlapped
    double reserved = 0;           ///< part of the memories' time that network interfaces have to themselves
    std::size_t last = 0;          ///< the accelerator that ended last: whose times layers have
    std::vector<AcceleratorTime> accelerators;
    std::array<Cycles, kTensors.size()> exposed{};  ///< of the last accelerator, by Tensor
    std::vector<Cycles> exposed_by_segment;         ///< of the last accelerator
    std::vector<ExchangeCycles> causes_by_segment;  ///< of exposed_by_segment, in proportion to those of the whole
    std::vector<Cycles> computing_by_segment;       ///< of the last accelerator
    std::vector<Cycles> exchange_by_segment;        ///< from a group's start to its last end, of the longest
    StepBound bound;
};

/// Throws RunError where an accelerator's time does not add up, or the step is faster than its bound.
OverlapReport overlap_report(const OverlappedProgram& input, const OverlappedResult& result);

}  // namespace hypar
