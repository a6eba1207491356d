// Torus, mesh and ring: accelerators on a grid, each joined to its neighbours in every dimension.

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/routing.h"
#include "base/checked.h"

namespace hypar {
namespace {

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

std::unique_ptr<Routing> build_grid(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels,
                                    bool wraps) {
    const std::vector<std::uint64_t> size = grid_size(spec.topology, graph.node_count());
    std::uint64_t wires = 0;
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t, std::size_t) { ++wires; });
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, wires);
    for_each_wire(size, wraps, graph.node_count(), [&](std::size_t a, std::size_t b) {
        graph.add_wire({a, b, bits_per_second, spec.link_latency, {}});
    });
    return std::make_unique<GridRouting>(graph, size, wraps, channels);
}

/// Two dimensions as equal as can be, the first one the longer.
std::vector<std::uint64_t> squarest(std::uint64_t accelerators) {
    std::uint64_t height = 1;
    for (std::uint64_t side = 1; side <= accelerators / side; ++side) {
        if (accelerators % side == 0) height = side;
    }
    return {accelerators / height, height};
}

}  // namespace

std::vector<std::uint64_t> grid_size(const TopologySpec& spec, std::uint64_t accelerators) {
    if (spec.size.empty()) {
        return spec.kind == TopologyKind::Ring ? std::vector<std::uint64_t>{accelerators} : squarest(accelerators);
    }
    std::uint64_t product = 1;
    for (const std::uint64_t length : spec.size) product = checked_multiply(product, length);
    expect_accelerators(fmt::format("a {} of {}", name_of(spec.kind), fmt::join(spec.size, " x ")), product,
                        accelerators);
    return spec.size;
}

std::unique_ptr<Routing> build_torus(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels) {
    return build_grid(graph, spec, channels, true);
}

std::unique_ptr<Routing> build_mesh(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels) {
    return build_grid(graph, spec, channels, false);
}

std::unique_ptr<Routing> build_ring(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels) {
    return build_grid(graph, spec, channels, true);
}

}  // namespace hypar
