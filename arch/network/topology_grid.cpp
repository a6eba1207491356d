// Torus, mesh and ring: accelerators on a grid, each joined to its neighbours in every dimension.

#include "arch/network/topology_grid.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"

namespace hypar {
namespace {

constexpr std::size_t kMostDimensions = 3;

/// Dimension order: along x first, then y, then z, in each the shorter way round.
class GridRouting final : public Routing {
public:
    GridRouting(const Graph& graph, std::vector<std::uint64_t> size, bool wraps, const ChannelClasses& channels)
        : graph_(graph), size_(std::move(size)), wraps_(wraps), channels_(channels) {}

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route route;
        // How far the accelerator is in the other dimensions, so that rows of a grid stay alike.
        const std::size_t apart = distance(node, accelerator);
        std::size_t stride = 1;
        for (const std::uint64_t length : size_) {
            const std::size_t position = node / stride % length;
            const std::size_t target = accelerator / stride % length;
            const std::size_t place = target + apart + length - (target + length - position) % length;
            node = follow_line(route, node, stride, length, accelerator, place);
            stride *= length;
        }
        return route;
    }

    ChannelClasses::Range alike(std::size_t channel) const override {
        return wraps_ ? channels_.half_of(channel) : channels_.any();
    }

private:
    /// Steps forward in all dimensions together.
    std::size_t distance(std::size_t node, std::size_t accelerator) const {
        std::size_t sum = 0;
        for (const std::uint64_t length : size_) {
            sum += (accelerator % length + length - node % length) % length;
            node /= length;
            accelerator /= length;
        }
        return sum;
    }

    /// Appends the way along one line or ring, in the channels of `place`; returns the node where it ends.
    std::size_t follow_line(Route& route, std::size_t node, std::size_t stride, std::size_t length,
                            std::size_t target_node, std::size_t place) const {
        std::size_t position = node / stride % length;
        const std::size_t target = target_node / stride % length;
        const bool closes = wraps_ && length > 2;
        const bool goes_forward = forward(position, target, length, closes);
        const bool crosses = closes && (goes_forward ? target < position : target > position);
        bool has_crossed = false;
        while (position != target) {
            const std::size_t next = goes_forward ? (position + 1) % length : (position + length - 1) % length;
            // Dateline: a packet that takes the link that closes the ring is in the low channels before it and in
            // the high ones from it on, so no chain of packets that wait for each other closes a circle.
            has_crossed |= closes && (goes_forward ? next == 0 : position == 0);
            const ChannelClasses::Range range =
                !crosses ? channels_.any() : (has_crossed ? channels_.high() : channels_.low());
            const std::size_t next_node = node - position * stride + next * stride;
            route.push_back({graph_.link_between(node, next_node), ChannelClasses::pick(range, place)});
            node = next_node;
            position = next;
        }
        return node;
    }

    /// Where both ways round a ring are equally long, even positions go forward and odd ones back, so that both
    /// directions carry load.
    static bool forward(std::size_t position, std::size_t target, std::size_t length, bool closes) {
        if (!closes) return target > position;
        const std::size_t ahead = (target + length - position) % length;
        return ahead < length - ahead || (ahead == length - ahead && position % 2 == 0);
    }

    const Graph& graph_;
    std::vector<std::uint64_t> size_;
    bool wraps_;
    ChannelClasses channels_;
};

/// Calls `join(a, b)` for each pair of neighbours.
template <typename Join>
void for_each_wire(const std::vector<std::uint64_t>& size, bool wraps, std::size_t nodes, Join join) {
    std::size_t stride = 1;
    for (const std::uint64_t length : size) {
        for (std::size_t node = 0; node < nodes; ++node) {
            const std::size_t position = node / stride % length;
            const std::size_t next = (position + 1) % length;
            const bool is_last = next == 0;
            if (is_last && (!wraps || length <= 2)) continue;
            join(node, node - position * stride + next * stride);
        }
        stride *= length;
    }
}

template <bool wraps>
std::unique_ptr<Routing> build_grid(Graph& graph, const InterconnectSpec& spec, const TopologyFamily::Size& size,
                                    const ChannelClasses& channels) {
    std::uint64_t wires = 0;
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t, std::size_t) { ++wires; });
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, wires);
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t a, std::size_t b) {
        graph.add_wire({a, b, bits_per_second, spec.link_latency, {}});
    });
    return std::make_unique<GridRouting>(graph, size, wraps, channels);
}

/// Two dimensions as equal as can be, the first one the longer.
TopologyFamily::Size squarest(std::uint64_t accelerators) {
    std::uint64_t height = 1;
    for (std::uint64_t side = 1; side <= accelerators / side; ++side) {
        if (accelerators % side == 0) height = side;
    }
    return {accelerators / height, height};
}

/// How far apart two nodes are in each dimension, as positions go.
std::vector<std::uint64_t> apart(const TopologyFamily::Size& size, std::size_t a, std::size_t b) {
    std::vector<std::uint64_t> distances;
    for (const std::uint64_t length : size) {
        distances.push_back(std::max(a % length, b % length) - std::min(a % length, b % length));
        a /= length;
        b /= length;
    }
    return distances;
}

