#include "sim/replay/collapse.h"

#include <algorithm>
#include <map>
#include <numeric>

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
    Collapse(const Program& program, const Topology& topology) : program_(program), topology_(topology) {}

    CollapsedProgram collapse() {
        for (const Segment& segment : program_.segments) {
            result_.segments.emplace_back();
            for (const std::size_t part : segment.is_compute() ? single_accelerators() : parts_of(segment)) {
                Segment share = share_of(segment, result_.parts[part]);
                result_.segments.back().push_back({number_of(result_.parts[part].kind, std::move(share)), part});
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
        Words partners;
        for (const ExchangeShare& share : segment.shares) partners.push_back(share.to);
        const auto [found, is_new] = parts_by_partners_.try_emplace(partners);
        if (is_new) found->second = find_parts(partners);
        return found->second;
    }

    std::vector<std::size_t> find_parts(const Words& partners) {
        NodeSets sets(topology_.node_count());
        if (topology_.is_adaptive()) {  // a packet may come by anywhere
            for (std::size_t node = 1; node < topology_.node_count(); ++node) sets.join(0, node);
        }
        for (std::size_t i = 0; i < partners.size(); ++i) {
            sets.join(i, partners[i]);
            for (const Hop& hop : topology_.route(i, partners[i])) {
                sets.join(topology_.links()[hop.link].from, topology_.links()[hop.link].to);
            }
        }
        std::map<std::size_t, std::vector<std::size_t>> nodes_by_set;
        for (std::size_t node = 0; node < topology_.node_count(); ++node) {
            nodes_by_set[sets.find(node)].push_back(node);
        }
        std::vector<std::size_t> parts;
        for (auto& [set, nodes] : nodes_by_set) {
            if (nodes.front() < partners.size()) parts.push_back(add_part(std::move(nodes), partners));
        }
        std::sort(parts.begin(), parts.end(), [&](std::size_t a, std::size_t b) {
            return result_.parts[a].nodes.front() < result_.parts[b].nodes.front();
        });
        return parts;
    }

    std::size_t add_part(std::vector<std::size_t> nodes, const Words& partners) {
        Part part{0, std::move(nodes), {}};
        part.links = topology_.links_between(part.nodes);
        Topology own = topology_.part(part.nodes);
        Words signature = signature_of(own, part, partners);
        const auto [found, is_new] = kinds_.try_emplace(signature, result_.kinds.size());
        part.kind = found->second;
        if (is_new) result_.kinds.push_back({std::move(own), std::move(signature)});
        result_.parts.push_back(std::move(part));
        return result_.parts.size() - 1;
    }

    static Words signature_of(const Topology& own, const Part& part, const Words& partners) {
        Words words{own.accelerator_count(), own.node_count(), own.links().size()};
        for (const LinkSpec& link : own.links()) append_value(words, link);
        for (std::size_t i = 0; i < own.accelerator_count() && !partners.empty(); ++i) {
            const std::size_t partner = number_in(part.nodes, partners[part.nodes[i]]);
            const Route route = own.route(i, partner);
            words.insert(words.end(), {partner, route.size()});
            for (const Hop& hop : route) words.insert(words.end(), {hop.link, hop.virtual_channel});
            append_value(words, own.link_sums(i));
        }
        return words;
    }

    static std::size_t number_in(const std::vector<std::size_t>& ascending, std::size_t value) {
        return static_cast<std::size_t>(std::lower_bound(ascending.begin(), ascending.end(), value) -
                                        ascending.begin());
    }

    Segment share_of(const Segment& segment, const Part& part) const {
        Segment share{segment.layer, segment.phase, {}, {}};
        for (const std::size_t node : part.nodes) {
            if (node >= topology_.accelerator_count()) break;
            if (segment.is_compute()) {
                share.compute.push_back(segment.compute[node]);
            } else {
                share.shares.push_back(segment.shares[node]);
                ExchangeShare& own = share.shares.back();
                own.to = number_in(part.nodes, own.to);
                own.from = number_in(part.nodes, own.from);
            }
        }
        return share;
    }

    std::size_t number_of(std::size_t kind, Segment segment) {
        Words key{kind};
        for (const auto& units : segment.compute) key.insert(key.end(), units.begin(), units.end());
        for (const ExchangeShare& share : segment.shares) {
            key.insert(key.end(), {share.send_bytes, std::uint64_t{share.reduces}});
        }
        const auto [found, is_new] = pieces_.try_emplace(std::move(key), result_.pieces.size());
        if (is_new) result_.pieces.push_back({kind, std::move(segment)});
        return found->second;
    }

    const Program& program_;
    const Topology& topology_;
    CollapsedProgram result_;
    std::vector<std::size_t> single_accelerators_;
    std::map<Words, std::vector<std::size_t>> parts_by_partners_;
    std::map<Words, std::size_t> kinds_;
    std::map<Words, std::size_t> pieces_;
};

}  // namespace

CollapsedProgram collapse(const Program& program, const Topology& topology) {
    return Collapse(program, topology).collapse();
}

CollapsedProgram leave_whole(const Program& program, const Topology& topology) {
    CollapsedProgram result;
    Part whole;
    for (std::size_t node = 0; node < topology.node_count(); ++node) whole.nodes.push_back(node);
    for (std::size_t link = 0; link < topology.links().size(); ++link) whole.links.push_back(link);
    result.parts.push_back(std::move(whole));
    result.kinds.push_back({topology, {}});
    for (const Segment& segment : program.segments) {
        result.segments.push_back({{result.pieces.size(), 0}});
        result.pieces.push_back({0, segment});
    }
    return result;
}

}  // namespace hypar
