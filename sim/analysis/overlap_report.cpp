#include "sim/analysis/overlap_report.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "sim/analysis/overlap_exchange.h"

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
        : input_(input),
          result_(result),
          splitter_(input.memory.exchanging, input.topology),
          computing_(input.topology.accelerator_count()) {
        report_.steps = input.schedule.steps;
        report_.reserved = input.memory.reserved;
        report_.accelerators.resize(computing_.size());
        const std::size_t segments = input.program.segments.size();
        report_.exposed_by_segment.resize(segments);
        report_.causes_by_segment.resize(segments);
        report_.computing_by_segment.resize(segments);
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
        window_ = last_step(result_, report_.steps);
        report_.all_cycles = window_.end;
        report_.cycles = window_.end - window_.start;
        report_.last = computing_.size();
        for (const TaskTime& task : result_.tasks) {
            if (task.end == window_.end) report_.last = std::min<std::size_t>(report_.last, task.accelerator);
        }
    }

    Interval within_window(const TaskTime& task) const {
        const Cycles from = std::max(task.start, window_.start);
        return {from, std::max(from, std::min(task.end, window_.end))};
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
        const ExchangeGroup& group = input_.groups[*input_.groups.group_of(task.task, task.accelerator)];
        const ExchangeCycles whole = exchange_of_group(input_, splitter_, group, task.end - task.start).cycles;
        report_.causes_by_segment[task.task] += whole.scaled_to(exposed);
    }

    void find_idle() {
        std::vector<Cycles> ends(computing_.size(), window_.start);
        for (const TaskTime& task : result_.tasks) {
            ends[task.accelerator] = std::max(ends[task.accelerator], task.end);
        }
        for (std::size_t i = 0; i < ends.size(); ++i) {
            AcceleratorTime& time = report_.accelerators[i];
            time.finished = window_.end - ends[i];
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
    Cycles longest_chain() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Cycles> durations;  // of computing
        for (const TaskTime& task : result_.tasks) {
            if (is_compute(task) && task.step == 0) durations[{task.accelerator, task.task}] = task.end - task.start;
        }
        const std::size_t accelerators = computing_.size();
        std::vector<std::vector<Cycles>> ready(input_.graph.tasks.size(), std::vector<Cycles>(accelerators));
        Cycles end = 0;
        for (const std::uint32_t task : input_.graph.in_order()) {
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

    void wait_for_each_other(std::uint32_t task, std::vector<Cycles>& done) {
        const std::vector<Picoseconds> least = least_exchange(task);
        std::map<std::size_t, Cycles> starts;
        for (std::size_t i = 0; i < done.size(); ++i) {
            const auto group = input_.groups.group_of(task, i);
            if (group) starts[*group] = std::max(starts[*group], done[i]);
        }
        for (std::size_t i = 0; i < done.size(); ++i) {
            const auto group = input_.groups.group_of(task, i);
            if (group) done[i] = checked_add(starts[*group], least[i] / input_.memory.exchanging.clock.period);
        }
    }

    /// By accelerator, of its part of an exchange: all that it receives on its links, and each flow on the slowest of
    /// its way. What it sends may still wait before the links when its part ends.
    std::vector<Picoseconds> least_exchange(std::uint32_t task) {
        std::vector<Picoseconds> longest(computing_.size());
        std::vector<std::uint64_t> entering(computing_.size());
        for (const Flow& flow : input_.program.segments[task].flows) {
            entering[flow.to] = checked_add(entering[flow.to], flow.bytes);
            if (input_.topology.is_adaptive()) continue;
            longest[flow.to] = std::max(
                longest[flow.to], transfer_time(flow.bytes, splitter_.least_bits_per_second(flow.from, flow.to)));
        }
        for (std::size_t i = 0; i < longest.size(); ++i) {
            if (entering[i] == 0) continue;
            longest[i] = std::max(longest[i], transfer_time(entering[i], input_.topology.link_sums(i).entering));
        }
        return longest;
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
    ExchangeSplitter splitter_;
    OverlapReport report_;
    StepWindow window_;
    std::vector<std::vector<Interval>> computing_;  ///< by accelerator, within the window
};

}  // namespace

Cycles StepBound::longest() const { return std::max({computing, links, chain}); }

OverlapReport overlap_report(const OverlappedProgram& input, const OverlappedResult& result) {
    return OverlapMeter(input, result).report();
}

}  // namespace hypar
