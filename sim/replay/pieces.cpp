#include "sim/replay/pieces.h"

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "sim/replay/kernel_run.h"

namespace hypar {

Pieces::Pieces(const Program& program, const ArraySpec& array, const Topology& topology, const ReplayOptions& options)
    : program_(program),
      array_(array),
      topology_(topology),
      options_(options),
      collapsed_(is_fast() ? collapse(program, topology) : leave_whole(program, topology)),
      results_(collapsed_.pieces.size()) {}

void Pieces::find() {
    if (is_fast() && options_.remembered != nullptr) recall();
    const std::vector<Program> programs = programs_by_kind();
    bool goes_on = true;
    for (std::size_t kind = 0; kind < programs.size() && goes_on; ++kind) goes_on = simulate(kind, programs[kind]);
}

bool Pieces::knows(const std::vector<Occurrence>& segment) const {
    return std::all_of(segment.begin(), segment.end(),
                       [&](const Occurrence& occurrence) { return results_[occurrence.piece].has_value(); });
}

ReplayUse Pieces::use() const {
    ReplayUse use = use_;
    for (const std::vector<Occurrence>& segment : collapsed_.segments) use.pieces += segment.size();
    use.distinct_pieces = results_.size();
    return use;
}

void Pieces::recall() {
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
std::vector<Program> Pieces::programs_by_kind() {
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
bool Pieces::simulate(std::size_t kind, const Program& program) {
    if (program.segments.empty()) return true;
    const double share = static_cast<double>(program.segments.size()) / static_cast<double>(results_.size());
    KernelRunOptions options;
    options.jumps = is_fast();
    if (has_timeline()) {
        options.most_slices = TimelineBuilder::most_slices_of_segment(program_, topology_, options_.timeline_slices);
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

void Pieces::take(std::size_t piece, SegmentResult result) {
    ++use_.simulated_pieces;
    use_.simulated_cycles = checked_add(use_.simulated_cycles, result.cycles);
    if (is_fast() && options_.remembered != nullptr) {
        options_.remembered->keep(keys_[piece], {result.cycles, result.use, result.last, result.ends, std::nullopt});
    }
    results_[piece] = std::move(result);
}

}  // namespace hypar
