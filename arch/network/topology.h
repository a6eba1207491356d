#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "arch/network/graph.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/routing.h"
#include "arch/network/topology_family.h"

namespace hypar {

/// Links of a topology that do alike work.
struct LinkGroup {
    std::string name;  ///< "links acc-switch1", "x links", ...
    std::vector<std::size_t> links;
};

/// Of all links that leave, and that enter, an accelerator.
struct LinkSums {
    std::uint64_t leaving = 0;  ///< bits a second
    std::uint64_t entering = 0;

    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.leaving, self.entering);
    }
};

/// How much wire a topology is made of, in bits per second.
struct Wiring {
    struct Range {
        std::uint64_t least = 0;
        std::uint64_t most = 0;
    };
    std::uint64_t total = 0;  ///< of one direction of all links, idle ones too: half of what both have
    Range link;
    Range into_accelerator;  ///< all links that end there
};

/// Nodes and links of an interconnect with its routing. Nodes 0 .. N-1 are the accelerators.
class Topology {
public:
    /// Throws ConfigError (keys "accelerators", "topology", "interconnect...") where they do not go together.
    static Topology make(const InterconnectSpec& spec, std::uint64_t accelerators);

    /// The topology of some of its nodes, in ascending order, and of the links between them. Routes must stay within
    /// them. Must not outlive this one.
    Topology part(const std::vector<std::size_t>& nodes) const;
    /// Links between `nodes`, which are in ascending order: those of their part, in its order.
    std::vector<std::size_t> links_between(const std::vector<std::size_t>& nodes) const;

    /// The same, but that `change(index, link)` has changed links, though not their ends. Must not outlive this one.
    Topology with_links(const std::function<void(std::size_t, LinkSpec&)>& change) const;

    /// Every link in one group: of a tree by level, of a grid by dimension, of a dragonfly by what it joins; of a
    /// user's graph each wire, both ways, by itself.
    std::vector<LinkGroup> link_groups() const;

    /// Throws std::overflow_error.
    Wiring wiring() const;

    std::size_t accelerator_count() const { return accelerator_count_; }
    const Graph& graph() const { return *graph_; }
    std::size_t node_count() const { return graph_->node_count(); }
    const std::string& node_name(std::size_t node) const { return graph_->name(node); }
    const std::vector<LinkSpec>& links() const { return graph_->links(); }
    const std::vector<std::size_t>& links_from(std::size_t node) const { return graph_->links_from(node); }

    /// What an accelerator's local port keeps up with: of a part, too, with all links of the whole.
    const LinkSums& link_sums(std::size_t accelerator) const { return link_sums_[accelerator]; }
    /// The largest of any accelerator's: of a part, too, of the whole.
    const LinkSums& largest_link_sums() const { return largest_link_sums_; }

    /// Whether an accelerator has no router: its interface fills the one link that leaves it.
    bool is_endpoint(std::size_t accelerator) const;

    /// The deterministic way from a node to an accelerator.
    Route route(std::size_t node, std::size_t accelerator) const;
    /// Virtual channels that those ways use; above them are those that adaptive packets choose from.
    std::size_t routed_channels() const { return routed_channels_; }
    const Routing& routing() const { return *routing_; }

    const TopologyFamily& family() const { return *family_; }
    /// What the spec says or follows from the number of accelerators. Empty of a part.
    const TopologyFamily::Size& size() const { return size_; }
    /// Of a torus, mesh or ring: accelerators in each dimension, x first, in which accelerator 0 comes first and the
    /// next ones along x. Empty if it is none.
    const TopologyFamily::Size& grid() const;
    /// Accelerators along the first dimension; all of them where there is no grid.
    std::size_t row_length() const { return grid().empty() ? accelerator_count_ : grid().front(); }

    bool is_adaptive() const { return distances_ != nullptr; }
    /// Whether `link` is on a shortest way from where it starts to an accelerator. Of an adaptive one alone.
    bool is_closer(std::size_t link, std::size_t accelerator) const;

private:
    const TopologyFamily* family_ = nullptr;
    std::size_t accelerator_count_ = 0;
    std::size_t routed_channels_ = 1;
    TopologyFamily::Size size_;
    std::shared_ptr<const Graph> graph_;
    std::vector<LinkSums> link_sums_;  ///< by accelerator
    LinkSums largest_link_sums_;
    std::shared_ptr<const Routing> routing_;
    std::shared_ptr<const std::vector<std::vector<std::uint32_t>>> distances_;  ///< by accelerator and node
    const Topology* whole_ = nullptr;                                           ///< that this is a part of
    std::vector<std::size_t> whole_nodes_;                                      ///< by node of the part
    std::vector<std::size_t> whole_links_;                                      ///< by link of the part, ascending
};

}  // namespace hypar
