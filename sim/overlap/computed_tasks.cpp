#include "sim/overlap/computed_tasks.h"

#include <algorithm>
#include <utility>

namespace hypar {

ComputedTasks::ComputedTasks(const OverlappedProgram& input, ReplayOptions options)
    : part_(part_of(input.program, true)),
      options_(std::move(options)),
      pieces_(part_.program, input.memory.computing, input.topology, options_) {
    pieces_.find();
}

const SegmentResult& ComputedTasks::result(std::size_t segment, std::size_t accelerator) const {
    return known(pieces_.result(pieces_.collapsed().segments[part_.places[segment]][accelerator].piece));
}

std::size_t ComputedTasks::start(const TaskStart& start, Cycles now, ResultBuilder& builder) const {
    const Occurrence& occurrence = pieces_.collapsed().segments[part_.places[start.task]][start.accelerator];
    const SegmentResult& piece = known(pieces_.result(occurrence.piece));
    builder.count(start.task, piece.use.counts);
    builder.add(pieces_.collapsed().parts[occurrence.part], piece.use);
    const std::vector<std::uint64_t>& bursts = piece.use.vault_bursts;
    const auto busiest = std::max_element(bursts.begin(), bursts.end()) - bursts.begin();
    return builder.add({static_cast<std::uint32_t>(start.accelerator), start.task, start.step, now, 0,
                        piece.last->unit, static_cast<std::size_t>(busiest), piece.last->spent});
}

}  // namespace hypar
