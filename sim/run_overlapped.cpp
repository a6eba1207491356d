#include "sim/run_overlapped.h"

#include <algorithm>

#include "arch/memory/vault_timing.h"
#include "base/checked.h"
#include "sim/analysis/conservation.h"
#include "sim/analysis/overlap_memory.h"
#include "sim/analysis/overlap_path.h"
#include "sim/analysis/overlap_timeline.h"
#include "sim/analysis/report_parts.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/program/lowering.h"

namespace hypar {
namespace {

/// Every step counts the same.
EventCounts of_one_step(EventCounts counts, std::uint64_t steps) {
    EventCounts::for_each(counts, counts, [&](std::uint64_t& count, std::uint64_t) { count /= steps; });
    return counts;
}

/// What one step carries, on average. Packets that choose their way need not choose the same in every step: links'
/// counts are rounded as they add up, so that nothing is lost.
std::vector<LinkUse> of_one_step(std::vector<LinkUse> links, std::uint64_t steps) {
    for (std::uint64_t LinkUse::*count : {&LinkUse::payload_bytes, &LinkUse::packets, &LinkUse::flits}) {
        std::uint64_t so_far = 0;
        for (LinkUse& use : links) {
            const std::uint64_t before = so_far / steps;
            so_far = checked_add(so_far, use.*count);
            use.*count = so_far / steps - before;
        }
    }
    for (LinkUse& use : links) {
        use.busy_time /= steps;
        use.stalled_time /= steps;
    }
    return links;
}

std::vector<LayerReport> layer_reports(const RunInput& input, const OverlappedProgram& program,
                                       const OverlappedResult& result, const OverlapReport& overlap) {
    std::vector<LayerReport> layers;
    for (const Layer& layer : input.network.layers()) layers.push_back({layer.name, {}});
    const auto phase_of = [&](const Segment& segment) -> PhaseReport& {
        return layers[segment.layer].phases[static_cast<std::size_t>(segment.phase)];
    };
    for (std::size_t index = 0; index < program.program.segments.size(); ++index) {
        const Segment& segment = program.program.segments[index];
        PhaseReport& phase = phase_of(segment);
        phase.compute_cycles += overlap.computing_by_segment[index];
        phase.communication_cycles += overlap.exposed_by_segment[index];
        phase.exchange += overlap.causes_by_segment[index];
        phase.counts += of_one_step(result.counts[index], overlap.steps);
        if (!segment.compute.empty()) phase.mapping = mapping_report(program.program, segment, input.array);
    }
    for (const TaskTime& task : result.tasks) {
        const Segment& segment = program.program.segments[task.task];
        if (!segment.is_compute() || task.step > 0) continue;
        const std::uint64_t units = units_at_work(program.program, segment, task.accelerator);
        PhaseReport& phase = phase_of(segment);
        phase.unit_cycles = checked_add(phase.unit_cycles, checked_multiply(task.end - task.start, units));
    }
    return layers;
}

std::vector<CollectiveReport> collective_reports(const Program& program, const OverlapReport& overlap) {
    std::vector<CollectiveReport> reports;
    for (const ProgramCollective& collective : program.collectives) {
        reports.push_back({collective, 0});
        for (std::size_t stage = 0; stage < collective.segments; ++stage) {
            reports.back().cycles =
                checked_add(reports.back().cycles, overlap.exchange_by_segment[collective.first_segment + stage]);
        }
    }
    return reports;
}

Cycles sequential_cycles(const RunInput& input, const Topology& topology, Remembered& remembered) {
    const Program program = lower(input.network, input.plan, input.step, input.phases, input.array, topology,
                                  remembered.mappers(input.array));
    ReplayOptions fast;
    fast.remembered = &remembered;
    Cycles cycles = 0;
    for (const SegmentTotals& segment : replay(program, input.array, topology, fast).segments) {
        cycles = checked_add(cycles, segment.cycles);
    }
    return cycles;
}

/// How long the step takes on other hardware, whose memories are shared as before.
Cycles step_on(const OverlappedProgram& program, const ArraySpec& array, const Topology& topology,
               std::vector<Cycles> exchange_cycles, Remembered& remembered) {
    MemoryShare memory = program.memory;
    for (ArraySpec* of : {&memory.computing, &memory.exchanging}) {
        of->ideal = array.ideal;
        of->interconnect = array.interconnect;
        of->dma = array.dma;
    }
    OverlappedProgram changed(program.program, program.graph, memory, topology, program.schedule);
    changed.exchange_cycles = std::move(exchange_cycles);
    ReplayOptions fast;
    fast.remembered = &remembered;
    const StepWindow window = last_step(run_overlapped(changed, fast), program.schedule.steps);
    return window.end - window.start;
}

}  // namespace

void add_overlapped(RunReport& report, const RunInput& input, const Program& program, Remembered& remembered,
                    const ReplayOptions& options, const ReplayOptions& of_path) {
    const StepGraph step = derive_step(input.network, input.phases, input.step.batch, input.step.optimizer_words);
    const OverlappedProgram overlapped(program, task_graph(input.network, step, program),
                                       share_memory(input.array, report.topology), report.topology, input.schedule);
    ReplayOptions of_tasks = options;
    of_tasks.timeline_slices = 0;  // tasks are its slices
    const OverlappedResult result = run_overlapped(overlapped, of_tasks);
    report.overlap = overlap_report(overlapped, result);
    report.overlap->sequential_cycles = sequential_cycles(input, report.topology, remembered);
    const std::uint64_t steps = report.overlap->steps;
    const Cycles window_start = report.overlap->all_cycles - report.overlap->cycles;
    const std::vector<PathSegment> path = overlapped_path(overlapped, result, window_start);
    for (const PathSegment& segment : path) report.step_segments.push_back(segment.entry);
    report.memory_use = memory_over_path(input, report.memory, overlapped, result, path, window_start);
    report.segments = report.step_segments.size();
    report.collectives = collective_reports(program, *report.overlap);
    report.layers = layer_reports(input, overlapped, result, *report.overlap);
    for (const InterfaceUse& use : result.accelerators) {
        report.accelerators.push_back({use.sent_bytes / steps, use.received_bytes / steps});
    }
    report.links = link_reports(report.topology, of_one_step(result.links, steps));
    report.traffic_bytes = planned_traffic_bytes(program);
    report.busiest_vault_time = result.most_vault_bursts * VaultTiming(input.array.memory).burst_time() / steps;
    report.peak_buffer_bytes = result.peak_buffer_bytes;
    report.simulation.use = result.use;
    if (options.timeline_slices > 0) {
        report.timeline = overlapped_timeline(overlapped, result, path, window_start, options.timeline_slices);
    }
    if (input.asks_for_path) {
        const OverlappedStep step_if{[&](const ArraySpec& array, const Topology& topology) {
                                         return step_on(overlapped, array, topology, {}, remembered);
                                     },
                                     [&](const std::vector<Cycles>& exchange_cycles) {
                                         return step_on(overlapped, input.array, report.topology, exchange_cycles,
                                                        remembered);
                                     }};
        report.critical_path = find_critical_path(program, input.array, report.topology, report.step_segments,
                                                  input.network.size(), of_path, &step_if);
    }
    check_conservation(input, program, report);
}

}  // namespace hypar
