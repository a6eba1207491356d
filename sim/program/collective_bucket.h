#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collective/collective.h"
#include "partition/levels.h"
#include "workloads/step_graph.h"

namespace hypar {

/// Gradients of consecutive layers that the same groups sum up, or weights that they gather: one collective of all
/// their bytes, which starts when the last of them is there.
class CollectiveBucket {
public:
    /// `most_bytes` on an accelerator; 0: there are no buckets. `levels` must outlive it.
    CollectiveBucket(const Levels& levels, std::uint64_t most_bytes) : levels_(levels), most_bytes_(most_bytes) {}

    bool exists() const { return most_bytes_ > 0; }
    bool is_empty() const { return tensors_.empty(); }
    /// Whether the collective of one more tensor may join; an empty bucket takes any but a swap.
    bool takes(const Collective& next) const;
    /// Takes the collective of a tensor of the step, behind `part`, which makes it.
    void add(const StepOperator& part, std::size_t tensor, const Collective& next);
    void clear();

    const Collective& joined() const { return joined_; }
    const StepOperator& last() const { return last_; }
    const std::vector<std::size_t>& tensors() const { return tensors_; }

private:
    std::uint64_t bytes_of(const Collective& collective) const;

    const Levels& levels_;
    std::uint64_t most_bytes_;
    Collective joined_;
    StepOperator last_;
    std::vector<std::size_t> tensors_;
};

}  // namespace hypar
