#include "sim/analysis/memory_use.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/checked.h"
#include "workloads/step_graph.h"

namespace hypar {

std::uint64_t MemoryUse::total() const {
    return checked_add(checked_add(weights, optimizer_state), checked_add(gradients, feature_maps));
}

std::uint64_t& MemoryUse::of(StoredTensor tensor) {
    switch (tensor) {
        case StoredTensor::Weights: return weights;
        case StoredTensor::OptimizerState: return optimizer_state;
        case StoredTensor::Gradients: return gradients;
        case StoredTensor::FeatureMaps:
        case StoredTensor::SecondFeatureMaps:
        case StoredTensor::Outputs:
        case StoredTensor::Working: break;
    }
    return feature_maps;
}

std::vector<std::optional<InUse>> regions_in_use(const Network& network, const StepShape& step,
                                                 const std::vector<Phase>& phases, const MemoryLayout& layout,
                                                 const Program& program) {
    const StepGraph graph = derive_step(network, phases, step.batch, step.optimizer_words);
    const auto segment_of = [&](const std::optional<std::size_t>& of_operator) -> std::optional<std::size_t> {
        if (!of_operator) return std::nullopt;
        return program.operator_segments[*of_operator];
    };
    std::vector<std::optional<InUse>> uses;
    for (const MemoryRegion& region : layout.regions) {
        const std::optional<TensorKind> kind = kind_of(region.tensor);
        uses.emplace_back();
        if (!kind) continue;
        const Lifetime kept = graph.at(*kind, region.layer).kept.value();
        uses.back() = InUse{segment_of(kept.made), segment_of(kept.last_read)};
    }
    return uses;
}

std::vector<MemoryUse> memory_over_step(const Network& network, const Plan& plan, const StepShape& step,
                                        const std::vector<Phase>& phases, const MemoryLayout& layout,
                                        const Program& program) {
    const std::vector<Segment>& segments = program.segments;
    std::vector<MemoryUse> uses(segments.size());
    const std::vector<std::optional<InUse>> in_use = regions_in_use(network, step, phases, layout, program);
    for (std::size_t number = 0; number < layout.regions.size(); ++number) {
        const MemoryRegion& region = layout.regions[number];
        if (in_use[number]) {
            const std::size_t end =
                std::min(in_use[number]->last_read.value_or(segments.size()), segments.size() - 1);
            for (std::size_t index = in_use[number]->made.value_or(0); index < segments.size() && index <= end;
                 ++index) {
                uses[index].of(region.tensor) += region.bytes;
            }
            continue;
        }
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
