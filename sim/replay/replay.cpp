#include "sim/replay/replay.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "base/checked.h"
#include "sim/replay/kernel_run.h"

namespace hypar {
namespace {

/// Simulates the distinct pieces of a program, those of one kind of part after each other in one kernel, and adds up
/// where they occur.
class Replay {
public:
    Replay(const Program& program, const ArraySpec& array, const Topology& topology, const ReplayOptions& options)
        : program_(program),
          array_(array),
          topology_(topology),
          options_(options),
          collapsed_(is_fast() ? collapse(program, topology) : leave_whole(program, topology)),
          results_(collapsed_.pieces.size()) {}

    ReplayResult run() {
        if (is_fast() && options_.remembered != nullptr) recall();
        std::vector<Program> programs = programs_by_kind();
        bool goes_on = true;
        for (std::size_t kind = 0; kind < programs.size() && goes_on; ++kind)
            goes_on = simulate(kind, programs[kind]);
        return add_up();
    }

private:
    bool is_fast() const { return options_.fidelity == Fidelity::Fast; }
    bool has_timeline() const { return options_.timeline_slices > 0; }

    void recall() {
        const Words hardware = Remembered::hardware_of(array_);
        for (std::size_t piece = 0; piece < results_.size(); ++piece) {
            keys_.push_back(Remembered::key_of(hardware, program_, collapsed_, collapsed_.pieces[piece]));
            const SegmentResult* remembered = options_.remembered->find(keys_.back());
            if (remembered == nullptr || has_timeline()) continue;
            results_[piece] = *remembered;
            done_ += 1 / static_cast<double>(results_.size());
        }
    }

    /// The pieces of each kind that are not known yet; `to_simulate_` says which.
    std::vector<Program> programs_by_kind() {
        std::vector<Program> programs(collapsed_.kinds.size());
        to_simulate_.resize(programs.size());
        for (std::size_t index = 0; index < results_.size(); ++index) {
            if (results_[index]) continue;
            const Piece& piece = collapsed_.pieces[index];
            Program& program = programs[piece.kind];
            if (piece.segment.is_compute()) {
                program.schedules = program_.schedules;
                program.vector_schedules = program_.vector_schedules;
            }
            program.segments.push_back(piece.segment);
            to_simulate_[piece.kind].push_back(index);
        }
        return programs;
    }

    /// Returns whether to go on.
    bool simulate(std::size_t kind, const Program& program) {
        if (program.segments.empty()) return true;
        const double share = static_cast<double>(program.segments.size()) / static_cast<double>(results_.size());
        KernelRunOptions options;
        options.jumps = is_fast();
        if (has_timeline()) {
            options.most_slices =
                TimelineBuilder::most_slices_of_segment(program_, topology_, options_.timeline_slices);
        }
        options.offer_state = options_.offer_state;
        if (options_.progress) {
            options.progress = [&](double fraction) { return options_.progress(done_ + share * fraction); };
        }
        std::size_t next = 0;
        const KernelUse use =
            run_kernel(program, array_, collapsed_.kinds[kind].topology, options,
                       [&](SegmentResult result) { take(to_simulate_[kind][next++], std::move(result)); });
        done_ += share;
        use_.events += use.events;
        use_.jumps += use.fast_forward.jumps;
        use_.skipped_cycles += use.fast_forward.skipped_time / array_.clock.period;
        use_.without_state.insert(use.fast_forward.opaque.begin(), use.fast_forward.opaque.end());
        return !use.was_stopped;
    }

    void take(std::size_t piece, SegmentResult result) {
        ++use_.simulated_pieces;
        use_.simulated_cycles = checked_add(use_.simulated_cycles, result.cycles);
        if (is_fast() && options_.remembered != nullptr) {
            options_.remembered->keep(keys_[piece], {result.cycles, result.use, result.last, std::nullopt});
        }
        results_[piece] = std::move(result);
    }

