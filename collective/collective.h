#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/exchange.h"
#include "partition/levels.h"

namespace hypar {

enum class CollectiveKind { AllReduce, ReduceScatter, AllGather, Swap };

const char* name_of(CollectiveKind kind);

/// What the accelerators of a group do together, said without how. All groups do it at once.
struct Collective {
    CollectiveKind kind = CollectiveKind::AllReduce;
    Tensor tensor = Tensor::FeatureMaps;
    LevelSet levels = 0;  ///< that a group spans
    /// By accelerator: bytes of the block that is its own after a reduce-scatter, and before an all-gather. The
    /// blocks of a group are all that its members add up, or have in the end. Empty for a swap.
    std::vector<std::uint64_t> blocks;
    std::vector<Exchange> exchanges;  ///< that it stands for, level by level

    /// That all accelerators send together, however it is done.
    std::uint64_t bytes() const;
    bool scatters() const { return kind == CollectiveKind::AllReduce || kind == CollectiveKind::ReduceScatter; }
    bool gathers() const { return kind == CollectiveKind::AllReduce || kind == CollectiveKind::AllGather; }
};

/// The collectives of a layer's exchanges, in their order. Of one redistribution, reduce-scatters of consecutive
/// levels are one, so are all-gathers, and both together where the blocks of one tensor are the same. A swap is one
/// at each level, and so are a border, and reduce-scatters and all-gathers of blocks that overlap.
std::vector<Collective> collectives_of(const std::vector<Exchange>& exchanges, const Levels& levels);

/// Each group's members, by position; groups by their first member.
std::vector<std::vector<std::uint64_t>> groups_of(LevelSet set, const Levels& levels);

}  // namespace hypar
