#include "sim/memory_footprint.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

MemoryFootprint footprint_of(const Network& network, const Plan& plan, const StepShape& step,
                             const std::vector<Phase>& phases, std::uint64_t accelerator) {
    const bool trains = std::find(phases.begin(), phases.end(), Phase::Gradient) != phases.end();
    MemoryFootprint footprint{accelerator, {}, 0};
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const Layer& shape = network.layer(layer);
        const std::uint64_t samples =
            owned_items(step.batch, compute_layout(plan, layer).batch, accelerator, plan.levels());
        const std::uint64_t channels = owned_channels(network, plan, layer, step.partial_sums, accelerator);
        const std::uint64_t weights =
            checked_multiply(owned_weights(network, plan, layer, step.partial_sums, accelerator), step.element_bytes);
        const std::uint64_t inputs = checked_multiply(samples, channels, shape.input.plane(), step.element_bytes);
        const std::uint64_t outputs = checked_multiply(samples, shape.output.elements(), step.element_bytes);
        footprint.layers.push_back({weights, trains ? weights : 0, trains ? inputs : 0});
        if (!trains) footprint.working_bytes = std::max(footprint.working_bytes, checked_add(inputs, outputs));
    }
    return footprint;
}

std::string describe(std::uint64_t bytes) { return fmt::format("{:.2f} GB", static_cast<double>(bytes) / 1e9); }

}  // namespace

std::uint64_t MemoryFootprint::bytes() const {
    std::uint64_t sum = working_bytes;
    for (const LayerFootprint& layer : layers) {
        sum = checked_add(sum, checked_add(checked_add(layer.weights, layer.gradients), layer.feature_maps));
    }
    return sum;
}

MemoryFootprint largest_footprint(const Network& network, const Plan& plan, const StepShape& step,
                                  const std::vector<Phase>& phases) {
    MemoryFootprint largest = footprint_of(network, plan, step, phases, 0);
    for (std::uint64_t i = 1; i < plan.accelerators(); ++i) {
        MemoryFootprint footprint = footprint_of(network, plan, step, phases, i);
        if (footprint.bytes() > largest.bytes()) largest = std::move(footprint);
    }
    return largest;
}

void check_capacity(const MemoryFootprint& footprint, const Network& network, const MemorySpec& memory) {
    if (footprint.bytes() <= memory.capacity_bytes) return;
    std::uint64_t laid_out = 0;
    std::string overflowing = "the feature maps that a layer works on";
    const auto lay_out = [&](std::uint64_t bytes, const Layer& layer, const char* what) {
        const bool fitted = laid_out <= memory.capacity_bytes;
        laid_out += bytes;
        if (fitted && laid_out > memory.capacity_bytes) overflowing = fmt::format("the {} of {}", what, layer.name);
    };
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        lay_out(footprint.layers[layer].weights, network.layer(layer), "weights");
        lay_out(footprint.layers[layer].gradients, network.layer(layer), "gradients");
    }
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        lay_out(footprint.layers[layer].feature_maps, network.layer(layer), "feature maps");
    }
    throw ConfigError("array.memory.capacity",
                      fmt::format("accelerator {} needs {} bytes ({}) and has {} ({}): no room for {}; "
                                  "\"capacity: report\" runs it all the same",
                                  footprint.accelerator, footprint.bytes(), describe(footprint.bytes()),
                                  memory.capacity_bytes, describe(memory.capacity_bytes), overflowing));
}

}  // namespace hypar
