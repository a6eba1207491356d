#include "sim/replay/collapse.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "base/words.h"

namespace hypar {
namespace {

/// Sets of nodes that grow together.
class NodeSets {
public:
    explicit NodeSets(std::size_t nodes) : parent_(nodes) { std::iota(parent_.begin(), parent_.end(), 0); }

    std::size_t find(std::size_t node) {
        while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
        return node;
    }
    void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

private:
    std::vector<std::size_t> parent_;
};

class Collapse {
public:
    Collapse(const Program& program, const Topology& topology, const std::vector<std::uint32_t>& kinds)
        : program_(program), topology_(topology), of_accelerators_(kinds) {}

    CollapsedProgram collapse() {
        for (const Segment& segment : program_.segments) {
            result_.segments.emplace_back();
            const std::vector<std::size_t>& parts = segment.is_compute() ? single_accelerators() : parts_of(segment);
            std::vector<Segment> shares = shares_of(segment, parts);
            for (std::size_t part = 0; part < parts.size(); ++part) {
                const std::size_t kind = result_.parts[parts[part]].kind;
                result_.segments.back().push_back({number_of(kind, std::move(shares[part])), parts[part]});
            }
        }
        return std::move(result_);
    }

private:
    const std::vector<std::size_t>& single_accelerators() {
        if (single_accelerators_.empty()) {
            for (std::size_t i = 0; i < topology_.accelerator_count(); ++i) {
                single_accelerators_.push_back(add_part({i}, {}));
            }
        }
        return single_accelerators_;
    }

    /// The parts of an exchange, which depend on who sends to whom alone.
    const std::vector<std::size_t>& parts_of(const Segment& segment) {
        const Pairs pairs = pairs_of(segment.flows);
        const auto [found, is_new] = parts_by_pairs_.try_emplace(pairs);
        if (is_new) found->second = find_parts(pairs);
        return found->second;
    }

    std::vector<std::size_t> find_parts(const Pairs& pairs) {
        NodeSets sets(topology_.node_count());
        if (topology_.is_adaptive()) {  // a packet may come by anywhere
            for (std::size_t node = 1; node < topology_.node_count(); ++node) sets.join(0, node);
        }
        for (const auto& [from, to] : pairs) {
            sets.join(from, to);
            for (const Hop& hop : topology_.route(from, to)) {
                sets.join(topology_.links()[hop.link].from, topology_.links()[hop.link].to);
            }
        }
        std::map<std::size_t, std::vector<std::size_t>> nodes_by_set;
        for (std::size_t node = 0; node < topology_.node_count(); ++node) {
            nodes_by_set[sets.find(node)].push_back(node);
        }
        std::map<std::size_t, Pairs> pairs_by_set;
        for (const auto& [from, to] : pairs) pairs_by_set[sets.find(from)].emplace_back(from, to);
        std::vector<std::size_t> parts;
        for (auto& [set, nodes] : nodes_by_set) {
            if (nodes.front() < topology_.accelerator_count()) {
                parts.push_back(add_part(std::move(nodes), pairs_by_set[set]));
            }
        }
        std::sort(parts.begin(), parts.end(), [&](std::size_t a, std::size_t b) {
            return result_.parts[a].nodes.front() < result_.parts[b].nodes.front();
        });
        return parts;
    }

    std::size_t add_part(std::vector<std::size_t> nodes, const Pairs& pairs) {
        Part part{0, std::move(nodes), {}};
        part.links = topology_.links_between(part.nodes);
        Topology own = topology_.part(part.nodes);
        Words signature = signature_of(own, part, pairs);
        std::vector<std::uint32_t> kinds;
        for (std::size_t i = 0; i < own.accelerator_count() && !of_accelerators_.empty(); ++i) {
            kinds.push_back(of_accelerators_[part.nodes[i]]);
        }
        append_value(signature, kinds);
        const auto [found, is_new] = kinds_.try_emplace(signature, result_.kinds.size());
        part.kind = found->second;
        if (is_new) result_.kinds.push_back({std::move(own), std::move(signature), std::move(kinds)});
        result_.parts.push_back(std::move(part));
        return result_.parts.size() - 1;
    }

