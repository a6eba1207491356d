#include "arch/network/routing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <queue>
#include <tuple>

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "base/error.h"

namespace hypar {
namespace {

constexpr int kMostRounds = 4;  // in which ways are chosen again; the busiest link hardly changes after the second
constexpr std::uint32_t kNoLink = UINT32_MAX;
constexpr std::size_t kMostBits = 20;  // of an accelerator's number
constexpr std::size_t kNoBit = SIZE_MAX;

/// By accelerator and node.
template <typename Value>
using Table = std::vector<std::vector<Value>>;

/// How good the best way from a node is.
struct Reach {
    std::uint64_t width = 0;  ///< of its narrowest link; 0: there is no way
    std::uint32_t hops = 0;

    bool is_better_than(const Reach& other) const {
        return width != other.width ? width > other.width : hops < other.hops;
    }
};

/// Chooses the next links of best ways.
class WayFinder {
public:
    WayFinder(const Graph& graph, std::size_t accelerators, PathRule rule)
        : graph_(graph),
          accelerators_(accelerators),
          rule_(rule),
          next_(accelerators, std::vector<std::uint32_t>(graph.node_count(), kNoLink)),
          flows_(graph.links().size()),
          partner_flows_(graph.links().size()),
          beginning_(graph.node_count()) {
        for (std::size_t source = 0; source < accelerators; ++source) {
            const std::vector<std::size_t>& links = graph.links_from(source);
            beginning_[links.size() == 1 ? end_of(links.front()) : source].push_back(source);
        }
    }

    Table<std::uint32_t> find() {
        for (int round = 0; round < kMostRounds; ++round) {
            bool has_changed = false;
            for (std::size_t destination = 0; destination < accelerators_; ++destination) {
                for (std::size_t source = 0; round > 0 && source < accelerators_; ++source) {
                    count(source, destination, -1);
                }
                has_changed |= choose(destination);
            }
            if (!has_changed) break;
        }
        return std::move(next_);
    }

private:
    /// Seconds, if every flow is a bit.
    struct Load {
        double partners = 0;  ///< of the link that is busiest with flows of partners of the same distance
        double busiest = 0;   ///< of the busiest link
        double total = 0;     ///< of all links

        bool operator<(const Load& other) const {
            return std::tie(partners, busiest, total) < std::tie(other.partners, other.busiest, other.total);
        }
    };

    /// The bit in which the numbers of two accelerators differ that exchange at the same time as all others that
    /// differ in it; kNoBit if they are no such partners.
    static std::size_t partner_bit(std::size_t source, std::size_t destination) {
        const std::size_t difference = source ^ destination;
        if (difference == 0 || (difference & (difference - 1)) != 0) return kNoBit;
        return static_cast<std::size_t>(__builtin_ctzll(difference));
    }

    std::uint64_t width(std::size_t link) const {
        return rule_ == PathRule::Widest ? graph_.links()[link].bits_per_second : 1;
    }

    /// What the best way over `link` is, if from where it ends it is `behind`.
    Reach over(std::size_t link, const Reach& behind) const {
        return {std::min(width(link), behind.width), behind.hops + 1};
    }

    /// From every node; nodes with a way in `order`, each behind those that its ways lead over.
    std::vector<Reach> reach_of(std::size_t destination, std::vector<std::size_t>& order) const {
        using Entry = std::tuple<std::uint64_t, std::uint32_t, std::size_t>;  // best first: width, - hops, - node
        std::priority_queue<Entry> open;
        std::vector<Reach> reach(graph_.node_count());
        std::vector<bool> is_done(graph_.node_count());
        reach[destination] = {UINT64_MAX, 0};
        open.emplace(UINT64_MAX, UINT32_MAX, SIZE_MAX - destination);
        while (!open.empty()) {
            const std::size_t node = SIZE_MAX - std::get<2>(open.top());
            open.pop();
            if (is_done[node]) continue;
            is_done[node] = true;
            order.push_back(node);
            for (const std::size_t link : graph_.links_into(node)) {
                const std::size_t from = graph_.links()[link].from;
                const Reach found = over(link, reach[node]);
                if (is_done[from] || !found.is_better_than(reach[from])) continue;
                reach[from] = found;
                open.emplace(found.width, UINT32_MAX - found.hops, SIZE_MAX - from);
            }
        }
        return reach;
    }

