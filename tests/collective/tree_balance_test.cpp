#include "collective/tree_balance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "collective/tree_packing.h"
#include "tests/collective/spanning.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using Edge = std::pair<std::size_t, std::size_t>;
using Edges = std::vector<Edge>;

std::vector<std::size_t> uses(const std::vector<SpanningTree>& trees, const Edges& edges) {
    std::vector<std::size_t> count;
    for (const auto& [a, b] : edges) {
        count.push_back(0);
        for (const SpanningTree& tree : trees) {
            if (tree.parent[a] == b || tree.parent[b] == a) ++count.back();
        }
    }
    return count;
}

bool has_edge(const Edges& edges, std::size_t a, std::size_t b) {
    return std::find(edges.begin(), edges.end(), Edge(std::min(a, b), std::max(a, b))) != edges.end();
}

/// A tree over edges in a random order.
SpanningTree random_tree(std::mt19937& random, std::size_t places, Edges edges) {
    SpanningTree tree{std::vector<std::size_t>(places, SIZE_MAX), {0}};
    tree.parent[0] = 0;
    while (tree.order.size() < places) {
        std::shuffle(edges.begin(), edges.end(), random);
        const auto leaves = std::find_if(edges.begin(), edges.end(), [&](const Edge& edge) {
            return (tree.parent[edge.first] == SIZE_MAX) != (tree.parent[edge.second] == SIZE_MAX);
        });
        auto [from, to] = *leaves;
        if (tree.parent[from] == SIZE_MAX) std::swap(from, to);
        tree.parent[to] = from;
        tree.order.push_back(to);
    }
    return tree;
}

/// A random connected graph without parallel edges.
Edges random_graph(std::mt19937& random, std::size_t places) {
    std::set<Edge> edges;
    for (std::size_t place = 1; place < places; ++place) edges.insert({random_between(random, 0, place - 1), place});
    for (std::uint64_t more = random_between(random, 0, 4); more > 0; --more) {
        const std::size_t a = random_between(random, 0, places - 1);
        const std::size_t b = random_between(random, 0, places - 1);
        if (a != b) edges.insert({std::min(a, b), std::max(a, b)});
    }
    return {edges.begin(), edges.end()};
}

/// Whether edges, by bits, are a spanning tree.
bool is_spanning(std::uint64_t bits, const Edges& edges, std::size_t places) {
    std::vector<std::size_t> part(places);
    for (std::size_t place = 0; place < places; ++place) part[place] = place;
    std::size_t parts = places;
    for (std::size_t edge = 0; edge < edges.size(); ++edge) {
        if ((bits >> edge & 1U) == 0) continue;
        const std::size_t from = part[edges[edge].first];
        const std::size_t to = part[edges[edge].second];
        if (from == to) return false;
        std::replace(part.begin(), part.end(), from, to);
        --parts;
    }
    return parts == 1;
}

/// The least that the busiest edge of so many trees can have, of all choices.
std::size_t least_use(std::size_t trees, const Edges& edges, std::size_t places, std::vector<std::size_t>& use,
                      std::uint64_t first = 0) {
    if (trees == 0) return *std::max_element(use.begin(), use.end());
    std::size_t least = SIZE_MAX;
    for (std::uint64_t bits = first; bits < std::uint64_t{1} << edges.size(); ++bits) {
        if (!is_spanning(bits, edges, places)) continue;
        for (std::size_t edge = 0; edge < edges.size(); ++edge) use[edge] += bits >> edge & 1U;
        least = std::min(least, least_use(trees - 1, edges, places, use, bits));
        for (std::size_t edge = 0; edge < edges.size(); ++edge) use[edge] -= bits >> edge & 1U;
    }
    return least;
}

TEST(BalanceTrees, ComesToTheLeastThatAnyTreesHave) {
    int refused = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const std::size_t places = random_between(random, 3, 5);
        const Edges edges = random_graph(random, places);
        const std::size_t count = random_between(random, 1, 3);
        std::vector<std::size_t> none(edges.size());
        const std::size_t least = least_use(count, edges, places, none);
        for (std::size_t most = 1; most <= count; ++most) {
            std::vector<SpanningTree> trees;
            for (std::size_t tree = 0; tree < count; ++tree) trees.push_back(random_tree(random, places, edges));
            const std::vector<std::size_t> before = uses(trees, edges);
            ASSERT_EQ(balance_trees(trees, edges, most), most >= least) << most;
            const std::vector<std::size_t> after = uses(trees, edges);
            if (most < least) {
                ASSERT_EQ(after, before);
                ++refused;
            } else {
                ASSERT_LE(*std::max_element(after.begin(), after.end()), most);
            }
            for (const SpanningTree& tree : trees) {
                ASSERT_NO_FATAL_FAILURE(tests::expect_spanning(tree, 0, places));
                for (std::size_t place = 1; place < places; ++place) {
                    ASSERT_TRUE(has_edge(edges, place, tree.parent[place]));
                }
            }
        }
    }
    EXPECT_GT(refused, 30);
}

}  // namespace
}  // namespace hypar
