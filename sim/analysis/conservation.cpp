#include "sim/analysis/conservation.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "partition/border.h"
#include "workloads/step_graph.h"

namespace hypar {
namespace {

std::uint64_t planned_adds(const Program& program, std::uint64_t element_bytes) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const Flow& flow : segment.flows) sum = checked_add(sum, flow.added_bytes / element_bytes);
    }
    return sum;
}

/// All accelerators together compute an operator once, and rows again that overlapping pooling windows of several
/// need; weights each updates for itself, those that others hold as well, unless they divide the update.
std::uint64_t planned_macs(const RunInput& input) {
    std::uint64_t sum = 0;
    const StepGraph graph = derive_step(input.network, input.phases, input.step.batch, input.step.optimizer_words);
    for (const StepOperator& part : graph.operators) {
        if (part.work.kind == OperatorKind::Vector) continue;
        if (part.work.kind == OperatorKind::MultiplyAccumulate) {
            const Layer& shape = input.network.layer(part.layer);
            const LevelSet rows = compute_layout(input.plan, part.layer).rows;
            const std::uint64_t operations = part.work.operations();
            const std::uint64_t of_a_row = operations / shape.unpooled_output.height;
            const std::uint64_t computed = computed_rows_of_group(shape, rows, input.plan.division());
            sum = checked_add(sum, rows == 0 ? operations : checked_multiply(of_a_row, computed));
            continue;
        }
        for (const std::uint64_t weights :
             updated_weights_of_all(input.network, input.plan, input.step, part.layer)) {
            sum = checked_add(sum, checked_multiply(weights, part.work.written_words));
        }
    }
    return sum;
}

std::uint64_t planned_vector_operations(const Program& program) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const std::uint32_t schedule : segment.vector_work) {
            sum = checked_add(sum, program.vector_schedules[schedule].work().operations);
        }
    }
    return sum;
}

std::uint64_t planned_injected_flits(const InterconnectSpec& spec, const Program& program) {
    std::uint64_t flits = 0;
    for (const Segment& segment : program.segments) {
        for (const Flow& flow : segment.flows) {
            for_each_piece(flow,
                           [&](std::uint64_t bytes) { flits = checked_add(flits, spec.flits_of_transfer(bytes)); });
        }
    }
    return flits;
}

/// What crosses links, counted at each of them.
struct Crossings {
    std::uint64_t flits = 0;
    std::uint64_t packets = 0;
    std::uint64_t payload_bytes = 0;
};

struct WayLength {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

/// Links that packets pass from one accelerator to another.
///
/// An adaptive packet comes closer with every link until it keeps to the deterministic way from where it is, which
/// need not be a shortest one.
WayLength way_length(const Topology& topology, std::size_t source, std::size_t destination) {
    if (!topology.is_adaptive()) {
        const std::uint64_t links = topology.route(source, destination).size();
        return {links, links};
    }
    const std::vector<std::uint32_t> distances = topology.graph().distances_to(destination);
    std::uint64_t detour = 0;
    for (std::size_t node = 0; node < distances.size(); ++node) {
        if (distances[node] == Graph::kUnreachable) continue;
        detour = std::max<std::uint64_t>(detour, topology.route(node, destination).size() - distances[node]);
    }
    return {distances[source], distances[source] + detour};
}

/// The least and the most that a step can send over links.
std::pair<Crossings, Crossings> planned_crossings(const InterconnectSpec& spec, const Topology& topology,
                                                  const Program& program) {
    std::map<std::pair<std::uint64_t, std::uint64_t>, WayLength> lengths;
    std::pair<Crossings, Crossings> sums;
    const auto add = [](Crossings& sum, const Crossings& crossing, std::uint64_t times) {
        sum.flits = checked_add(sum.flits, checked_multiply(crossing.flits, times));
        sum.packets = checked_add(sum.packets, checked_multiply(crossing.packets, times));
        sum.payload_bytes = checked_add(sum.payload_bytes, checked_multiply(crossing.payload_bytes, times));
    };
    for (const Segment& segment : program.segments) {
        for (const Flow& flow : segment.flows) {
            const auto [found, is_new] = lengths.try_emplace({flow.from, flow.to});
            if (is_new) found->second = way_length(topology, flow.from, flow.to);
            Crossings once{0, 0, flow.bytes};
            for_each_piece(flow, [&](std::uint64_t bytes) {
                once.flits = checked_add(once.flits, spec.flits_of_transfer(bytes));
                once.packets = checked_add(once.packets, ceil_divide(bytes, spec.packet_bytes));
            });
            add(sums.first, once, found->second.least);
            add(sums.second, once, found->second.most);
        }
    }
    return sums;
}

void expect_equal(const char* what, std::uint64_t found, std::uint64_t expected) {
    if (found != expected) {
        throw RunError(fmt::format("internal check failed: {} {}, expected {}", found, what, expected));
    }
}

void expect_between(const char* what, std::uint64_t found, std::uint64_t least, std::uint64_t most) {
    if (least == most) return expect_equal(what, found, least);
    if (found < least || found > most) {
        throw RunError(fmt::format("internal check failed: {} {}, expected {} to {}", found, what, least, most));
    }
}

void expect_at_most(const char* what, std::uint64_t found, std::uint64_t limit) {
    if (found > limit) throw RunError(fmt::format("internal check failed: {} {}, at most {}", found, what, limit));
}

/// The timeline and the critical path leave nothing out and count nothing twice.
void check_path(const RunReport& report) {
    Cycles cycles = 0;
    std::uint64_t sent = 0;
    for (const StepSegment& entry : report.step_segments) {
        expect_equal("cycles had passed at the start of a segment", entry.start, cycles);
        cycles = checked_add(cycles, entry.cycles);
        sent = checked_add(sent, entry.sent_bytes);
        if (entry.unit) {
            expect_equal("cycles of a segment's unit", entry.unit->spent.total() + entry.unit->waiting, entry.cycles);
        } else if (entry.flow) {
            expect_equal("cycles of a segment's flow", entry.flow->cycles.total(), entry.cycles);
        } else {
            expect_equal("cycles of a segment without work", entry.cycles, 0);
        }
    }
    expect_equal("cycles in the timeline", cycles, report.cycles());
    if (!report.overlap) expect_equal("bytes were sent in the timeline", sent, report.traffic_bytes);
    if (!report.critical_path) return;
    Cycles on_path = 0;
    for (const CriticalResource& resource : report.critical_path->resources) {
        on_path = checked_add(on_path, resource.cycles);
    }
    expect_equal("cycles on the critical path", on_path, report.cycles());
    Cycles in_layers = 0;
    for (const Cycles layer : report.critical_path->layer_cycles) in_layers = checked_add(in_layers, layer);
    expect_equal("cycles in layers of the critical path", in_layers, report.cycles());
}

/// Each accelerator's time, and what layers have of the last one's, add up to the step.
void check_times(const RunReport& report) {
    for (const AcceleratorTime& time : report.overlap->accelerators) {
        expect_equal("cycles of an accelerator", time.computing + time.exposed + time.idle(), report.cycles());
    }
    const AcceleratorTime& last = report.overlap->accelerators[report.overlap->last];
    expect_equal("cycles of layers that compute", report.compute_cycles(), last.computing);
    expect_equal("cycles of layers that exchange", report.communication_cycles(), last.exposed);
}

}  // namespace