    std::size_t end_of(std::size_t link) const { return graph_.links()[link].to; }

    /// Calls `visit` with each link of the way.
    template <typename Visit>
    void follow(std::size_t node, std::size_t destination, const Visit& visit) const {
        for (; node != destination; node = end_of(next_[destination][node])) visit(next_[destination][node]);
    }

    /// Adds the flow from an accelerator to the links of its way, or takes it from them.
    void count(std::size_t source, std::size_t destination, int change) {
        const std::size_t bit = partner_bit(source, destination);
        follow(source, destination, [&](std::size_t link) {
            flows_[link] += change;
            if (bit != kNoBit) partner_flows_[link][bit] += change;
        });
    }

    /// Of a way that begins with `first`, with one more flow.
    Load load_over(std::size_t first, std::size_t destination) const {
        std::size_t bit = kNoBit;
        for (const std::size_t source : beginning_[graph_.links()[first].from]) {
            bit = std::min(bit, partner_bit(source, destination));
        }
        Load load;
        const auto add = [&](std::size_t link) {
            const double bits_per_second = static_cast<double>(graph_.links()[link].bits_per_second);
            const double seconds = static_cast<double>(flows_[link] + 1) / bits_per_second;
            load.busiest = std::max(load.busiest, seconds);
            load.total += seconds;
            if (bit == kNoBit) return;
            load.partners = std::max(load.partners, (partner_flows_[link][bit] + 1) / bits_per_second);
        };
        add(first);
        follow(end_of(first), destination, add);
        return load;
    }

    /// From near to far, each node's next link, with the flows that it brings. Returns whether any has become another
    /// one.
    bool choose(std::size_t destination) {
        std::vector<std::size_t> order;
        const std::vector<Reach> reach = reach_of(destination, order);
        for (std::size_t source = 0; source < accelerators_; ++source) {
            if (reach[source].width > 0) continue;
            throw ConfigError("topology.links", fmt::format("there is no way from {} to {}", graph_.name(source),
                                                            graph_.name(destination)));
        }
        bool has_changed = false;
        for (const std::size_t node : order) {
            if (node == destination) continue;
            const std::vector<std::size_t> links = best_links(node, destination, reach);
            const auto chosen = static_cast<std::uint32_t>(least_loaded(links, destination));
            has_changed |= links.size() > 1 && chosen != next_[destination][node];
            next_[destination][node] = chosen;
            if (node < accelerators_) count(node, destination, 1);
        }
        return has_changed;
    }

    /// The links with which the best ways from a node begin, another one first for each accelerator.
    std::vector<std::size_t> best_links(std::size_t node, std::size_t destination,
                                        const std::vector<Reach>& reach) const {
        const std::vector<std::size_t>& links = graph_.links_from(node);
        std::vector<std::size_t> best;
        for (std::size_t index = 0; index < links.size(); ++index) {
            const std::size_t link = links[(index + destination) % links.size()];
            const Reach& behind = reach[end_of(link)];
            if (behind.width > 0 && !reach[node].is_better_than(over(link, behind))) best.push_back(link);
        }
        return best;
    }

    /// The one with the least load; of those the one that it had, or the first.
    std::size_t least_loaded(const std::vector<std::size_t>& links, std::size_t destination) const {
        if (links.size() == 1) return links.front();
        std::size_t best = links.front();
        Load least = load_over(best, destination);
        for (std::size_t index = 1; index < links.size(); ++index) {
            const std::size_t link = links[index];
            const Load load = load_over(link, destination);
            const bool had_it = next_[destination][graph_.links()[link].from] == link;
            if (!(load < least) && (least < load || !had_it)) continue;
            best = link;
            least = load;
        }
        return best;
    }

