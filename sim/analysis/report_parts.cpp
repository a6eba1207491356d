#include "sim/analysis/report_parts.h"

#include <algorithm>

#include "arch/unit/dataflow_model.h"
#include "base/checked.h"
#include "sim/program/traffic_bound.h"

namespace hypar {

MappingReport mapping_report(const Program& program, const Segment& segment, const ArraySpec& array) {
    MappingReport report;
    const TileSchedule* first = nullptr;
    ArraySpec of_first;
    for (std::size_t accelerator = 0; accelerator < segment.compute.size(); ++accelerator) {
        const std::vector<std::uint32_t>& units = segment.compute[accelerator];
        report.units += units.size();
        if (first != nullptr || units.empty()) continue;
        first = &program.schedules[units.front()];
        of_first = array.by_kind()[array.kind_of(accelerator)];
    }
    if (first == nullptr) return report;
    const Tile tile = first->largest();
    report.pass = first->mapping().pass;
    const TileTiming timing = time_tile(of_first.unit(), first->nest(), tile.shape, report.pass);
    report.samples = tile.shape.samples;
    report.made = ChannelRoles(first->nest(), tile.shape.in_channels, tile.shape.out_channels).made;
    report.passes = timing.passes;
    report.active_pes = timing.active_pes;
    report.tiles = first->size();
    report.buffer_bytes = tile.buffer_bytes(of_first.buffer);
    std::uint64_t macs = 0;
    for (const auto& units : segment.compute) {
        for (const std::uint32_t number : units) {
            const LoopNest& nest = program.schedules[number].nest();
            macs = checked_add(macs, macs_of(nest, whole_of(nest)));
        }
    }
    report.tensor_bytes = segment.tensor_bytes;
    report.least_bytes =
        std::max(segment.tensor_bytes,
                 least_moved_bytes(first->nest(), macs, report.units, array.largest_buffer(), array.precision.bytes));
    return report;
}

std::vector<KindReport> kind_reports(const Program& program, const ArraySpec& array) {
    std::vector<KindReport> reports;
    for (const AcceleratorKind& kind : array.kinds) {
        reports.push_back({kind.name, kind.accelerators, kind.processing_units, kind.processing_elements(), 0});
    }
    if (reports.empty()) return reports;
    for (const Segment& segment : program.segments) {
        for (std::size_t accelerator = 0; accelerator < segment.compute.size(); ++accelerator) {
            std::uint64_t& macs = reports[array.kind_of(accelerator)].macs;
            for (const std::uint32_t number : segment.compute[accelerator]) {
                const LoopNest& nest = program.schedules[number].nest();
                macs = checked_add(macs, macs_of(nest, whole_of(nest)));
            }
        }
    }
    return reports;
}

std::vector<LinkReport> link_reports(const Topology& topology, const std::vector<LinkUse>& use) {
    std::vector<LinkReport> links;
    for (std::size_t index = 0; index < use.size(); ++index) {
        const LinkSpec& link = topology.links()[index];
        links.push_back(
            {topology.node_name(link.from), topology.node_name(link.to), link.bits_per_second, use[index]});
    }
    return links;
}

}  // namespace hypar
