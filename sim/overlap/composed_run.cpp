#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/words.h"
#include "sim/overlap/cluster_run.h"
#include "sim/overlap/computed_tasks.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/overlap/result_builder.h"
#include "sim/overlap/task_scheduler.h"
#include "sim/replay/pieces.h"

namespace hypar {
namespace {

std::uint64_t bytes_of(const std::vector<Flow>& flows) {
    std::uint64_t bytes = 0;
    for (const Flow& flow : flows) bytes = checked_add(bytes, flow.bytes);
    return bytes;
}

/// Lets the scheduler go on from end to end of what was simulated by itself: what accelerators compute, and clusters
/// of exchanges. A cluster that another exchange joins is simulated anew with it, from its beginning: until then it
/// does as before.
class Composition {
public:
    Composition(const OverlappedProgram& input, const ComputedTasks& computed, ReplayOptions options)
        : input_(input),
          computed_(computed),
          options_(std::move(options)),
          part_(part_of(input.program, false)),
          exchanging_(part_.program, input.memory.exchanging, input.topology, options_),
          scheduler_(input.program, input.graph, input.groups, input.topology, input.schedule,
                     [this](std::size_t cluster) { return rests_at(cluster); }),
          computes_(input.topology.accelerator_count()),
          result_(input) {
        for (const Segment& segment : part_.program.segments) {
            bytes_left_ = checked_add(bytes_left_, bytes_of(segment.flows));
        }
    }

    /// None if more would have to be simulated together than the whole program exchanges.
    std::optional<OverlappedResult> run() {
        find_pieces();
        for (Cycles now = 0;;) {
            take_ends(now);
            start(now);
            if (is_too_much_) return std::nullopt;
            const std::optional<Cycles> rest = scheduler_.next_rest();
            if (ends_.empty() && !rest) break;
            now = ends_.empty() ? *rest : ends_.top().at;
            if (rest) now = std::min(now, *rest);
        }
        if (!scheduler_.is_finished()) throw RunError("the overlapped step came to a standstill");
        add_clusters();
        result_.add(computed_.use());
        result_.add(exchanging_.use());
        return result_.finish();
    }

private:
    /// The end of an accelerator's part: of what it computes, or of an exchange.
    struct End {
        Cycles at = 0;
        std::size_t accelerator = 0;
        std::optional<std::size_t> exchange;
        std::size_t version = 0;                             ///< of the exchange's cluster
        friend bool operator<(const End& a, const End& b) {  // the earliest on top of the queue
            return std::tie(b.at, b.accelerator, b.exchange) < std::tie(a.at, a.accelerator, a.exchange);
        }
    };
    struct Exchange {
        std::size_t group = 0;
        std::uint32_t step = 0;
        Cycles start = 0;
        std::size_t cluster = 0;
        std::size_t version = 0;         ///< how often its ends were found
        std::vector<std::size_t> tasks;  ///< by member: its place in the result
        std::vector<bool> has_ended;     ///< by member
    };
    /// What a cluster took, from its first start on.
    struct Cluster {
        Cycles start = 0;
        Cycles rests_at = 0;
        const Occurrence* occurrence = nullptr;  ///< where it is one that was simulated as a piece
        const ClusterResult* together = nullptr;
        Part part;  ///< of the topology, where it was simulated together
    };

    void find_pieces() {
        exchanging_.find();
        check_known(exchanging_);
        for (const std::vector<Occurrence>& segment : exchanging_.collapsed().segments) {
            occurrences_.emplace_back(input_.topology.accelerator_count());
            for (const Occurrence& occurrence : segment) {
                for (const std::size_t node : exchanging_.collapsed().parts[occurrence.part].nodes) {
                    if (node < occurrences_.back().size()) occurrences_.back()[node] = &occurrence;
                }
            }
        }
    }

    Cycles rests_at(std::size_t cluster) const { return results_.at(cluster).rests_at; }

    void take_ends(Cycles now) {
        while (!ends_.empty() && ends_.top().at <= now) {
            const End end = ends_.top();
            ends_.pop();
            if (!end.exchange) {
                end_computing(end.accelerator, now);
                continue;
            }
            Exchange& exchange = exchanges_[*end.exchange];
            if (end.version != exchange.version) continue;
            const std::size_t member = member_of(exchange, end.accelerator);
            exchange.has_ended[member] = true;
            result_.task(exchange.tasks[member]).end = now;
            scheduler_.exchanged(end.accelerator, now);
        }
    }

    void end_computing(std::size_t accelerator, Cycles now) {
        result_.task(computes_[accelerator]).end = now;
        scheduler_.computed(accelerator);
    }

    std::size_t member_of(const Exchange& exchange, std::size_t accelerator) const {
        const std::vector<std::uint32_t>& members = input_.groups[exchange.group].members;
        return static_cast<std::size_t>(std::lower_bound(members.begin(), members.end(), accelerator) -
                                        members.begin());
    }

