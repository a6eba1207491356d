#pragma once

#include <cstdint>

#include "base/fields.h"

namespace hypar {

/// How the accelerators of a group carry out a collective.
enum class CollectiveAlgorithm : std::uint8_t {
    Pairwise,  ///< level by level, each with one other at a time: recursive halving and doubling
    Ring,      ///< two opposite rings through the group
    Bucket,    ///< rings along each dimension in turn, all dimensions and both directions at once
    Direct,    ///< each with all others at once
    Tree,      ///< spanning trees, packed by the links' bandwidths
    Best,      ///< the one of these whose predicted time is least
};

constexpr Choice<CollectiveAlgorithm> kCollectiveAlgorithms[] = {
    {"pairwise", CollectiveAlgorithm::Pairwise}, {"ring", CollectiveAlgorithm::Ring},
    {"bucket", CollectiveAlgorithm::Bucket},     {"direct", CollectiveAlgorithm::Direct},
    {"tree", CollectiveAlgorithm::Tree},         {"best", CollectiveAlgorithm::Best}};

constexpr const char* name_of(CollectiveAlgorithm algorithm) { return name_in(kCollectiveAlgorithms, algorithm); }

/// The algorithm for each kind of collective.
struct CollectiveSpec {
    CollectiveAlgorithm all_reduce = CollectiveAlgorithm::Best;
    CollectiveAlgorithm reduce_scatter = CollectiveAlgorithm::Best;
    CollectiveAlgorithm all_gather = CollectiveAlgorithm::Best;
    CollectiveAlgorithm swap = CollectiveAlgorithm::Best;

    static CollectiveSpec all(CollectiveAlgorithm algorithm) { return {algorithm, algorithm, algorithm, algorithm}; }

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        const auto algorithm = one_of(kCollectiveAlgorithms, "pairwise, ring, bucket, direct, tree or best");
        const auto key = [](const char* name, const char* meaning) {
            return Key(name, meaning).optional().deciding(Decides::Nothing);
        };
        visit(key("all-reduce", "of gradients, and of sums that are wanted whole"), self.all_reduce, algorithm);
        visit(key("reduce-scatter", "of sums that are wanted in shares"), self.reduce_scatter, algorithm);
        visit(key("all-gather", "of shares that are wanted whole"), self.all_gather, algorithm);
        visit(key("swap",
                  "of shares of one dimension for those of another, and of rows at borders: `pairwise`, or else "
                  "`direct`"),
              self.swap, algorithm);
    }
};

}  // namespace hypar
