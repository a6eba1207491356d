#pragma once

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "collective/tree_packing.h"

namespace hypar::tests {

/// Every place once, each behind its parent, from the root on.
inline void expect_spanning(const SpanningTree& tree, std::size_t root, std::size_t places) {
    ASSERT_EQ(tree.order.size(), places);
    ASSERT_EQ(tree.order.front(), root);
    ASSERT_EQ(tree.parent[root], root);
    std::vector<bool> is_reached(places);
    for (const std::size_t place : tree.order) {
        ASSERT_FALSE(is_reached[place]);
        ASSERT_TRUE(place == root || is_reached[tree.parent[place]]);
        is_reached[place] = true;
    }
}

}  // namespace hypar::tests
