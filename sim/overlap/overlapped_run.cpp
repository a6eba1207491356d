#include "sim/overlap/overlapped_run.h"

#include <algorithm>
#include <tuple>

#include "base/checked.h"
#include "sim/overlap/computed_tasks.h"

namespace hypar {
namespace {

/// Links are counted by what their flits are, since packets of several segments cross them at once. Packets that
/// choose their way may make a detour: what is left is the last segment's that exchanges.
void add_link_counts(const OverlappedProgram& input, OverlappedResult& result) {
    EventCounts left;
    for (std::size_t link = 0; link < result.links.size(); ++link) {
        const std::uint64_t bytes =
            checked_multiply(result.links[link].flits, input.memory.exchanging.interconnect.flit_bytes);
        const auto& price = input.topology.links()[link].femtojoules_per_bit;
        std::uint64_t& counter = price ? left.priced_link_femtojoules : left.link_bytes;
        counter = checked_add(counter, price ? checked_multiply(checked_multiply(bytes, 8), *price) : bytes);
    }
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
        const std::uint64_t bytes = checked_multiply(flits, spec.flit_bytes);
        Route route = topology.route(flow.from, flow.to);
        if (topology.is_adaptive()) route.resize(topology.graph().distances_to(flow.to)[flow.from]);
        for (const Hop& hop : route) {
            const auto& price = topology.links()[hop.link].femtojoules_per_bit;
            std::uint64_t& counter = price ? counts.priced_link_femtojoules : counts.link_bytes;
            counter = checked_add(counter, price ? checked_multiply(checked_multiply(bytes, 8), *price) : bytes);
        }
    }
    return counts;
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