    void start(Cycles now) {
        std::set<std::size_t> changed;
        for (const TaskStart& start : scheduler_.start(now)) {
            if (start.group) {
                begin_exchange(start, now);
                for (const std::size_t exchange : scheduler_.exchanges_in(start.cluster)) {
                    changed.erase(exchanges_[exchange].cluster);
                    exchanges_[exchange].cluster = start.cluster;
                }
                changed.insert(start.cluster);
            } else {
                compute(start, now);
            }
        }
        for (const std::size_t cluster : changed) find_ends(cluster, now);
    }

    void compute(const TaskStart& start, Cycles now) {
        computes_[start.accelerator] = computed_.start(start, now, result_);
        ends_.push(
            {checked_add(now, computed_.cycles(start.task, start.accelerator)), start.accelerator, std::nullopt, 0});
    }

    void begin_exchange(const TaskStart& start, Cycles now) {
        Exchange exchange{*start.group, start.step, now, start.cluster, 0, {}, {}};
        for (const std::uint32_t member : input_.groups[*start.group].members) {
            exchange.tasks.push_back(result_.add(TaskTime{member, start.task, start.step, now}));
        }
        exchange.has_ended.resize(exchange.tasks.size());
        exchanges_.push_back(std::move(exchange));
    }

    /// When the parts of a cluster's exchanges end that have not yet.
    void find_ends(std::size_t number, Cycles now) {
        const std::vector<std::size_t>& members = scheduler_.exchanges_in(number);
        Cluster& cluster = results_[number];
        cluster.start = exchanges_[members.front()].start;
        cluster.occurrence = known_piece(members);
        if (!input_.exchange_cycles.empty()) {
            for (const std::size_t exchange : members)
                queue_ends(exchange, exchanges_[exchange].start, given_ends(exchange), now);
            cluster.rests_at = now;
        } else if (cluster.occurrence != nullptr) {
            cluster.rests_at = checked_add(cluster.start, exchanging_.result(cluster.occurrence->piece)->cycles);
            for (const std::size_t exchange : members) {
                queue_ends(exchange, cluster.start, ends_in_piece(exchange, *cluster.occurrence), now);
            }
        } else {
            simulate_together(cluster, members, now);
        }
    }

    std::vector<Cycles> given_ends(std::size_t number) const {
        const ExchangeGroup& group = input_.groups[exchanges_[number].group];
        return std::vector<Cycles>(group.members.size(), input_.exchange_cycles[group.segment]);
    }

    std::vector<Cycles> ends_in_piece(std::size_t number, const Occurrence& occurrence) const {
        const std::vector<std::size_t>& nodes = exchanging_.collapsed().parts[occurrence.part].nodes;
        const std::vector<Cycles>& ends = exchanging_.result(occurrence.piece)->ends;
        std::vector<Cycles> own;
        for (const std::uint32_t member : input_.groups[exchanges_[number].group].members) {
            const auto place = std::lower_bound(nodes.begin(), nodes.end(), member) - nodes.begin();
            own.push_back(ends[static_cast<std::size_t>(place)]);
        }
        return own;
    }

    /// The piece that the exchanges are, if they are all of its groups and have started at once.
    const Occurrence* known_piece(const std::vector<std::size_t>& exchanges) const {
        const Exchange& first = exchanges_[exchanges.front()];
        const ExchangeGroup& group = input_.groups[first.group];
        const std::size_t segment = part_.places[group.segment];
        const Occurrence* occurrence = occurrences_[segment][group.members.front()];
        std::size_t accelerators = 0;
        for (const std::size_t number : exchanges) {
            const Exchange& exchange = exchanges_[number];
            const ExchangeGroup& other = input_.groups[exchange.group];
            if (exchange.start != first.start || exchange.step != first.step || other.segment != group.segment) {
                return nullptr;
            }
            if (occurrences_[segment][other.members.front()] != occurrence) return nullptr;
            accelerators += other.members.size();
        }
        return accelerators == exchanging_accelerators(group.segment, *occurrence) ? occurrence : nullptr;
    }

    std::size_t exchanging_accelerators(std::size_t segment, const Occurrence& occurrence) const {
        const std::vector<std::size_t>& nodes = exchanging_.collapsed().parts[occurrence.part].nodes;
        return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [&](std::size_t node) {
            return node < input_.topology.accelerator_count() && input_.groups.group_of(segment, node);
        }));
    }

    void simulate_together(Cluster& cluster, const std::vector<std::size_t>& numbers, Cycles now) {
        std::vector<ClusterExchange> exchanges;
        std::set<std::size_t> nodes;
        for (const std::size_t number : numbers) {
            const ExchangeGroup& group = input_.groups[exchanges_[number].group];
            nodes.insert(group.nodes.begin(), group.nodes.end());
            exchanges.push_back(
                {flows_of(group, input_.program), group.members, exchanges_[number].start - cluster.start});
        }
        cluster.part.nodes.assign(nodes.begin(), nodes.end());
        cluster.part.links = input_.topology.links_between(cluster.part.nodes);
        renumber(exchanges, cluster.part.nodes);
        cluster.together = &together(exchanges, cluster.part);
        if (is_too_much_) return;
        cluster.rests_at = checked_add(cluster.start, cluster.together->rests_at);
        for (std::size_t place = 0; place < numbers.size(); ++place) {
            queue_ends(numbers[place], cluster.start, cluster.together->ends[place], now);
        }
    }

