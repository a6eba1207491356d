#include "sim/run.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "base/checked.h"
#include "base/error.h"
#include "sim/analysis/conservation.h"
#include "sim/analysis/report_parts.h"
#include "sim/program/lowering.h"
#include "sim/run_overlapped.h"

namespace hypar {
namespace {

/// Of all accelerators.
std::uint64_t units_at_work(const RunInput& input, const Program& program, const Segment& segment) {
    std::uint64_t units = 0;
    for (std::uint64_t i = 0; i < input.plan.accelerators(); ++i) units += units_at_work(program, segment, i);
    return units;
}

std::vector<LayerReport> layer_reports(const RunInput& input, const Program& program, const ReplayResult& result,
                                       const std::vector<StepSegment>& segments) {
    std::vector<LayerReport> layers;
    for (const Layer& layer : input.network.layers()) layers.push_back({layer.name, {}});
    for (std::size_t index = 0; index < result.segments.size(); ++index) {
        const Segment& segment = program.segments[index];
        PhaseReport& phase = layers[segment.layer].phases[static_cast<std::size_t>(segment.phase)];
        if (segment.is_compute()) {
            const Cycles cycles = result.segments[index].cycles;
            phase.compute_cycles += cycles;
            phase.unit_cycles =
                checked_add(phase.unit_cycles, checked_multiply(cycles, units_at_work(input, program, segment)));
            if (!segment.compute.empty()) phase.mapping = mapping_report(program, segment, input.array);
        } else {
            phase.communication_cycles += result.segments[index].cycles;
            phase.exchange += segments[index].flow->cycles;
        }
        phase.counts += result.segments[index].counts;
    }
    return layers;
}

/// Between all accelerators experiments and arrays are checked when they are read.
void check_flows_deadlock_free(const Program& program, const Topology& topology) {
    if (topology.accelerator_count() <= kMostWithAllPairs) return;
    std::set<Pairs::value_type> all;
    for (const Segment& segment : program.segments) {
        const Pairs pairs = pairs_of(segment.flows);
        all.insert(pairs.begin(), pairs.end());
    }
    if (!all.empty()) check_deadlock_free(topology, {all.begin(), all.end()});
}

std::vector<CollectiveReport> collective_reports(const Program& program, const ReplayResult& result) {
    std::vector<CollectiveReport> reports;
    for (const ProgramCollective& collective : program.collectives) {
        const std::size_t end = collective.first_segment + collective.segments;
        if (end > result.segments.size()) break;
        reports.push_back({collective, 0});
        for (std::size_t index = collective.first_segment; index < end; ++index) {
            reports.back().cycles = checked_add(reports.back().cycles, result.segments[index].cycles);
        }
    }
    return reports;
}

/// The options of a part of all the work, which begins when `begin` of it is done and ends with `end`.
ReplayOptions part_of(const ReplayOptions& options, double begin, double end) {
    ReplayOptions part = options;
    if (options.progress) {
        part.progress = [&options, begin, end](double fraction) {
            return options.progress(begin + (end - begin) * fraction);
        };
    }
    return part;
}

void add_sequential(RunReport& report, const RunInput& input, const Program& program, const ReplayOptions& options,
                    const ReplayOptions& of_path) {
    ReplayResult result = replay(program, input.array, report.topology, options);
    report.step_segments = step_segments(program, input.array, report.topology, result);
    report.collectives = collective_reports(program, result);
    report.layers = layer_reports(input, program, result, report.step_segments);
    report.accelerators = result.accelerators;
    report.links = link_reports(report.topology, result.links);
    report.traffic_bytes = planned_traffic_bytes(program);
    report.memory_use = memory_over_step(input.network, input.plan, input.step, input.phases, report.memory, program);
    report.memory_use.resize(result.segments.size());
    report.busiest_vault_time = result.busiest_vault_time;
    report.peak_buffer_bytes = result.peak_buffer_bytes;
    report.segments = program.segments.size();
    report.timeline = std::move(result.timeline);
    report.simulation.use = result.use;
    if (report.is_partial()) {
        report.traffic_bytes = report.counts().sent_bytes;
        return;
    }
    if (input.asks_for_path) {
        report.critical_path = find_critical_path(program, input.array, report.topology, report.step_segments,
                                                  input.network.size(), of_path);
    }
    check_conservation(input, program, report);
}

std::size_t untimed_layers(const RunInput& input) {
    if (input.array.vector_unit.exists()) return 0;
    const std::vector<Layer>& layers = input.network.layers();
    return static_cast<std::size_t>(
        std::count_if(layers.begin(), layers.end(), [](const Layer& layer) { return !layer.multiplies(); }));
}

RunReport counted_step(const RunInput& input, const ReplayOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    const MemoryLayout layout = fullest_layout(input.network, input.plan, input.step, input.phases);
    if (input.capacity == CapacityRule::Refuse) check_capacity(layout, input.network, input.array.memory);
    Remembered nothing;
    Remembered& remembered = options.remembered != nullptr ? *options.remembered : nothing;
    const Topology topology = Topology::make(input.array.interconnect, input.array.accelerators);
    const Program program = lower(input.network, input.plan, input.step, input.phases, input.array, topology,
                                  remembered.mappers(input.array), input.schedule);
    check_flows_deadlock_free(program, topology);
    const double step_share = input.asks_for_path ? 0.2 : 1;
    RunReport report;
    report.network = input.network.name();
    report.strategy = input.strategy;
    report.array = input.array;
    report.batch = input.step.batch;
    report.plan = input.plan;
    report.topology = topology;
    report.memory = layout;
    report.kinds = kind_reports(program, input.array);
    report.untimed_layers = untimed_layers(input);
    report.simulation.fidelity = options.fidelity;
    if (input.schedule.is_overlapped()) {
        add_overlapped(report, input, program, remembered, part_of(options, 0, step_share),
                       part_of(options, step_share, 1));
    } else {
        add_sequential(report, input, program, part_of(options, 0, step_share), part_of(options, step_share, 1));
    }
    report.simulation.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

}  // namespace

RunReport run_step(const RunInput& input, const ReplayOptions& options) {
    try {
        return counted_step(input, options);
    } catch (const std::overflow_error& error) {
        throw ConfigError("network", fmt::format("a step of {} with batch {} is too large: {}", input.network.name(),
                                                 input.step.batch, error.what()));
    }
}

}  // namespace hypar
