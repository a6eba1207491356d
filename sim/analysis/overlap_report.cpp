#include "sim/analysis/overlap_report.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

struct Interval {
    Cycles from = 0;
    Cycles to = 0;
};

/// What of `interval` lies outside of `others`, which are in order and apart.
Cycles outside(const Interval& interval, const std::vector<Interval>& others) {
    Cycles left = interval.to - interval.from;
    auto other = std::partition_point(others.begin(), others.end(),
                                      [&](const Interval& before) { return before.to <= interval.from; });
    for (; other != others.end() && other->from < interval.to; ++other) {
        left -= std::min(interval.to, other->to) - std::max(interval.from, other->from);
    }
    return left;
}

class OverlapMeter {
public:
    OverlapMeter(const OverlappedProgram& input, const OverlappedResult& result)
        : input_(input), result_(result), computing_(input.topology.accelerator_count()) {
        report_.steps = input.schedule.steps;
        report_.reserved = input.memory.reserved;
        report_.accelerators.resize(computing_.size());
        const std::size_t segments = input.program.segments.size();
        report_.exposed_by_segment.resize(segments);
        report_.computing_by_segment.resize(segments);
        report_.all_computing_by_segment.resize(segments);
        report_.exchange_by_segment.resize(segments);
    }

    OverlapReport report() {
        find_window();
        for (const TaskTime& task : result_.tasks) measure(task, /*computes=*/true);
        for (const TaskTime& task : result_.tasks) measure(task, /*computes=*/false);
        find_idle();
        find_bound();
        check();
        return std::move(report_);
    }

private:
    bool is_compute(const TaskTime& task) const { return input_.program.segments[task.task].is_compute(); }

    void find_window() {
        Cycles end = 0;
        for (const TaskTime& task : result_.tasks) {
            if (task.step + 1 < report_.steps) window_.from = std::max(window_.from, task.end);
            if (task.end > end) report_.last = task.accelerator;
            if (task.end == end) report_.last = std::min<std::size_t>(report_.last, task.accelerator);
            end = std::max(end, task.end);
        }
        window_.to = end;
        report_.all_cycles = end;
        report_.cycles = end - window_.from;
    }

    Interval within_window(const TaskTime& task) const {
        const Cycles from = std::max(task.start, window_.from);
        return {from, std::max(from, std::min(task.end, window_.to))};
    }

    void measure(const TaskTime& task, bool computes) {
        if (is_compute(task) != computes) return;
        const Interval interval = within_window(task);
        AcceleratorTime& time = report_.accelerators[task.accelerator];
        const bool is_last = task.accelerator == report_.last;
        if (computes) {
            const Cycles cycles = interval.to - interval.from;
            time.computing += cycles;
            if (cycles > 0) computing_[task.accelerator].push_back(interval);
            if (is_last) report_.computing_by_segment[task.task] += cycles;
            if (task.step + 1 == report_.steps) {
                Cycles& all = report_.all_computing_by_segment[task.task];
                all = checked_add(all, task.end - task.start);
            }
            return;
        }
        const Cycles exposed = outside(interval, computing_[task.accelerator]);
        time.exposed += exposed;
        if (task.step + 1 == report_.steps) {
            Cycles& longest = report_.exchange_by_segment[task.task];
            longest = std::max(longest, task.end - task.start);
        }
        if (!is_last) return;
        report_.exposed_by_segment[task.task] += exposed;
    }

    void find_idle() {
        std::vector<Cycles> ends(computing_.size(), window_.from);
        for (const TaskTime& task : result_.tasks) {
            ends[task.accelerator] = std::max(ends[task.accelerator], task.end);
        }
        for (std::size_t i = 0; i < ends.size(); ++i) {
            AcceleratorTime& time = report_.accelerators[i];
            time.finished = window_.to - ends[i];
            const Cycles used = time.computing + time.exposed + time.finished;
            if (used > report_.cycles) {
                throw RunError(fmt::format("internal check failed: accelerator {} was at work for {} cycles of {}", i,
                                           used, report_.cycles));
            }
            time.waiting = report_.cycles - used;
        }
        for (const ProgramCollective& collective : input_.program.collectives) {
            Cycles& sum = report_.exposed[static_cast<std::size_t>(collective.tensor)];
            for (std::size_t stage = 0; stage < collective.segments; ++stage) {
                sum += report_.exposed_by_segment[collective.first_segment + stage];
            }
        }
    }

