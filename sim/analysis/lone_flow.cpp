#include "sim/analysis/lone_flow.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/words.h"

namespace hypar {
namespace {

/// From one accelerator to another.
using Ends = std::pair<std::size_t, std::size_t>;

/// The nodes that a flow has to itself and the links between them, and its ends among them.
struct Way {
    Topology topology;
    Ends ends;

    Way(const Topology& whole, const Ends& whole_ends) {
        const std::vector<std::size_t> nodes = nodes_of(whole, whole_ends);
        topology = whole.part(nodes);
        const auto number = [&](std::size_t node) {
            return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
        };
        ends = {number(whole_ends.first), number(whole_ends.second)};
    }

    /// Ways with the same take as long for the same flow.
    Words signature() const {
        Words words{topology.accelerator_count(), topology.node_count(), ends.first, ends.second};
        for (const LinkSpec& link : topology.links()) {
            append_value(words, link);
        }
        for (const Hop& hop : topology.route(ends.first, ends.second)) {
            words.insert(words.end(), {hop.link, hop.virtual_channel});
        }
        for (const std::size_t end : {ends.first, ends.second}) append_value(words, topology.link_sums(end));
        return words;
    }

    Segment segment(std::uint64_t bytes, std::uint64_t added_bytes) const {
        Segment segment;
        segment.flows.push_back({ends.first, ends.second, bytes, added_bytes, bytes});
        return segment;
    }

private:
    static std::vector<std::size_t> nodes_of(const Topology& whole, const Ends& ends) {
        std::vector<std::size_t> nodes;
        for (std::size_t node = 0; node < whole.node_count() && whole.is_adaptive(); ++node) nodes.push_back(node);
        if (!nodes.empty()) return nodes;
        std::set<std::size_t> on_way;
        const auto follow = [&](std::size_t from, std::size_t to) {
            for (const Hop& hop : whole.route(from, to)) on_way.insert(whole.links()[hop.link].to);
        };
        follow(ends.first, ends.second);
        follow(ends.second, ends.first);  // partners know their ways to each other, also where they send nothing
        nodes.assign(on_way.begin(), on_way.end());
        return nodes;
    }
};

/// One of the flows of an exchange that take as long.
struct FlowKind {
    std::size_t way = 0;  ///< kind of it
    std::uint64_t bytes = 0;
    std::uint64_t added_bytes = 0;

    friend bool operator<(const FlowKind& a, const FlowKind& b) {
        return std::tie(a.way, a.bytes, a.added_bytes) < std::tie(b.way, b.bytes, b.added_bytes);
    }
};

/// The flows of a program, each once, by the kinds of their ways.
class LoneFlows {
public:
    LoneFlows(const Program& program, const Topology& topology) : program_(program), topology_(topology) {
        for (const Segment& segment : program.segments) {
            segments_.emplace_back();
            for (const Flow& flow : segment.flows) {
                const FlowKind kind{kind_of({flow.from, flow.to}), flow.bytes, flow.added_bytes};
                segments_.back().push_back(cycles_.emplace(kind, 0).first);
            }
        }
    }

    /// Returns whether it came to its end.
    bool simulate(const ArraySpec& array, const ReplayOptions& options) {
        for (std::size_t kind = 0; kind < ways_.size(); ++kind) {
            Program program;
            std::vector<Cycles*> found;
            for (auto& [flow, cycles] : cycles_) {
                if (flow.way != kind) continue;
                program.segments.push_back(ways_[kind].segment(flow.bytes, flow.added_bytes));
                found.push_back(&cycles);
            }
            ReplayOptions share = options;
            const double done = static_cast<double>(kind);
            const auto all = static_cast<double>(ways_.size());
            if (options.progress) {
                share.progress = [&](double fraction) { return options.progress((done + fraction) / all); };
            }
            const ReplayResult result = replay(program, array, ways_[kind].topology, share);
            if (result.segments.size() < program.segments.size()) return false;
            for (std::size_t index = 0; index < found.size(); ++index) *found[index] = result.segments[index].cycles;
        }
        return true;
    }

    /// By segment: of flows that start after others, all of a row.
    std::vector<Cycles> longest() const {
        std::vector<Cycles> longest;
        for (std::size_t index = 0; index < segments_.size(); ++index) {
            const std::vector<Flow>& flows = program_.segments[index].flows;
            const std::vector<std::uint64_t> ends =
                ends_of_chains(flows, [&](std::size_t flow) { return segments_[index][flow]->second; });
            longest.push_back(ends.empty() ? 0 : *std::max_element(ends.begin(), ends.end()));
        }
        return longest;
    }

private:
    std::size_t kind_of(const Ends& ends) {
        const auto [known, is_new_pair] = kinds_.try_emplace(ends, 0);
        if (!is_new_pair) return known->second;
        Way way(topology_, ends);
        const auto [found, is_new] = numbers_.try_emplace(way.signature(), ways_.size());
        if (is_new) ways_.push_back(std::move(way));
        return known->second = found->second;
    }

    const Program& program_;
    const Topology& topology_;
    std::map<Ends, std::size_t> kinds_;
    std::map<Words, std::size_t> numbers_;
    std::vector<Way> ways_;  ///< one of each kind
    std::map<FlowKind, Cycles> cycles_;
    std::vector<std::vector<std::map<FlowKind, Cycles>::const_iterator>> segments_;
};

}  // namespace

std::optional<std::vector<Cycles>> cycles_without_contention(const Program& program, const ArraySpec& array,
                                                             const Topology& topology, const ReplayOptions& options) {
    LoneFlows flows(program, topology);
    if (!flows.simulate(array, options)) return std::nullopt;
    return flows.longest();
}

}  // namespace hypar
