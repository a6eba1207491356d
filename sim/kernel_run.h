#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "arch/array.h"
#include "arch/array_model.h"
#include "arch/topology.h"
#include "sim/fast_forward.h"
#include "sim/program.h"
#include "sim/sequencer.h"

namespace hypar {

/// Told now and then how much of the work, 0 to 1, is done; asked whether to go on.
using Progress = std::function<bool(double)>;

/// What an array shows of its state: all of it. Tests hide a part, to see that it would be missed.
using OfferArrayState = std::function<void(ArrayModel&, StateVisitor&)>;

struct KernelRunOptions {
    bool jumps = false;  ///< over what repeats itself
    /// Writes down what every part of the array does, at most so many slices of each in a segment; 0: does not.
    std::size_t most_slices = 0;
    OfferArrayState offer_state = [](ArrayModel& model, StateVisitor& visitor) { model.offer_state(visitor); };
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