    void find_bound() {
        std::vector<Cycles> computing(computing_.size());
        for (const TaskTime& task : result_.tasks) {
            if (is_compute(task) && task.step == 0) computing[task.accelerator] += task.end - task.start;
        }
        report_.bound.computing = *std::max_element(computing.begin(), computing.end());
        const Clock& clock = input_.memory.exchanging.clock;
        for (std::size_t link = 0; link < result_.links.size(); ++link) {
            const Picoseconds busy = transfer_time(result_.links[link].payload_bytes / report_.steps,
                                                   input_.topology.links()[link].bits_per_second);
            report_.bound.links = std::max<Cycles>(report_.bound.links, busy / clock.period);
        }
        report_.bound.chain = longest_chain();
    }

    /// When the last task of a lone step would end if everybody could do everything at once.
    Cycles longest_chain() const {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Cycles> durations;  // of computing
        for (const TaskTime& task : result_.tasks) {
            if (is_compute(task) && task.step == 0) durations[{task.accelerator, task.task}] = task.end - task.start;
        }
        const std::size_t accelerators = computing_.size();
        std::vector<std::vector<Cycles>> ready(input_.graph.tasks.size(), std::vector<Cycles>(accelerators));
        Cycles end = 0;
        for (const std::uint32_t task : in_order()) {
            std::vector<Cycles> done = ready[task];
            if (input_.graph.tasks[task].kind == TaskGraph::Kind::Exchange) wait_for_each_other(task, done);
            for (std::uint32_t i = 0; i < accelerators; ++i) {
                const auto duration = durations.find({i, task});
                if (duration != durations.end()) done[i] = checked_add(done[i], duration->second);
                end = std::max(end, done[i]);
                for (const std::uint32_t next : input_.graph.tasks[task].next) {
                    ready[next][i] = std::max(ready[next][i], done[i]);
                }
            }
        }
        return end;
    }

    void wait_for_each_other(std::uint32_t task, std::vector<Cycles>& done) const {
        std::map<std::size_t, Cycles> starts;
        for (std::size_t i = 0; i < done.size(); ++i) {
            const auto group = input_.groups.group_of(task, i);
            if (group) starts[*group] = std::max(starts[*group], done[i]);
        }
        for (std::size_t i = 0; i < done.size(); ++i) {
            const auto group = input_.groups.group_of(task, i);
            if (group) done[i] = checked_add(starts[*group], least_exchange(task, i));
        }
    }

    /// An accelerator's part of an exchange: all its bytes on its links, and each flow's on the slowest of its way.
    Cycles least_exchange(std::uint32_t task, std::size_t accelerator) const {
        std::uint64_t leaving = 0;
        std::uint64_t entering = 0;
        Picoseconds longest = 0;
        for (const Flow& flow : input_.program.segments[task].flows) {
            if (flow.from != accelerator && flow.to != accelerator) continue;
            std::uint64_t& sum = flow.from == accelerator ? leaving : entering;
            sum = checked_add(sum, flow.bytes);
            std::uint64_t slowest = UINT64_MAX;
            for (const Hop& hop : input_.topology.route(flow.from, flow.to)) {
                slowest = std::min(slowest, input_.topology.links()[hop.link].bits_per_second);
            }
            if (!input_.topology.is_adaptive()) longest = std::max(longest, transfer_time(flow.bytes, slowest));
        }
        const LinkSums& sums = input_.topology.link_sums(accelerator);
        if (leaving > 0) longest = std::max(longest, transfer_time(leaving, sums.leaving));
        if (entering > 0) longest = std::max(longest, transfer_time(entering, sums.entering));
        return longest / input_.memory.exchanging.clock.period;
    }

    std::vector<std::uint32_t> in_order() const {
        std::vector<std::uint32_t> order;
        std::vector<std::uint32_t> missing;
        for (std::uint32_t task = 0; task < input_.graph.tasks.size(); ++task) {
            missing.push_back(input_.graph.tasks[task].needs);
            if (missing.back() == 0) order.push_back(task);
        }
        for (std::size_t at = 0; at < order.size(); ++at) {
            for (const std::uint32_t next : input_.graph.tasks[order[at]].next) {
                if (--missing[next] == 0) order.push_back(next);
            }
        }
        return order;
    }

    void check() const {
        if (report_.steps > 1) return;
        if (report_.cycles < report_.bound.longest()) {
            throw RunError(fmt::format("internal check failed: an overlapped step of {} cycles, at least {}",
                                       report_.cycles, report_.bound.longest()));
        }
    }

    const OverlappedProgram& input_;
    const OverlappedResult& result_;
    OverlapReport report_;
    Interval window_;
    std::vector<std::vector<Interval>> computing_;  ///< by accelerator, within the window
};

}  // namespace

Cycles StepBound::longest() const { return std::max({computing, links, chain}); }

OverlapReport overlap_report(const OverlappedProgram& input, const OverlappedResult& result) {
    return OverlapMeter(input, result).report();
}

}  // namespace hypar
