#include "sim/analysis/overlap_path.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sim/analysis/overlap_exchange.h"

namespace hypar {
namespace {

class PathFinder {
public:
    PathFinder(const OverlappedProgram& input, const OverlappedResult& result, Cycles window_start)
        : input_(input),
          result_(result),
          window_start_(window_start),
          splitter_(input.memory.exchanging, input.topology),
          by_end_(input.topology.accelerator_count()) {
        for (std::size_t index = 0; index < result.tasks.size(); ++index) {
            by_end_[result.tasks[index].accelerator].emplace(result.tasks[index].end, index);
        }
        find_needs();
    }

    std::vector<PathSegment> find() {
        std::vector<PathSegment> path;
        for (std::optional<std::size_t> at = last_task(); at;) {
            const TaskTime& task = result_.tasks[*at];
            const std::optional<std::size_t> before = cause_of(task);
            const Cycles from = before ? result_.tasks[*before].end : 0;
            const Cycles start = std::max(from, window_start_);
            if (task.end > start) path.push_back(segment_of(task, start));
            if (from <= window_start_) break;
            at = before;
        }
        std::reverse(path.begin(), path.end());
        return path;
    }

private:
    /// Tasks with work that each task needs, of the step before, too.
    void find_needs() {
        const std::vector<TaskGraph::Task>& tasks = input_.graph.tasks;
        std::vector<std::set<std::uint32_t>> direct(tasks.size());
        for (std::uint32_t task = 0; task < tasks.size(); ++task) {
            for (const std::uint32_t next : tasks[task].next) direct[next].insert(task);
            for (const std::uint32_t next : tasks[task].next_of_step_after) direct[next].insert(task);
        }
        needs_.resize(tasks.size());
        for (std::uint32_t task = 0; task < tasks.size(); ++task) {
            std::vector<std::uint32_t> open(direct[task].begin(), direct[task].end());
            std::set<std::uint32_t> seen(open.begin(), open.end());
            while (!open.empty()) {
                const std::uint32_t other = open.back();
                open.pop_back();
                needs_[task].insert(other);
                if (tasks[other].kind != TaskGraph::Kind::Nothing) continue;
                for (const std::uint32_t more : direct[other]) {
                    if (seen.insert(more).second) open.push_back(more);
                }
            }
        }
    }

    std::optional<std::size_t> last_task() const {
        std::optional<std::size_t> last;
        for (std::size_t index = 0; index < result_.tasks.size(); ++index) {
            if (!last || result_.tasks[index].end > result_.tasks[*last].end) last = index;
        }
        return last;
    }

    bool is_compute(const TaskTime& task) const { return input_.program.segments[task.task].is_compute(); }

    /// Where its accelerator computed or exchanged until it started, or one of those that it exchanges with did; or
    /// else where one of them was last at work.
    std::optional<std::size_t> cause_of(const TaskTime& task) const {
        if (task.start == 0) return std::nullopt;
        std::vector<std::uint32_t> waiting{task.accelerator};
        if (!is_compute(task)) waiting = input_.groups[*input_.groups.group_of(task.task, task.accelerator)].members;
        std::optional<std::size_t> best;
        for (const std::uint32_t accelerator : waiting) {
            const auto [first, end] = by_end_[accelerator].equal_range(task.start);
            for (auto candidate = first; candidate != end; ++candidate) {
                if (needs_[task.task].count(result_.tasks[candidate->second].task) > 0) return candidate->second;
                if (!best) best = candidate->second;
            }
        }
        return best ? best : latest_before(task.start, waiting);
    }

    std::optional<std::size_t> latest_before(Cycles time, const std::vector<std::uint32_t>& accelerators) const {
        std::optional<std::size_t> latest;
        for (const std::uint32_t accelerator : accelerators) {
            auto after = by_end_[accelerator].lower_bound(time);
            if (after == by_end_[accelerator].begin()) continue;
            --after;
            if (!latest || after->first > result_.tasks[*latest].end) latest = after->second;
        }
        return latest;
    }

    PathSegment segment_of(const TaskTime& task, Cycles start) {
        const Segment& segment = input_.program.segments[task.task];
        StepSegment entry;
        entry.layer = segment.layer;
        entry.phase = segment.phase;
        entry.levels = segment.levels;
        entry.start = start - window_start_;
        entry.cycles = task.end - start;
        if (segment.is_compute()) {
            // Of a task that began before the step, the cycles since are what it waited.
            const Cycles spent = task.spent.total();
            const bool is_whole = spent <= entry.cycles;
            entry.unit = CriticalUnit{task.accelerator, task.unit, task.busiest_vault,
                                      is_whole ? task.spent : ArrayCycles{}, entry.cycles - (is_whole ? spent : 0)};
        } else {
            add_flow(entry, task);
        }
        return {task.task, entry};
    }

    void add_flow(StepSegment& entry, const TaskTime& task) {
        const ExchangeGroup& group = input_.groups[*input_.groups.group_of(task.task, task.accelerator)];
        const GroupExchange exchange = exchange_of_group(input_, splitter_, group, entry.cycles);
        entry.sent_bytes = exchange.bytes;
        CriticalFlow critical{task.accelerator, task.accelerator, exchange.busiest_link, exchange.cycles};
        for (const std::uint32_t number : group.flows) {
            const Flow& flow = input_.program.segments[task.task].flows[number];
            if (flow.to == task.accelerator) critical.sender = flow.from;
        }
        entry.flow = critical;
    }

    const OverlappedProgram& input_;
    const OverlappedResult& result_;
    Cycles window_start_;
    ExchangeSplitter splitter_;
    std::vector<std::multimap<Cycles, std::size_t>> by_end_;  ///< tasks, by accelerator
    std::vector<std::set<std::uint32_t>> needs_;              ///< by task
};

}  // namespace

std::vector<PathSegment> overlapped_path(const OverlappedProgram& input, const OverlappedResult& result,
                                         Cycles window_start) {
    return PathFinder(input, result, window_start).find();
}

}  // namespace hypar
