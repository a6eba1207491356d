#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "arch/array/array_model.h"
#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/fast_forward.h"
#include "sim/replay/replay_hooks.h"
#include "sim/replay/sequencer.h"

namespace hypar {

struct KernelRunOptions {
    bool jumps = false;                ///< over what repeats itself
    std::vector<std::uint32_t> kinds;  ///< of the array's, by accelerator; none: all are alike
    /// Writes down what every part of the array does, at most so many slices of each in a segment; 0: does not.
    std::size_t most_slices = 0;
    OfferArrayState offer_state;  ///< empty: all that the array shows
    Progress progress;
};

/// What simulating took.
struct KernelUse {
    std::uint64_t events = 0;  ///< wake-ups of modules
    FastForwardUse fast_forward;
    bool was_stopped = false;  ///< `progress` said so
};

/// Runs a program on the accelerators of a topology in a kernel of its own, and hands the result of each segment to
/// `sink`. Throws RunError if it comes to a standstill before its end.
KernelUse run_kernel(const Program& program, const ArraySpec& array, const Topology& topology,
                     const KernelRunOptions& options, const SegmentSink& sink);

}  // namespace hypar
