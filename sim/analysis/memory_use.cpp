#include "sim/analysis/memory_use.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/checked.h"
#include "workloads/step_graph.h"

namespace hypar {
namespace {

/// The segments in which what a step keeps is in use.
class Liveness {
public:
    Liveness(StepGraph graph, const Program& program) : graph_(std::move(graph)), program_(program) {}

    /// From the first segment to the one behind the last.
    std::pair<std::size_t, std::size_t> lifetime(const MemoryRegion& region) const {
        const std::optional<TensorKind> kind = kind_of(region.tensor);
        if (!kind) return {0, 0};
        const Lifetime kept = graph_.at(*kind, region.layer).kept.value();
        const std::vector<std::size_t>& segment = program_.operator_segments;
        const std::size_t segments = program_.segments.size();
        return {kept.made ? segment[*kept.made] : 0,
                kept.last_read ? std::min(segment[*kept.last_read] + 1, segments) : segments};
    }

private:
    StepGraph graph_;
    const Program& program_;
};

std::uint64_t& bytes_of(MemoryUse& use, StoredTensor tensor) {
    switch (tensor) {
        case StoredTensor::Weights: return use.weights;
        case StoredTensor::OptimizerState: return use.optimizer_state;
        case StoredTensor::Gradients: return use.gradients;
        case StoredTensor::FeatureMaps:
        case StoredTensor::SecondFeatureMaps:
        case StoredTensor::Outputs:
        case StoredTensor::Working: break;
    }
    return use.feature_maps;
}

}  // namespace

std::uint64_t MemoryUse::total() const {
    return checked_add(checked_add(weights, optimizer_state), checked_add(gradients, feature_maps));
}

std::vector<MemoryUse> memory_over_step(const Network& network, const Plan& plan, const StepShape& step,
                                        const std::vector<Phase>& phases, const MemoryLayout& layout,
                                        const Program& program) {
    const std::vector<Segment>& segments = program.segments;
    std::vector<MemoryUse> uses(segments.size());
    const Liveness liveness(derive_step(network, phases, step.batch, step.optimizer_words), program);
    for (const MemoryRegion& region : layout.regions) {
        const auto [begin, end] = liveness.lifetime(region);
        for (std::size_t index = begin; index < end; ++index) bytes_of(uses[index], region.tensor) += region.bytes;
        if (region.tensor != StoredTensor::Working) continue;
        for (std::size_t index = 0; index < segments.size(); ++index) {
            if (segments[index].phase == Phase::Update) continue;
            uses[index].feature_maps = working_bytes(network, plan, step, segments[index].layer, layout.accelerator);
        }
    }
    return uses;
}

std::uint64_t peak_in_use(const std::vector<MemoryUse>& uses) {
    std::uint64_t peak = 0;
    for (const MemoryUse& use : uses) peak = std::max(peak, use.total());
    return peak;
}

}  // namespace hypar
