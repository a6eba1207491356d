#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "sim/overlap/computed_tasks.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/overlap/result_builder.h"
#include "sim/overlap/task_scheduler.h"
#include "sim/replay/pieces.h"

namespace hypar {
namespace {

/// Lets the scheduler go on from end to end of what was simulated by itself: what accelerators compute, and exchanges
/// that meet no others on their way.
class Composition {
public:
    Composition(const OverlappedProgram& input, const ComputedTasks& computed, ReplayOptions options)
        : input_(input),
          computed_(computed),
          options_(std::move(options)),
          part_(part_of(input.program, false)),
          exchanging_(part_.program, input.memory.exchanging, input.topology, options_),
          scheduler_(input.program, input.graph, input.groups, input.topology, input.schedule,
                     [this](std::size_t cluster) { return rests_at_.at(cluster); }),
          computes_(input.topology.accelerator_count()),
          result_(input) {}

    /// None if exchanges meet that were not simulated as one piece.
    std::optional<OverlappedResult> run() {
        number_occurrences();
        for (Cycles now = 0;;) {
            take_ends(now);
            start(now);
            if (have_met_) return std::nullopt;
            const std::optional<Cycles> rest = scheduler_.next_rest();
            if (ends_.empty() && !rest) break;
            now = ends_.empty() ? *rest : ends_.top().at;
            if (rest) now = std::min(now, *rest);
        }
        if (!scheduler_.is_finished()) throw RunError("the overlapped step came to a standstill");
        result_.add(computed_.use());
        result_.add(exchanging_.use());
        return result_.finish();
    }

private:
    /// The end of an accelerator's part: of what it computes, or of an exchange.
    struct End {
        Cycles at = 0;
        std::size_t accelerator = 0;
        std::optional<std::size_t> task;                     ///< of an exchange: its place in the result
        friend bool operator<(const End& a, const End& b) {  // the earliest on top of the queue
            return std::tie(b.at, b.accelerator, b.task) < std::tie(a.at, a.accelerator, a.task);
        }
    };
    struct Exchange {
        std::size_t group = 0;
        std::uint32_t step = 0;
        Cycles start = 0;
    };

    void number_occurrences() {
        for (const std::vector<Occurrence>& segment : exchanging_.collapsed().segments) {
            occurrences_.emplace_back(input_.topology.accelerator_count());
            for (const Occurrence& occurrence : segment) {
                for (const std::size_t node : exchanging_.collapsed().parts[occurrence.part].nodes) {
                    if (node < occurrences_.back().size()) occurrences_.back()[node] = &occurrence;
                }
            }
        }
    }

    void take_ends(Cycles now) {
        while (!ends_.empty() && ends_.top().at <= now) {
            const End end = ends_.top();
            ends_.pop();
            result_.task(end.task.value_or(computes_[end.accelerator])).end = now;
            if (end.task) {
                scheduler_.exchanged(end.accelerator, now);
            } else {
                scheduler_.computed(end.accelerator);
            }
        }
    }

    void start(Cycles now) {
        std::vector<std::size_t> started;  // exchanges
        for (const TaskStart& start : scheduler_.start(now)) {
            if (!start.group) {
                compute(start, now);
                continue;
            }
            started.push_back(exchanges_.size());
            exchanges_.push_back({*start.group, start.step, now});
        }
        if (input_.exchange_cycles.empty()) {
            start_pieces(started);
        } else {
            start_given(started);
        }
    }

    void compute(const TaskStart& start, Cycles now) {
        computes_[start.accelerator] = computed_.start(start, now, result_);
        ends_.push(
            {checked_add(now, computed_.cycles(start.task, start.accelerator)), start.accelerator, std::nullopt});
    }

    void start_given(const std::vector<std::size_t>& started) {
        for (const std::size_t number : started) {
            const ExchangeGroup& group = input_.groups[exchanges_[number].group];
            rests_at_[scheduler_.cluster_of(number)] = exchanges_[number].start;
            queue_ends(exchanges_[number],
                       std::vector<Cycles>(group.members.size(), input_.exchange_cycles[group.segment]));
        }
    }

    /// Those that have started meet nothing else if with them all of a piece has started.
    void start_pieces(const std::vector<std::size_t>& started) {
        std::set<std::size_t> clusters;
        for (const std::size_t number : started) clusters.insert(scheduler_.cluster_of(number));
        for (const std::size_t cluster : clusters) {
            const std::vector<std::size_t>& exchanges = scheduler_.exchanges_in(cluster);
            const Occurrence* occurrence = known_piece(exchanges);
            if (occurrence == nullptr) {
                have_met_ = true;
                return;
            }
            const Exchange& first = exchanges_[exchanges.front()];
            const SegmentResult& piece = known(exchanging_.find(occurrence->piece));
            rests_at_[cluster] = checked_add(first.start, piece.cycles);
            for (const std::size_t number : exchanges) {
                queue_ends(exchanges_[number], ends_in_piece(exchanges_[number], *occurrence, piece));
            }
            result_.add(exchanging_.collapsed().parts[occurrence->part], piece.use);
            EventCounts counts = piece.use.counts;
            counts.link_bytes = counts.link_flits = counts.endpoint_flits = counts.priced_link_femtojoules = 0;
            result_.count(input_.groups[first.group].segment, counts);
        }
    }

    std::vector<Cycles> ends_in_piece(const Exchange& exchange, const Occurrence& occurrence,
                                      const SegmentResult& piece) const {
        const std::vector<std::size_t>& nodes = exchanging_.collapsed().parts[occurrence.part].nodes;
        std::vector<Cycles> own;
        for (const std::uint32_t member : input_.groups[exchange.group].members) {
            const auto place = std::lower_bound(nodes.begin(), nodes.end(), member) - nodes.begin();
            own.push_back(piece.ends[static_cast<std::size_t>(place)]);
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

    void queue_ends(const Exchange& exchange, const std::vector<Cycles>& ends) {
        const ExchangeGroup& group = input_.groups[exchange.group];
        const auto task = static_cast<std::uint32_t>(group.segment);
        for (std::size_t member = 0; member < ends.size(); ++member) {
            const std::uint32_t accelerator = group.members[member];
            ends_.push({checked_add(exchange.start, ends[member]), accelerator,
                        result_.add(TaskTime{accelerator, task, exchange.step, exchange.start})});
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
    std::map<std::size_t, Cycles> rests_at_;  ///< by cluster
    std::priority_queue<End> ends_;
    bool have_met_ = false;
    ResultBuilder result_;
};

}  // namespace

std::optional<OverlappedResult> compose_pieces(const OverlappedProgram& input, const ComputedTasks& computed,
                                               const ReplayOptions& options) {
    return Composition(input, computed, options).run();
}

}  // namespace hypar