/// By the dimension in which two neighbours are at different positions.
std::vector<std::string> grid_link_groups(const Topology& topology) {
    constexpr const char* kAxes[kMostDimensions] = {"x", "y", "z"};
    std::vector<std::string> names;
    for (const LinkSpec& link : topology.links()) {
        const std::vector<std::uint64_t> distances = apart(topology.size(), link.from, link.to);
        const auto differs = std::find_if(distances.begin(), distances.end(), [](auto apart) { return apart > 0; });
        names.push_back(fmt::format("{} links", kAxes[differs - distances.begin()]));
    }
    return names;
}

/// Planes beside each other, a column's width apart.
std::vector<Point> grid_places(const Topology& topology) {
    TopologyFamily::Size size = topology.size();
    size.resize(kMostDimensions, 1);
    const std::size_t columns = size[2] * (size[0] + 1) - 1;
    std::vector<Point> places;
    for (std::size_t node = 0; node < topology.node_count(); ++node) {
        const std::size_t plane = node / (size[0] * size[1]);
        places.push_back({middle_of_cell(plane * (size[0] + 1) + node % size[0], columns),
                          middle_of_cell(node / size[0] % size[1], size[1])});
    }
    return places;
}

/// Neighbours are one apart, or the length of the ring but one.
bool grid_wraps(const Topology& topology, const LinkSpec& link) {
    const std::vector<std::uint64_t> distances = apart(topology.size(), link.from, link.to);
    return *std::max_element(distances.begin(), distances.end()) > 1;
}

std::string describe(const char* name, const TopologyFamily::Size& size) {
    return fmt::format("a {} of {}", name, fmt::join(size, " x "));
}

/// What the two of several dimensions have in common.
TopologyFamily grid_family() {
    TopologyFamily family;
    family.keys = {{"size", &TopologySpec::size, 1, kMostDimensions, true}};
    family.size_form = "4x4";
    family.is_grid = true;
    family.default_size = squarest;
    family.link_groups = grid_link_groups;
    family.places = grid_places;
    return family;
}

/// Every size of so many nodes, in at most so many dimensions of 2 or more.
std::vector<TopologyFamily::Size> sizes_of(std::uint64_t nodes, std::size_t most_dimensions) {
    std::vector<TopologyFamily::Size> sizes;
    if (nodes >= 2) sizes.push_back({nodes});
    for (std::uint64_t length = 2; most_dimensions > 1 && length <= nodes / 2; ++length) {
        if (nodes % length != 0) continue;
        for (TopologyFamily::Size& size : sizes_of(nodes / length, most_dimensions - 1)) {
            size.insert(size.begin(), length);
            sizes.push_back(std::move(size));
        }
    }
    return sizes;
}

bool has_links_of_grid(const Graph& graph, const TopologyFamily::Size& size, bool wraps) {
    std::size_t wires = 0;
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t, std::size_t) { ++wires; });
    if (2 * wires != graph.links().size()) return false;
    std::set<std::pair<std::size_t, std::size_t>> listed;
    for (const LinkSpec& link : graph.links()) listed.emplace(link.from, link.to);
    bool has_all = true;
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t a, std::size_t b) {
        has_all = has_all && listed.count({a, b}) > 0 && listed.count({b, a}) > 0;
    });
    return has_all;
}

}  // namespace

std::unique_ptr<Routing> grid_routing(const Graph& graph, const ChannelClasses& channels) {
    for (const TopologyFamily::Size& size : sizes_of(graph.node_count(), kMostDimensions)) {
        for (const bool wraps : {false, true}) {
            if (wraps && channels.count() < 2) continue;
            if (has_links_of_grid(graph, size, wraps)) {
                return std::make_unique<GridRouting>(graph, size, wraps, channels);
            }
        }
    }
    return nullptr;
}

TopologyFamily torus_family() {
    TopologyFamily family = grid_family();
    family.kind = TopologyKind::Torus;
    family.name = "torus";
    family.description = "rings in 1 to 3 dimensions, as square as can be";
    family.escape_channels = 2;
    family.describe = [](const TopologyFamily::Size& size) { return describe("torus", size); };
    family.build = build_grid<true>;
    family.wraps = grid_wraps;
    return family;
}

TopologyFamily mesh_family() {
    TopologyFamily family = grid_family();
    family.kind = TopologyKind::Mesh;
    family.name = "mesh";
    family.description = "a torus without the links that close its rings";
    family.describe = [](const TopologyFamily::Size& size) { return describe("mesh", size); };
    family.build = build_grid<false>;
    return family;
}

TopologyFamily ring_family() {
    TopologyFamily family;
    family.kind = TopologyKind::Ring;
    family.name = "ring";
    family.description = "a torus of one dimension";
    family.size_form = "8";
    family.is_grid = true;
    family.escape_channels = 2;
    family.default_size = [](std::uint64_t accelerators) { return TopologyFamily::Size{accelerators}; };
    family.describe = [](const TopologyFamily::Size& size) { return describe("ring", size); };
    family.build = build_grid<true>;
    family.link_groups = grid_link_groups;
    family.places = [](const Topology& topology) { return places_on_circle(topology.node_count()); };
    return family;
}

}  // namespace hypar