    /// Of the segments up to the first one of which a piece is unknown.
    ReplayResult add_up() {
        ReplayResult total;
        total.accelerators.resize(topology_.accelerator_count());
        total.links.resize(topology_.links().size());
        std::vector<Picoseconds> vaults_busy(topology_.accelerator_count() * array_.memory.vaults);
        std::optional<TimelineBuilder> timeline;
        if (has_timeline()) timeline.emplace(program_, topology_, array_.clock, options_.timeline_slices);
        for (const std::vector<Occurrence>& segment : collapsed_.segments) {
            use_.pieces += segment.size();
            if (std::any_of(segment.begin(), segment.end(),
                            [&](const Occurrence& occurrence) { return !results_[occurrence.piece]; })) {
                break;
            }
            total.segments.emplace_back();
            for (const Occurrence& occurrence : segment) {
                add(total, vaults_busy, occurrence);
                if (timeline) {
                    timeline->place(collapsed_.parts[occurrence.part], *results_[occurrence.piece]->activity);
                }
            }
            find_busiest(total.segments.back(), program_.segments[total.segments.size() - 1], segment);
            if (timeline) timeline->end_segment(total.segments.back().cycles);
        }
        if (timeline) total.timeline = timeline->finish();
        if (!vaults_busy.empty()) {
            total.busiest_vault_time = *std::max_element(vaults_busy.begin(), vaults_busy.end());
        }
        use_.distinct_pieces = results_.size();
        total.use = use_;
        return total;
    }

    void add(ReplayResult& total, std::vector<Picoseconds>& vaults_busy, const Occurrence& occurrence) const {
        const Part& part = collapsed_.parts[occurrence.part];
        const SegmentResult& result = *results_[occurrence.piece];
        const HardwareUse& use = result.use;
        SegmentTotals& segment = total.segments.back();
        segment.cycles = std::max(segment.cycles, result.cycles);
        segment.counts += use.counts;
        total.peak_buffer_bytes = std::max(total.peak_buffer_bytes, use.peak_buffer_bytes);
        const std::size_t vaults = array_.memory.vaults;
        for (std::size_t i = 0; i < use.accelerators.size(); ++i) {
            total.accelerators[part.nodes[i]] += use.accelerators[i];
            for (std::size_t vault = 0; vault < vaults; ++vault) {
                const Picoseconds busy = use.vaults_busy[i * vaults + vault];
                vaults_busy[part.nodes[i] * vaults + vault] += busy;
                segment.busiest_vault_time = std::max(segment.busiest_vault_time, busy);
            }
        }
        for (std::size_t link = 0; link < use.links.size(); ++link) {
            total.links[part.links[link]] += use.links[link];
            segment.busiest_link_time = std::max(segment.busiest_link_time, use.links[link].work_time());
        }
        keep_last(segment, occurrence);
    }

    /// The order in which parts are added up must not matter.
    void keep_last(SegmentTotals& segment, const Occurrence& occurrence) const {
        std::optional<LastWorker> last = results_[occurrence.piece]->last;
        if (!last) return;
        last->accelerator = collapsed_.parts[occurrence.part].nodes[last->accelerator];
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
            const Part& part = collapsed_.parts[occurrence.part];
            const HardwareUse& use = results_[occurrence.piece]->use;
            for (std::size_t link = 0; link < use.links.size(); ++link) {
                if (use.links[link].work_time() == totals.busiest_link_time) busiest.insert(part.links[link]);
            }
            const auto node = std::lower_bound(part.nodes.begin(), part.nodes.end(), accelerator);
            if (node == part.nodes.end() || *node != accelerator) continue;
            const auto vaults = static_cast<std::ptrdiff_t>(array_.memory.vaults);
            const auto first = use.vaults_busy.begin() + (node - part.nodes.begin()) * vaults;
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
    CollapsedProgram collapsed_;
    std::vector<std::optional<SegmentResult>> results_;  ///< by piece
    std::vector<Remembered::Key> keys_;                  ///< by piece
    std::vector<std::vector<std::size_t>> to_simulate_;  ///< pieces, by kind
    double done_ = 0;                                    ///< part of the pieces that are known
    ReplayUse use_;
};

}  // namespace

const char* name_of(Fidelity fidelity) { return fidelity == Fidelity::Full ? "full" : "fast"; }

ReplayResult replay(const Program& program, const ArraySpec& array, const Topology& topology,
                    const ReplayOptions& options) {
    return Replay(program, array, topology, options).run();
}

}  // namespace hypar
