#include "collective/tree_balance.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

namespace hypar {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

class Balance {
public:
    Balance(const std::vector<SpanningTree>& trees, const std::vector<Pair>& edges, std::size_t most)
        : edges_(edges), most_(most), places_(trees.front().parent.size()), use_(edges.size()) {
        for (const SpanningTree& tree : trees) {
            has_.emplace_back(edges.size());
            edges_at_.emplace_back(places_);
            for (std::size_t edge = 0; edge < edges.size(); ++edge) {
                const auto& [a, b] = edges[edge];
                const bool is_in = tree.parent[a] == b || tree.parent[b] == a;
                if (!is_in) continue;
                add(has_.size() - 1, edge);
                ++use_[edge];
            }
        }
    }

    bool run() {
        for (std::size_t edge = 0; edge < edges_.size(); ++edge) {
            while (use_[edge] > most_) {
                if (!relieve(edge)) return false;
            }
        }
        return true;
    }

    SpanningTree tree(std::size_t number, std::size_t root) const {
        SpanningTree tree{std::vector<std::size_t>(places_, SIZE_MAX), {root}};
        tree.parent[root] = root;
        for (std::size_t next = 0; next < tree.order.size(); ++next) {
            const std::size_t at = tree.order[next];
            for (const std::size_t edge : edges_at_[number][at]) {
                const std::size_t other = other_end(edge, at);
                if (tree.parent[other] != SIZE_MAX) continue;
                tree.parent[other] = at;
                tree.order.push_back(other);
            }
        }
        return tree;
    }

private:
    /// How an edge came to be one too many: it took the place of another one in a tree.
    struct Step {
        std::size_t edge = 0;
        std::size_t tree = 0;
    };

    bool relieve(std::size_t first) {
        std::vector<std::optional<Step>> from(edges_.size());
        std::vector<bool> is_seen(edges_.size());
        std::deque<std::size_t> open{first};
        is_seen[first] = true;
        while (!open.empty()) {
            const std::size_t edge = open.front();
            open.pop_front();
            for (std::size_t tree = 0; tree < has_.size(); ++tree) {
                if (!has_[tree][edge]) continue;
                for (const std::size_t other : replacements(tree, edge)) {
                    if (is_seen[other]) continue;
                    is_seen[other] = true;
                    from[other] = Step{edge, tree};
                    if (use_[other] < most_) {
                        exchange(first, other, from);
                        return true;
                    }
                    open.push_back(other);
                }
            }
        }
        return false;
    }

    void exchange(std::size_t first, std::size_t last, const std::vector<std::optional<Step>>& from) {
        ++use_[last];
        --use_[first];
        for (std::size_t edge = last; edge != first; edge = from[edge]->edge) {
            add(from[edge]->tree, edge);
            remove(from[edge]->tree, from[edge]->edge);
        }
    }

    void add(std::size_t tree, std::size_t edge) {
        has_[tree][edge] = true;
        for (const std::size_t end : {edges_[edge].first, edges_[edge].second}) edges_at_[tree][end].insert(edge);
    }
    void remove(std::size_t tree, std::size_t edge) {
        has_[tree][edge] = false;
        for (const std::size_t end : {edges_[edge].first, edges_[edge].second}) edges_at_[tree][end].erase(edge);
    }
    std::size_t other_end(std::size_t edge, std::size_t end) const {
        return edges_[edge].first == end ? edges_[edge].second : edges_[edge].first;
    }

    /// Edges not in a tree that join the two parts into which it falls without one of its own.
    std::vector<std::size_t> replacements(std::size_t tree, std::size_t without) const {
        std::vector<bool> is_inside(places_);
        std::vector<std::size_t> open{edges_[without].first};
        is_inside[open.front()] = true;
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            for (const std::size_t edge : edges_at_[tree][at]) {
                const std::size_t next = other_end(edge, at);
                if (edge == without || is_inside[next]) continue;
                is_inside[next] = true;
                open.push_back(next);
            }
        }
        std::vector<std::size_t> found;
        for (std::size_t edge = 0; edge < edges_.size(); ++edge) {
            if (!has_[tree][edge] && is_inside[edges_[edge].first] != is_inside[edges_[edge].second]) {
                found.push_back(edge);
            }
        }
        return found;
    }

    const std::vector<Pair>& edges_;
    std::size_t most_;
    std::size_t places_;
    std::vector<std::vector<bool>> has_;                        ///< by tree and edge
    std::vector<std::vector<std::set<std::size_t>>> edges_at_;  ///< of a tree, by tree and place
    std::vector<std::size_t> use_;                              ///< trees, by edge
};

}  // namespace

bool balance_trees(std::vector<SpanningTree>& trees, const std::vector<Pair>& edges, std::size_t most) {
    Balance balance(trees, edges, most);
    if (!balance.run()) return false;
    for (std::size_t tree = 0; tree < trees.size(); ++tree) {
        trees[tree] = balance.tree(tree, trees[tree].order.front());
    }
    return true;
}

}  // namespace hypar