    static Words signature_of(const Topology& own, const Part& part, const Pairs& pairs) {
        Words words{own.accelerator_count(), own.node_count(), own.links().size()};
        for (const LinkSpec& link : own.links()) append_value(words, link);
        for (const auto& [from, to] : pairs) {
            const std::size_t own_from = number_in(part.nodes, from);
            const std::size_t own_to = number_in(part.nodes, to);
            const Route route = own.route(own_from, own_to);
            words.insert(words.end(), {own_from, own_to, route.size()});
            for (const Hop& hop : route) {
                const ChannelClasses::Range alike = own.routing().alike(hop.virtual_channel);
                words.insert(words.end(), {hop.link, hop.virtual_channel, alike.first, alike.end});
            }
        }
        for (std::size_t i = 0; i < own.accelerator_count() && !pairs.empty(); ++i) {
            append_value(words, own.link_sums(i));
        }
        append_value(words, own.largest_link_sums());
        return words;
    }

    static std::size_t number_in(const std::vector<std::size_t>& ascending, std::size_t value) {
        return static_cast<std::size_t>(std::lower_bound(ascending.begin(), ascending.end(), value) -
                                        ascending.begin());
    }

    /// The flows of a segment that each part has, numbered anew in their order.
    std::vector<std::vector<Flow>> flows_by_part(const Segment& segment,
                                                 const std::vector<std::size_t>& parts) const {
        std::vector<std::size_t> part_of(topology_.accelerator_count());
        for (std::size_t part = 0; part < parts.size(); ++part) {
            for (const std::size_t node : result_.parts[parts[part]].nodes) {
                if (node < part_of.size()) part_of[node] = part;
            }
        }
        std::vector<std::vector<Flow>> flows(parts.size());
        std::vector<std::uint32_t> numbers;
        for (const Flow& flow : segment.flows) {
            std::vector<Flow>& own = flows[part_of[flow.from]];
            numbers.push_back(static_cast<std::uint32_t>(own.size()));
            own.push_back(flow);
        }
        for (std::size_t part = 0; part < parts.size(); ++part) {
            const std::vector<std::size_t>& nodes = result_.parts[parts[part]].nodes;
            for (Flow& flow : flows[part]) {
                flow.from = number_in(nodes, flow.from);
                flow.to = number_in(nodes, flow.to);
                flow.for_each_other([&](std::uint32_t& other) { other = numbers[other]; });
            }
        }
        return flows;
    }

    std::vector<Segment> shares_of(const Segment& segment, const std::vector<std::size_t>& parts) const {
        std::vector<Segment> shares(parts.size(), {segment.layer, segment.phase, {}, {}});
        if (segment.is_compute()) {
            for (std::size_t part = 0; part < parts.size(); ++part) {
                const std::size_t accelerator = result_.parts[parts[part]].nodes.front();
                if (!segment.compute.empty()) shares[part].compute = {segment.compute[accelerator]};
                if (!segment.vector_work.empty()) shares[part].vector_work = {segment.vector_work[accelerator]};
            }
            return shares;
        }
        std::vector<std::vector<Flow>> flows = flows_by_part(segment, parts);
        for (std::size_t part = 0; part < parts.size(); ++part) shares[part].flows = std::move(flows[part]);
        return shares;
    }

    std::size_t number_of(std::size_t kind, Segment segment) {
        Words key{kind};
        append_value(key, segment.compute);
        append_value(key, segment.vector_work);
        append_value(key, segment.flows);
        const auto [found, is_new] = pieces_.try_emplace(std::move(key), result_.pieces.size());
        if (is_new) result_.pieces.push_back({kind, std::move(segment)});
        return found->second;
    }

    const Program& program_;
    const Topology& topology_;
    const std::vector<std::uint32_t>& of_accelerators_;  ///< the kinds of all
    CollapsedProgram result_;
    std::vector<std::size_t> single_accelerators_;
    std::map<Pairs, std::vector<std::size_t>> parts_by_pairs_;
    std::map<Words, std::size_t> kinds_;
    std::map<Words, std::size_t> pieces_;
};

}  // namespace

CollapsedProgram collapse(const Program& program, const Topology& topology, const std::vector<std::uint32_t>& kinds) {
    return Collapse(program, topology, kinds).collapse();
}

Part whole_part(const Topology& topology) {
    Part whole;
    for (std::size_t node = 0; node < topology.node_count(); ++node) whole.nodes.push_back(node);
    for (std::size_t link = 0; link < topology.links().size(); ++link) whole.links.push_back(link);
    return whole;
}

CollapsedProgram leave_whole(const Program& program, const Topology& topology,
                             const std::vector<std::uint32_t>& kinds) {
    CollapsedProgram result;
    result.parts.push_back(whole_part(topology));
    result.kinds.push_back({topology, {}, kinds});
    for (const Segment& segment : program.segments) {
        result.segments.push_back({{result.pieces.size(), 0}});
        result.pieces.push_back({0, segment});
    }
    return result;
}

}  // namespace hypar