    static void renumber(std::vector<ClusterExchange>& exchanges, const std::vector<std::size_t>& nodes) {
        const auto number_of = [&](std::uint64_t node) {
            return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
        };
        for (ClusterExchange& exchange : exchanges) {
            for (std::uint32_t& member : exchange.members) member = static_cast<std::uint32_t>(number_of(member));
            for (Flow& flow : exchange.flows) {
                flow.from = number_of(flow.from);
                flow.to = number_of(flow.to);
            }
        }
    }

    /// Simulates exchanges on a part of the topology, once for each that are alike.
    const ClusterResult& together(const std::vector<ClusterExchange>& exchanges, const Part& part) {
        Words key;
        for (const std::size_t node : part.nodes) key.push_back(node);
        for (const ClusterExchange& exchange : exchanges) {
            key.push_back(exchange.start);
            append_value(key, exchange.flows);
        }
        const auto known = together_.find(key);
        if (known != together_.end()) return known->second;
        for (const ClusterExchange& exchange : exchanges) {
            const std::uint64_t bytes = bytes_of(exchange.flows);
            is_too_much_ |= bytes > bytes_left_;
            bytes_left_ -= std::min(bytes, bytes_left_);
        }
        ClusterResult result;
        if (!is_too_much_) {
            result = run_cluster(exchanges, input_.memory.exchanging, input_.topology.part(part.nodes), true);
        }
        ReplayUse use;
        use.events = result.events;
        use.jumps = result.jumps;
        result_.add(use);
        return together_.emplace(std::move(key), std::move(result)).first->second;
    }

    /// Those that have ended did so before anything changed.
    void queue_ends(std::size_t number, Cycles start, const std::vector<Cycles>& ends, Cycles now) {
        Exchange& exchange = exchanges_[number];
        const std::vector<std::uint32_t>& members = input_.groups[exchange.group].members;
        ++exchange.version;
        for (std::size_t member = 0; member < ends.size(); ++member) {
            if (exchange.has_ended[member]) continue;
            const Cycles at = checked_add(start, ends[member]);
            if (at < now) throw std::logic_error("an exchange ended earlier than before another one joined it");
            ends_.push({at, members[member], number, exchange.version});
        }
    }

    void add_clusters() {
        std::set<std::size_t> clusters;
        for (const Exchange& exchange : exchanges_) clusters.insert(exchange.cluster);
        for (const std::size_t number : clusters) add_cluster(number);
    }

    void add_cluster(std::size_t number) {
        const Cluster& cluster = results_.at(number);
        if (!input_.exchange_cycles.empty()) return;
        const std::vector<std::size_t>& exchanges = scheduler_.exchanges_in(number);
        if (cluster.occurrence != nullptr) {
            const SegmentResult& piece = *exchanging_.result(cluster.occurrence->piece);
            result_.add(exchanging_.collapsed().parts[cluster.occurrence->part], piece.use);
            EventCounts counts = piece.use.counts;
            counts.link_bytes = counts.priced_link_femtojoules = 0;
            result_.count(input_.groups[exchanges_[exchanges.front()].group].segment, counts);
            return;
        }
        result_.add(cluster.part, cluster.together->use);
        for (std::size_t place = 0; place < exchanges.size(); ++place) {
            const std::size_t segment = input_.groups[exchanges_[exchanges[place]].group].segment;
            for (const EventCounts& counts : cluster.together->counts[place]) result_.count(segment, counts);
        }
    }

    const OverlappedProgram& input_;
    const ComputedTasks& computed_;
    ReplayOptions options_;
    ProgramPart part_;
    Pieces exchanging_;
    std::vector<std::vector<const Occurrence*>> occurrences_;  ///< by segment that exchanges and accelerator
    TaskScheduler scheduler_;
    std::vector<std::size_t> computes_;  ///< by accelerator: the task's place in the result
    std::vector<Exchange> exchanges_;
    std::map<std::size_t, Cluster> results_;  ///< by cluster
    std::map<Words, ClusterResult> together_;
    std::priority_queue<End> ends_;
    std::uint64_t bytes_left_ = 0;  ///< that may still be simulated together
    bool is_too_much_ = false;
    ResultBuilder result_;
};

}  // namespace

std::optional<OverlappedResult> compose_pieces(const OverlappedProgram& input, const ComputedTasks& computed,
                                               const ReplayOptions& options) {
    return Composition(input, computed, options).run();
}

}  // namespace hypar
