#include "arch/topology.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "base/error.h"

namespace hypar {
namespace {

std::size_t log2_of(std::uint64_t accelerators) {
    std::size_t levels = 0;
    while (std::uint64_t{1} << levels < accelerators) ++levels;
    if (std::uint64_t{1} << levels != accelerators) {
        throw ConfigError("accelerators",
                          fmt::format("a binary H-tree and a torus take a power of two, not {}; "
                                      "the nearest are {} and {}",
                                      accelerators, std::uint64_t{1} << (levels - 1), std::uint64_t{1} << levels));
    }
    return levels;
}

std::uint64_t share(std::uint64_t total_bits_per_second, std::uint64_t links) {
    const std::uint64_t bits_per_second = total_bits_per_second / links;
    if (bits_per_second == 0) {
        throw ConfigError(
            "array.interconnect.total_bandwidth",
            fmt::format("{} bits per second leave nothing for each of {} links", total_bits_per_second, links));
    }
    return bits_per_second;
}

}  // namespace

/// Switches pair up the nodes below them, level by level; all links of a level share the total bandwidth.
class HTreeBuilder {
public:
    static void build(Topology& tree, const InterconnectSpec& spec, std::size_t levels) {
        std::vector<std::size_t> below;
        for (std::size_t node = 0; node < tree.node_count(); ++node) below.push_back(node);
        for (std::size_t level = 1; level <= levels; ++level) {
            const std::uint64_t bits_per_second = share(spec.total_bits_per_second, below.size());
            std::vector<std::size_t> switches;
            for (std::size_t index = 0; index < below.size() / 2; ++index) {
                switches.push_back(tree.add_node(fmt::format("switch{}.{}", level, index)));
                tree.parent_.push_back(switches.back());
                for (const std::size_t child : {below[2 * index], below[2 * index + 1]}) {
                    tree.parent_[child] = switches.back();
                    tree.add_wire(child, switches.back(), bits_per_second);
                }
            }
            below = std::move(switches);
        }
    }
};

/// Accelerator i stands in column i mod width and row i / width. A ring of two nodes has one wire.
class TorusBuilder {
public:
    static void build(Topology& torus, const InterconnectSpec& spec, std::size_t levels) {
        torus.width_ = std::size_t{1} << ((levels + 1) / 2);
        torus.height_ = std::size_t{1} << (levels / 2);
        const std::size_t wires = ring_wires(torus.width_) * torus.height_ + ring_wires(torus.height_) * torus.width_;
        const std::uint64_t bits_per_second = wires == 0 ? 0 : share(spec.total_bits_per_second, wires);
        for (std::size_t row = 0; row < torus.height_; ++row) {
            for (std::size_t column = 0; column < ring_wires(torus.width_); ++column) {
                const std::size_t next = (column + 1) % torus.width_;
                torus.add_wire(row * torus.width_ + column, row * torus.width_ + next, bits_per_second);
            }
        }
        for (std::size_t column = 0; column < torus.width_; ++column) {
            for (std::size_t row = 0; row < ring_wires(torus.height_); ++row) {
                const std::size_t next = (row + 1) % torus.height_;
                torus.add_wire(row * torus.width_ + column, next * torus.width_ + column, bits_per_second);
            }
        }
    }

private:
    static std::size_t ring_wires(std::size_t size) { return size == 1 ? 0 : (size == 2 ? 1 : size); }
};

Topology Topology::make(const InterconnectSpec& spec, std::uint64_t accelerators) {
    const std::size_t levels = log2_of(accelerators);
    Topology topology;
    topology.kind_ = spec.topology;
    topology.accelerator_count_ = accelerators;
    for (std::size_t index = 0; index < accelerators; ++index) {
        topology.parent_.push_back(topology.add_node(fmt::format("acc{}", index)));
    }
    switch (spec.topology) {
        case TopologyKind::HTree: HTreeBuilder::build(topology, spec, levels); break;
        case TopologyKind::Torus: TorusBuilder::build(topology, spec, levels); break;
    }
    return topology;
}

std::vector<std::size_t> Topology::links_between(const std::vector<std::size_t>& nodes) const {
    std::vector<std::size_t> links;
    for (const std::size_t node : nodes) {
        for (const std::size_t link : links_from_[node]) {
            if (std::binary_search(nodes.begin(), nodes.end(), links_[link].to)) links.push_back(link);
        }
    }
    std::sort(links.begin(), links.end());
    return links;
}

Topology Topology::part(const std::vector<std::size_t>& nodes) const {
    Topology part;
    part.whole_ = this;
    part.whole_nodes_ = nodes;
    part.whole_links_ = links_between(nodes);
    for (const std::size_t node : nodes) {
        part.add_node(node_names_[node]);
        if (node < accelerator_count_) ++part.accelerator_count_;
    }
    const auto number = [&](std::size_t node) {
        return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
    };
    for (const std::size_t link : part.whole_links_) {
        const LinkSpec& whole = links_[link];
        part.links_.push_back({number(whole.from), number(whole.to), whole.bits_per_second});
        part.links_from_[part.links_.back().from].push_back(part.links_.size() - 1);
    }
    return part;
}

std::size_t Topology::add_node(std::string name) {
    node_names_.push_back(std::move(name));
    links_from_.emplace_back();
    return node_names_.size() - 1;
}

void Topology::add_wire(std::size_t a, std::size_t b, std::uint64_t bits_per_second) {
    for (const LinkSpec& link : {LinkSpec{a, b, bits_per_second}, LinkSpec{b, a, bits_per_second}}) {
        links_from_[link.from].push_back(links_.size());
        links_.push_back(link);
    }
}

std::size_t Topology::link_between(std::size_t from, std::size_t to) const {
    for (const std::size_t link : links_from_[from]) {
        if (links_[link].to == to) return link;
    }
    assert(false && "neighbours are joined by a link");
    return links_.size();
}

Route Topology::route(std::uint64_t source, std::uint64_t destination) const {
    if (whole_ != nullptr) return route_of_part(source, destination);
    switch (kind_) {
        case TopologyKind::HTree: return route_up_and_down(source, destination);
        case TopologyKind::Torus: return route_by_dimension(source, destination);
    }
    return {};
}

Route Topology::route_of_part(std::uint64_t source, std::uint64_t destination) const {
    Route route = whole_->route(whole_nodes_[source], whole_nodes_[destination]);
    for (Hop& hop : route) {
        const auto found = std::lower_bound(whole_links_.begin(), whole_links_.end(), hop.link);
        assert(found != whole_links_.end() && *found == hop.link);
        hop.link = static_cast<std::size_t>(found - whole_links_.begin());
    }
    return route;
}

Route Topology::route_up_and_down(std::uint64_t source, std::uint64_t destination) const {
    Route up;
    Route down;
    std::size_t left = source;
    std::size_t right = destination;
    // All leaves are equally deep, so both sides climb in step until they meet.
    while (left != right) {
        up.push_back({link_between(left, parent_[left]), 0});
        down.push_back({link_between(parent_[right], right), 0});
        left = parent_[left];
        right = parent_[right];
    }
    up.insert(up.end(), down.rbegin(), down.rend());
    return up;
}

Route Topology::route_by_dimension(std::uint64_t source, std::uint64_t destination) const {
    Route route;
    const std::size_t node = follow_ring(route, source, 1, width_, destination % width_);
    follow_ring(route, node, width_, height_, destination / width_);
    return route;
}

std::size_t Topology::follow_ring(Route& route, std::size_t node, std::size_t stride, std::size_t size,
                                  std::size_t target) const {
    std::size_t position = node / stride % size;
    const std::size_t forward = (target + size - position) % size;
    const std::size_t backward = size - forward;
    // Where both ways are equally long, even positions go forward and odd ones back, so that both carry load.
    const bool goes_forward = forward < backward || (forward == backward && position % 2 == 0);
    // Dateline: from the link that closes the ring on, packets use the second virtual channel. No chain of links
    // that wait for each other then closes a circle.
    std::size_t virtual_channel = 0;
    while (position != target) {
        const std::size_t next = goes_forward ? (position + 1) % size : (position + size - 1) % size;
        if (size > 2 && (goes_forward ? next == 0 : position == 0)) virtual_channel = 1;
        const std::size_t next_node = node - position * stride + next * stride;
        route.push_back({link_between(node, next_node), virtual_channel});
        node = next_node;
        position = next;
    }
    return node;
}

}  // namespace hypar