    const Graph& graph_;
    std::size_t accelerators_;
    PathRule rule_;
    Table<std::uint32_t> next_;
    std::vector<std::int64_t> flows_;                                 ///< by link
    std::vector<std::array<std::int32_t, kMostBits>> partner_flows_;  ///< by link and the partners' bit
    std::vector<std::vector<std::size_t>> beginning_;  ///< accelerators whose first choice is at each node
};

/// Ways by table: at each node the next link to each accelerator, and its virtual channel.
class TableRouting final : public Routing {
public:
    TableRouting(const Graph& graph, Table<std::uint32_t> next, std::size_t sources, const ChannelClasses& channels)
        : graph_(graph), next_(std::move(next)), sources_(sources), channels_(channels) {
        needs_one_channel_ = climb(1, 1);
        std::size_t ends = channels.count();
        while (!climb(ends, channels.count()) && ends > 1) --ends;
    }

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route route;
        while (node != accelerator && next_[accelerator][node] != kNoLink) {
            route.push_back({next_[accelerator][node], channel_[accelerator][node]});
            node = graph_.links()[route.back().link].to;
        }
        return route;
    }

    ChannelClasses::Range alike(std::size_t channel) const override {
        return needs_one_channel_ ? channels_.any() : Routing::alike(channel);
    }

private:
    /// Gives every link the virtual channel of the next one on the way, or else the highest below it with which no
    /// packets can wait in a circle. Ways end in the highest channels, so many different ones by the accelerator's
    /// number. Returns whether the channels below them suffice.
    bool climb(std::size_t ends, std::size_t channels) {
        AcyclicChannels waits(graph_.links().size() * channels);
        channel_.assign(next_.size(), std::vector<std::uint8_t>(graph_.node_count()));
        bool suffices = true;
        for (std::size_t destination = 0; destination < next_.size() && (suffices || ends == 1); ++destination) {
            std::vector<bool> is_done(graph_.node_count());
            is_done[destination] = true;
            // Not by the number alone, which chooses among links.
            const std::size_t end = ChannelClasses::pick({0, ends}, destination + destination / ends);
            channel_[destination][destination] = static_cast<std::uint8_t>(channels - 1 - end);
            for (std::size_t source = 0; source < sources_; ++source) {
                std::vector<std::size_t> way;  // as far as it is not done
                for (std::size_t node = source; !is_done[node] && next_[destination][node] != kNoLink;
                     node = graph_.links()[next_[destination][node]].to) {
                    is_done[node] = true;
                    way.push_back(node);
                }
                for (; !way.empty(); way.pop_back()) {
                    suffices = climb_to(way.back(), destination, channels, waits) && suffices;
                }
            }
        }
        return suffices;
    }

    /// Whether no way leads through a node: it has but one neighbour.
    bool is_end(std::size_t node) const {
        const std::vector<std::size_t>& from = graph_.links_from(node);
        const std::vector<std::size_t>& into = graph_.links_into(node);
        return from.size() == 1 && into.size() == 1 &&
               graph_.links()[from.front()].to == graph_.links()[into.front()].from;
    }

    bool climb_to(std::size_t node, std::size_t destination, std::size_t channels, AcyclicChannels& waits) {
        const std::size_t link = next_[destination][node];
        const std::size_t behind = graph_.links()[link].to;
        std::uint8_t& channel = channel_[destination][node];
        channel = channel_[destination][behind];
        if (behind == destination) return true;
        const std::size_t next_link = next_[destination][behind];
        if (is_end(node) || is_end(graph_.links()[next_link].to)) return true;
        const std::size_t next = next_link * channels + channel;
        while (!waits.add(link * channels + channel, next)) {
            if (channel == 0) return false;
            --channel;
        }
        return true;
    }

    const Graph& graph_;
    Table<std::uint32_t> next_;
    std::size_t sources_;
    ChannelClasses channels_;
    bool needs_one_channel_ = false;  ///< and no more, to be safe from deadlock
    Table<std::uint8_t> channel_;
};

}  // namespace

std::unique_ptr<Routing> balanced_routing(const Graph& graph, std::size_t accelerators, PathRule rule,
                                          std::size_t sources, const ChannelClasses& channels) {
    return std::make_unique<TableRouting>(graph, WayFinder(graph, accelerators, rule).find(), sources, channels);
}

}  // namespace hypar
