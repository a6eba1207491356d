#pragma once

#include <cstdint>
#include <vector>

#include "arch/array/flow.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "collective/collective.h"
#include "partition/levels.h"

namespace hypar {

/// What all accelerators do before any goes on.
struct Stage {
    LevelSet levels = 0;
    std::vector<Flow> flows;
};

/// Where a collective is carried out.
struct CollectivePlace {
    const Levels& levels;
    const Topology& topology;
    std::uint64_t element_bytes;
    std::uint64_t packet_bytes;
};

/// A way to carry out collectives. All send the same bytes in all; what the others are for swaps is `direct`.
struct AlgorithmModel {
    CollectiveAlgorithm algorithm;
    const char* description;
    /// The largest group of a collective of this kind that it takes.
    std::uint64_t (*most_members)(CollectiveKind kind);
    std::vector<Stage> (*lower)(const Collective& collective, const CollectivePlace& place);
};

// collective/pairwise.cpp
AlgorithmModel pairwise_model();
// collective/ring.cpp
AlgorithmModel ring_model();
// collective/bucket.cpp
AlgorithmModel bucket_model();
// collective/direct.cpp
AlgorithmModel direct_model();
// collective/tree.cpp
AlgorithmModel tree_model();

/// Of every algorithm but `best`.
const std::vector<AlgorithmModel>& algorithm_models();
const AlgorithmModel& model_of(CollectiveAlgorithm algorithm);

/// `most_members` of one that takes all.
std::uint64_t groups_of_any_size(CollectiveKind kind);

/// The part of `bytes`, which are whole elements, that falls to one of `parts`: they differ by an element at most,
/// the first ones are the larger.
std::uint64_t part_of_bytes(std::uint64_t bytes, std::uint64_t part, std::uint64_t parts,
                            std::uint64_t element_bytes);

}  // namespace hypar
