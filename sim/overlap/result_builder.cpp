#include "sim/overlap/result_builder.h"

namespace hypar {

ResultBuilder::ResultBuilder(const OverlappedProgram& input) : sums_(input.topology, input.memory.computing) {
    result_.counts.resize(input.program.segments.size());
}

std::size_t ResultBuilder::add(const TaskTime& task) {
    result_.tasks.push_back(task);
    return result_.tasks.size() - 1;
}

OverlappedResult ResultBuilder::finish() {
    result_.accelerators = std::move(sums_.accelerators);
    result_.links = std::move(sums_.links);
    result_.most_vault_bursts = sums_.most_vault_bursts();
    result_.peak_buffer_bytes = sums_.peak_buffer_bytes;
    return std::move(result_);
}

}  // namespace hypar
