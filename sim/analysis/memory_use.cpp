#include "sim/analysis/memory_use.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

class Liveness {
public:
    Liveness(const Network& network, const std::vector<Segment>& segments) : network_(network), segments_(segments) {}

    /// The segments, from the first to the one behind the last, in which a region is in use.
    std::pair<std::size_t, std::size_t> lifetime(const MemoryRegion& region) const {
        switch (region.tensor) {
            case StoredTensor::Weights:
            case StoredTensor::OptimizerState: return {0, segments_.size()};
            case StoredTensor::Gradients:
                return {first(region.layer, Phase::Gradient), end(region.layer, Phase::Update, segments_.size())};
            case StoredTensor::FeatureMaps: return {made(region.layer), read(region.layer)};
            case StoredTensor::Working: break;
        }
        return {0, 0};
    }

private:
    bool computes(std::size_t index, std::size_t layer, Phase phase) const {
        const Segment& segment = segments_[index];
        return segment.is_compute() && segment.layer == layer && segment.phase == phase;
    }

    /// The segment that computes a layer's phase, the first of all if none does.
    std::size_t first(std::size_t layer, Phase phase) const { return end(layer, phase, 1) - 1; }

    /// The segment behind it.
    std::size_t end(std::size_t layer, Phase phase, std::size_t if_none) const {
        for (std::size_t index = 0; index < segments_.size(); ++index) {
            if (computes(index, layer, phase)) return index + 1;
        }
        return if_none;
    }

    std::size_t made(std::size_t layer) const {
        const std::vector<std::size_t> producers = network_.producers(layer);
        std::size_t earliest = producers.empty() ? 0 : segments_.size();
        for (const std::size_t producer : producers) earliest = std::min(earliest, first(producer, Phase::Forward));
        return earliest;
    }

    std::size_t read(std::size_t layer) const { return end(layer, Phase::Gradient, segments_.size()); }

    const Network& network_;
    const std::vector<Segment>& segments_;
};

std::uint64_t& bytes_of(MemoryUse& use, StoredTensor tensor) {
    switch (tensor) {
        case StoredTensor::Weights: return use.weights;
        case StoredTensor::OptimizerState: return use.optimizer_state;
        case StoredTensor::Gradients: return use.gradients;
        case StoredTensor::FeatureMaps:
        case StoredTensor::Working: break;
    }
    return use.feature_maps;
}

}  // namespace

std::uint64_t MemoryUse::total() const {
    return checked_add(checked_add(weights, optimizer_state), checked_add(gradients, feature_maps));
}

std::vector<MemoryUse> memory_over_step(const Network& network, const Plan& plan, const StepShape& step,
                                        const MemoryLayout& layout, const std::vector<Segment>& segments) {
    std::vector<MemoryUse> uses(segments.size());
    const Liveness liveness(network, segments);
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
