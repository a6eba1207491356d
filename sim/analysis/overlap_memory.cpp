#include "sim/analysis/overlap_memory.h"

#include <map>
#include <utility>

namespace hypar {
namespace {

/// How the bytes in use of a kind of tensor change.
struct Change {
    StoredTensor tensor;
    std::uint64_t added;
    std::uint64_t removed;
};

/// The changes of what an accelerator has in use in the last step.
class UseInTime {
public:
    UseInTime(const RunInput& input, const MemoryLayout& layout, const OverlappedProgram& program,
              const OverlappedResult& result)
        : input_(input), layout_(layout), program_(program), tasks_(program.program.segments.size(), nullptr) {
        for (const TaskTime& task : result.tasks) {
            const bool is_last = task.step + 1 == program.schedule.steps;
            if (task.accelerator == layout.accelerator && is_last) tasks_[task.task] = &task;
        }
        add_regions();
        next_ = changes_.begin();
    }

    /// When in the stretch most is in use. Stretches must be asked for in the order of time.
    MemoryUse most_between(Cycles start, Cycles end) {
        for (; next_ != changes_.end() && next_->first <= start; ++next_) apply(next_->second);
        MemoryUse most = now_;
        while (next_ != changes_.end() && next_->first < end) {
            const Cycles at = next_->first;
            for (; next_ != changes_.end() && next_->first == at; ++next_) apply(next_->second);
            if (now_.total() > most.total()) most = now_;
        }
        return most;
    }

private:
    void add_regions() {
        const std::vector<std::optional<InUse>> in_use =
            regions_in_use(input_.network, input_.step, input_.phases, layout_, program_.program);
        for (std::size_t number = 0; number < layout_.regions.size(); ++number) {
            const MemoryRegion& region = layout_.regions[number];
            if (!in_use[number]) {
                add_working();
                continue;
            }
            const TaskTime* made = task_of(in_use[number]->made);
            const TaskTime* last_read = task_of(in_use[number]->last_read);
            changes_.emplace(made == nullptr ? 0 : made->start, Change{region.tensor, region.bytes, 0});
            if (last_read != nullptr) changes_.emplace(last_read->end, Change{region.tensor, 0, region.bytes});
        }
    }

    const TaskTime* task_of(std::optional<std::size_t> segment) const {
        return segment && *segment < tasks_.size() ? tasks_[*segment] : nullptr;
    }

    /// Layers share their working memory, each until the next one is computed.
    void add_working() {
        std::map<Cycles, std::uint64_t> bytes_by_start;
        for (const TaskTime* task : tasks_) {
            if (task == nullptr) continue;
            const Segment& segment = program_.program.segments[task->task];
            if (!segment.is_compute()) continue;
            bytes_by_start[task->start] =
                working_bytes(input_.network, input_.plan, input_.step, segment.layer, layout_.accelerator);
        }
        std::uint64_t before = 0;
        for (const auto& [start, bytes] : bytes_by_start) {
            changes_.emplace(start, Change{StoredTensor::Working, bytes, before});
            before = bytes;
        }
    }

    void apply(const Change& change) { now_.of(change.tensor) += change.added - change.removed; }

    const RunInput& input_;
    const MemoryLayout& layout_;
    const OverlappedProgram& program_;
    std::vector<const TaskTime*> tasks_;  ///< by task; null where the accelerator has no share
    std::multimap<Cycles, Change> changes_;
    std::multimap<Cycles, Change>::const_iterator next_;
    MemoryUse now_;
};

}  // namespace

std::vector<MemoryUse> memory_over_path(const RunInput& input, const MemoryLayout& layout,
                                        const OverlappedProgram& program, const OverlappedResult& result,
                                        const std::vector<PathSegment>& path, Cycles window_start) {
    UseInTime use(input, layout, program, result);
    std::vector<MemoryUse> uses;
    for (const PathSegment& part : path) {
        const Cycles start = window_start + part.entry.start;
        uses.push_back(use.most_between(start, start + part.entry.cycles));
    }
    return uses;
}

}  // namespace hypar
