#include "sim/overlap/overlapped_run.h"

#include <algorithm>
#include <tuple>

#include "arch/network/link_use.h"
#include "base/checked.h"
#include "sim/overlap/computed_tasks.h"

namespace hypar {
namespace {

/// Links are counted by what their flits are, since packets of several segments cross them at once. Packets that
/// choose their way may make a detour: what is left is the last segment's that exchanges.
void add_link_counts(const OverlappedProgram& input, OverlappedResult& result) {
    EventCounts left;
    count_crossings(left, input.topology.links(), result.links, input.memory.exchanging.interconnect.flit_bytes);
    std::size_t last = 0;
    for (std::size_t segment = 0; segment < input.program.segments.size(); ++segment) {
        const std::vector<Flow>& flows = input.program.segments[segment].flows;
        if (flows.empty()) continue;
        const EventCounts counts = link_counts(flows, input.memory.exchanging.interconnect, input.topology);
        for (std::uint64_t step = 0; step < input.schedule.steps; ++step) {
            result.counts[segment] += counts;
            left -= counts;
        }
        last = segment;
    }
    if (!result.counts.empty()) result.counts[last] += left;
}

OverlappedResult fast(const OverlappedProgram& input, const ReplayOptions& options) {
    const ComputedTasks computed(input, options);
    std::optional<OverlappedResult> composed = compose_pieces(input, computed, options);
    return composed ? *std::move(composed) : simulate_network(input, computed, options);
}

}  // namespace

EventCounts link_counts(const std::vector<Flow>& flows, const InterconnectSpec& spec, const Topology& topology) {
    EventCounts counts;
    for (const Flow& flow : flows) {
        std::uint64_t flits = 0;
        for_each_piece(flow, [&](std::uint64_t bytes) { flits = checked_add(flits, spec.flits_of_transfer(bytes)); });
        Route route = topology.route(flow.from, flow.to);
        if (topology.is_adaptive()) route.resize(topology.graph().distances_to(flow.to)[flow.from]);
        for (const Hop& hop : route) {
            count_crossing(counts, topology.links()[hop.link], flits, spec.flit_bytes);
        }
    }
    return counts;
}

StepWindow last_step(const OverlappedResult& result, std::uint64_t steps) {
    StepWindow window;
    for (const TaskTime& task : result.tasks) {
        window.end = std::max(window.end, task.end);
        if (task.step + 1 < steps) window.start = std::max(window.start, task.end);
    }
    return window;
}

OverlappedResult run_overlapped(const OverlappedProgram& input, const ReplayOptions& options) {
    OverlappedResult result =
        options.fidelity == Fidelity::Full ? simulate_whole(input, options) : fast(input, options);
    add_link_counts(input, result);
    std::sort(result.tasks.begin(), result.tasks.end(), [](const TaskTime& a, const TaskTime& b) {
        return std::tie(a.start, a.accelerator, a.task, a.step) < std::tie(b.start, b.accelerator, b.task, b.step);
    });
    return result;
}

}  // namespace hypar
