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
      collapsed_(is_fast() ? collapse(program, topology, array.kinds_by_accelerator())
                           : leave_whole(program, topology, array.kinds_by_accelerator())),
      results_(collapsed_.pieces.size()),
      to_simulate_(collapsed_.kinds.size()) {
    if (is_fast() && options_.remembered != nullptr) recall();
    for (std::size_t index = 0; index < results_.size(); ++index) {
        if (!results_[index]) to_simulate_[collapsed_.pieces[index].kind].push_back(index);
    }
}

void Pieces::find() {
    bool goes_on = true;
    for (std::size_t kind = 0; kind < to_simulate_.size() && goes_on; ++kind) goes_on = simulate(kind);
}

const std::optional<SegmentResult>& Pieces::find(std::size_t piece) {
    if (!results_[piece]) simulate(collapsed_.pieces[piece].kind);
    return results_[piece];
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

/// What is to be simulated of a kind.
Program Pieces::program_of(std::size_t kind) const {
    Program program;
    for (const std::size_t index : to_simulate_[kind]) program.segments.push_back(collapsed_.pieces[index].segment);
    if (computes(program)) {
        program.schedules = program_.schedules;
        program.vector_schedules = program_.vector_schedules;
    }
    return program;
}

/// Returns whether to go on.
bool Pieces::simulate(std::size_t kind) {
    const Program program = program_of(kind);
    if (program.segments.empty()) return true;
    const double share = static_cast<double>(program.segments.size()) / static_cast<double>(results_.size());
    KernelRunOptions options;
    options.jumps = is_fast();
    options.kinds = collapsed_.kinds[kind].kinds;
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
