#include "sim/replay/replay.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "arch/memory/vault_timing.h"
#include "base/checked.h"
#include "sim/replay/pieces.h"
#include "sim/replay/use_sums.h"

namespace hypar {
namespace {

/// Adds up what pieces of a program take where they occur.
class Replay {
public:
    Replay(const Program& program, const ArraySpec& array, const Topology& topology, const ReplayOptions& options)
        : program_(program),
          array_(array),
          topology_(topology),
          options_(options),
          burst_time_(VaultTiming(array.memory).burst_time()),
          pieces_(program, array, topology, options) {}

    ReplayResult run() {
        pieces_.find();
        return add_up();
    }

private:
    const CollapsedProgram& collapsed() const { return pieces_.collapsed(); }
    const SegmentResult& result_of(const Occurrence& occurrence) const { return *pieces_.result(occurrence.piece); }

    /// Of the segments up to the first one of which a piece is unknown.
    ReplayResult add_up() {
        ReplayResult total;
        UseSums sums(topology_, array_);
        std::optional<TimelineBuilder> timeline;
        if (options_.timeline_slices > 0)
            timeline.emplace(program_, topology_, array_.clock, options_.timeline_slices);
        for (const std::vector<Occurrence>& segment : collapsed().segments) {
            if (!pieces_.knows(segment)) break;
            total.segments.emplace_back();
            for (const Occurrence& occurrence : segment) {
                sums.add(collapsed().parts[occurrence.part], result_of(occurrence).use);
                add(total.segments.back(), occurrence);
                if (timeline) {
                    timeline->place(collapsed().parts[occurrence.part], *result_of(occurrence).activity);
                }
            }
            find_busiest(total.segments.back(), program_.segments[total.segments.size() - 1], segment);
            if (timeline) timeline->end_segment(total.segments.back().cycles);
        }
        if (timeline) total.timeline = timeline->finish();
        total.accelerators = std::move(sums.accelerators);
        total.links = std::move(sums.links);
        total.busiest_vault_time = sums.most_vault_bursts() * burst_time_;
        total.peak_buffer_bytes = sums.peak_buffer_bytes;
        total.use = pieces_.use();
        return total;
    }

    void add(SegmentTotals& segment, const Occurrence& occurrence) const {
        const SegmentResult& result = result_of(occurrence);
        const HardwareUse& use = result.use;
        segment.cycles = std::max(segment.cycles, result.cycles);
        segment.counts += use.counts;
        for (const std::uint64_t bursts : use.vault_bursts) {
            segment.busiest_vault_time = std::max(segment.busiest_vault_time, bursts * burst_time_);
        }
        for (const LinkUse& link : use.links) {
            segment.busiest_link_time = std::max(segment.busiest_link_time, link.work_time());
        }
        keep_last(segment, occurrence);
    }

    /// The order in which parts are added up must not matter.
    void keep_last(SegmentTotals& segment, const Occurrence& occurrence) const {
        std::optional<LastWorker> last = result_of(occurrence).last;
        if (!last) return;
        last->accelerator = collapsed().parts[occurrence.part].nodes[last->accelerator];
        const auto before = [](const LastWorker& a, const LastWorker& b) {
            return std::tie(a.at, b.accelerator, b.unit) < std::tie(b.at, a.accelerator, a.unit);
        };
        if (!segment.last || before(*segment.last, *last)) segment.last = last;
    }

    /// What the last worker's segment was about: its accelerator's vault and the array's link that had most to do.
    void find_busiest(SegmentTotals& totals, const Segment& segment,
                      const std::vector<Occurrence>& occurrences) const {
        if (!totals.last) return;
        const std::size_t accelerator = totals.last->accelerator;
        std::set<std::size_t> busiest;
        for (const Occurrence& occurrence : occurrences) {
            const Part& part = collapsed().parts[occurrence.part];
            const HardwareUse& use = result_of(occurrence).use;
            for (std::size_t link = 0; link < use.links.size(); ++link) {
                if (use.links[link].work_time() == totals.busiest_link_time) busiest.insert(part.links[link]);
            }
            const auto node = std::lower_bound(part.nodes.begin(), part.nodes.end(), accelerator);
            if (node == part.nodes.end() || *node != accelerator) continue;
            const auto vaults = static_cast<std::ptrdiff_t>(array_.memory.vaults);
            const auto first = use.vault_bursts.begin() + (node - part.nodes.begin()) * vaults;
            totals.busiest_vault = static_cast<std::size_t>(std::max_element(first, first + vaults) - first);
        }
        if (totals.busiest_link_time == 0) return;
        totals.busiest_link = *busiest.begin();
        std::set<std::size_t> on_way;
        for (const Hop& hop : topology_.route(last_flow(segment, *totals.last).from, accelerator)) {
            if (busiest.count(hop.link) > 0) on_way.insert(hop.link);
        }
        if (!on_way.empty()) totals.busiest_link = *on_way.begin();
    }

    const Program& program_;
    const ArraySpec& array_;
    const Topology& topology_;
    const ReplayOptions& options_;
    Picoseconds burst_time_;
    Pieces pieces_;
};

}  // namespace

ReplayUse& ReplayUse::operator+=(const ReplayUse& other) {
    events += other.events;
    pieces += other.pieces;
    distinct_pieces += other.distinct_pieces;
    simulated_pieces += other.simulated_pieces;
    jumps += other.jumps;
    simulated_cycles = checked_add(simulated_cycles, other.simulated_cycles);
    skipped_cycles = checked_add(skipped_cycles, other.skipped_cycles);
    without_state.insert(other.without_state.begin(), other.without_state.end());
    return *this;
}

const char* name_of(Fidelity fidelity) { return fidelity == Fidelity::Full ? "full" : "fast"; }

ReplayResult replay(const Program& program, const ArraySpec& array, const Topology& topology,
                    const ReplayOptions& options) {
    return Replay(program, array, topology, options).run();
}

}  // namespace hypar
