#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "arch/kernel/time.h"

namespace hypar {

/// One direction of a wire between two nodes.
struct LinkSpec {
    std::size_t from = 0;  ///< node
    std::size_t to = 0;
    std::uint64_t bits_per_second = 1;
    Picoseconds latency = 1;
    std::optional<std::uint64_t> femtojoules_per_bit;  ///< none: as the array's energy table says for all
    std::uint64_t members = 1;                         ///< links beside each other that it is a trunk of
    bool from_endpoint = false;                        ///< it leaves an accelerator that has no router
    bool to_endpoint = false;                          ///< it ends in one

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.from, self.to, self.bits_per_second, self.latency, self.femtojoules_per_bit,
                        self.members, self.from_endpoint, self.to_endpoint);
    }
};

/// Nodes and directed links. Nodes 0 .. N-1 are the accelerators, the others switches.
class Graph {
public:
    std::size_t add_node(std::string name);
    void add_link(const LinkSpec& link);
    /// Adds both directions of a wire.
    void add_wire(LinkSpec link);
    /// Takes their routers from those of so many accelerators that one link each way joins to switches.
    void make_endpoints(std::size_t accelerators);
    /// Notes a link beside another one that carries nothing: no packet can take it.
    void add_idle_link(const LinkSpec& link) { idle_links_.push_back(link); }

    std::size_t node_count() const { return names_.size(); }
    const std::string& name(std::size_t node) const { return names_[node]; }
    const std::vector<LinkSpec>& links() const { return links_; }
    const std::vector<LinkSpec>& idle_links() const { return idle_links_; }
    /// Links that leave `node`, in the order in which they were added.
    const std::vector<std::size_t>& links_from(std::size_t node) const { return links_from_[node]; }
    /// Links that end in `node`, likewise.
    const std::vector<std::size_t>& links_into(std::size_t node) const { return links_into_[node]; }

    /// The first link from one node to another, which must be there.
    std::size_t link_between(std::size_t from, std::size_t to) const;

    /// Links that a shortest way from each node to `destination` has; kUnreachable where there is none.
    std::vector<std::uint32_t> distances_to(std::size_t destination) const;
    static constexpr std::uint32_t kUnreachable = UINT32_MAX;

    /// The narrowest cut between two sets of nodes: what links can carry from one to the other, and the nodes on the
    /// first side (Ford and Fulkerson, Canadian J. Math. 8, 1956).
    struct Cut {
        std::uint64_t bits_per_second = 0;
        std::vector<bool> side;  ///< by node
    };
    /// `from` and `to` say of nodes whether they are in them, of the first ones at least.
    Cut narrowest_cut(const std::vector<bool>& from, const std::vector<bool>& to) const;

private:
    std::vector<std::string> names_;
    std::vector<LinkSpec> links_;
    std::vector<LinkSpec> idle_links_;
    std::vector<std::vector<std::size_t>> links_from_;
    std::vector<std::vector<std::size_t>> links_into_;
};

}  // namespace hypar
