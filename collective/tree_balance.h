#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "collective/tree_packing.h"

namespace hypar {

/// Exchanges edges of spanning trees of one graph until none is in more of them than `most`. Each exchange goes the
/// shortest way: an edge too many leaves a tree for another one, which if it is then too many leaves another tree,
/// and so on (matroid partition; Edmonds, J. Res. NBS 69B, 1965). `edges` are places, each pair once. Returns whether
/// it came to its end; otherwise the trees stay as they were.
bool balance_trees(std::vector<SpanningTree>& trees, const std::vector<std::pair<std::size_t, std::size_t>>& edges,
                   std::size_t most);

}  // namespace hypar