void check_conservation(const RunInput& input, const Program& program, const RunReport& report) {
    const EventCounts counts = report.counts();
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    for (const InterfaceUse& use : report.accelerators) {
        sent = checked_add(sent, use.sent_bytes);
        received = checked_add(received, use.received_bytes);
    }
    expect_equal("bytes were sent", sent, report.traffic_bytes);
    expect_equal("bytes were received", received, report.traffic_bytes);
    expect_equal("bytes were counted as sent", counts.sent_bytes, report.traffic_bytes);
    expect_equal("multiply-accumulates were computed", counts.macs, planned_macs(input));
    expect_equal("operations of vector units were done", counts.vector_operations,
                 planned_vector_operations(program));
    expect_equal("arriving elements were added", counts.adds, planned_adds(program, input.step.element_bytes));
    expect_equal("bytes moved to and from memory", counts.dram_bytes, planned_memory_bytes(program));

    // Of several overlapped steps the last may be shorter than what each of them takes of a link.
    const Cycles of_a_step =
        report.overlap ? ceil_divide(report.overlap->all_cycles, report.overlap->steps) : report.cycles();
    const Picoseconds duration = input.array.clock.duration(of_a_step);
    Crossings crossings;
    for (const LinkReport& link : report.links) {
        crossings.flits = checked_add(crossings.flits, link.use.flits);
        crossings.packets = checked_add(crossings.packets, link.use.packets);
        crossings.payload_bytes = checked_add(crossings.payload_bytes, link.use.payload_bytes);
        expect_at_most("picoseconds a link was busy or stalled", link.use.work_time(), duration);
        expect_at_most("picoseconds its bytes take on a link",
                       transfer_time(link.use.payload_bytes, link.bits_per_second), duration);
    }
    const auto [least, most] = planned_crossings(input.array.interconnect, report.topology, program);
    expect_between("flits crossed links", crossings.flits, least.flits, most.flits);
    expect_equal("flits were counted as crossing links", counts.link_flits, crossings.flits);
    expect_equal("flits were injected", counts.injected_flits,
                 planned_injected_flits(input.array.interconnect, program));
    expect_between("packets crossed links", crossings.packets, least.packets, most.packets);
    expect_between("bytes crossed links", crossings.payload_bytes, least.payload_bytes, most.payload_bytes);
    expect_at_most("picoseconds a vault was busy", report.busiest_vault_time, duration);
    expect_at_most("bytes of a memory were in use", peak_in_use(report.memory_use), report.memory.bytes());
    expect_at_most("bytes lay in a buffer", report.peak_buffer_bytes, input.array.largest_buffer());

    check_path(report);
    if (report.overlap) check_times(report);

    const std::uint64_t pes = input.array.processing_elements();
    const std::uint64_t lanes = checked_multiply(input.array.accelerators, input.array.vector_unit.lanes);
    for (const LayerReport& layer : report.layers) {
        for (const PhaseReport& phase : layer.phases) {
            expect_at_most("cycles the units computed in a phase", phase.counts.unit_cycles.total(),
                           phase.unit_cycles);
            if (report.overlap) continue;  // cycles are those of one accelerator
            expect_at_most("operations of vector units in a phase", phase.counts.vector_operations,
                           checked_multiply(lanes, phase.compute_cycles));
            expect_at_most("multiply-accumulates in a phase", phase.counts.macs,
                           checked_multiply(pes, phase.compute_cycles));
        }
    }
}

}  // namespace hypar
