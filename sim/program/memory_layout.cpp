#include "sim/program/memory_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

std::uint64_t bytes_of(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                       Operand operand, std::uint64_t accelerator) {
    return checked_multiply(owned_elements(network, plan, step, layer, operand, accelerator), step.element_bytes);
}

class LayoutMaker {
public:
    LayoutMaker(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases)
        : network_(network),
          plan_(plan),
          step_(step),
          graph_(derive_step(network, phases, step.batch, step.optimizer_words)) {}

    MemoryLayout layout_of(std::uint64_t accelerator) const {
        MemoryLayout layout{accelerator, {}};
        for (const StoredTensor tensor : {StoredTensor::Weights, StoredTensor::OptimizerState,
                                          StoredTensor::Gradients, StoredTensor::FeatureMaps}) {
            for (std::size_t layer = 0; layer < network_.size(); ++layer) {
                if (!graph_.at(*kind_of(tensor), layer).kept) continue;
                add(layout, tensor, layer, stored_bytes(tensor, layer, accelerator));
            }
        }
        if (!graph_.at(TensorKind::Inputs, 0).kept) add_working_space(layout, accelerator);
        return layout;
    }

private:
    static void add(MemoryLayout& layout, StoredTensor tensor, std::size_t layer, std::uint64_t bytes) {
        if (bytes > 0) layout.regions.push_back({tensor, layer, layout.bytes(), bytes});
    }

    std::uint64_t stored_bytes(StoredTensor tensor, std::size_t layer, std::uint64_t accelerator) const {
        const Operand operand = tensor == StoredTensor::FeatureMaps ? Operand::Input : Operand::Weights;
        const std::uint64_t words = tensor == StoredTensor::OptimizerState ? step_.optimizer_words : 1;
        return checked_multiply(bytes_of(network_, plan_, step_, layer, operand, accelerator), words);
    }

    void add_working_space(MemoryLayout& layout, std::uint64_t accelerator) const {
        std::uint64_t most = 0;
        std::size_t largest = 0;
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            const std::uint64_t bytes = working_bytes(network_, plan_, step_, layer, accelerator);
            if (bytes > most) largest = layer;
            most = std::max(most, bytes);
        }
        add(layout, StoredTensor::Working, largest, most);
    }

    const Network& network_;
    const Plan& plan_;
    const StepShape& step_;
    StepGraph graph_;
};

std::string describe(std::uint64_t bytes) {
    const auto exact = static_cast<double>(bytes);
    return exact < 1e7 ? fmt::format("{:.2f} MB", exact / 1e6) : fmt::format("{:.2f} GB", exact / 1e9);
}

}  // namespace

const char* name_of(StoredTensor tensor) {
    switch (tensor) {
        case StoredTensor::Weights: return "weights";
        case StoredTensor::OptimizerState: return "optimizer state";
        case StoredTensor::Gradients: return "gradients";
        case StoredTensor::FeatureMaps: return "feature maps";
        case StoredTensor::Working: return "feature maps at work";
    }
    return "";
}

std::optional<TensorKind> kind_of(StoredTensor tensor) {
    switch (tensor) {
        case StoredTensor::Weights: return TensorKind::Weights;
        case StoredTensor::OptimizerState: return TensorKind::OptimizerState;
        case StoredTensor::Gradients: return TensorKind::WeightGradients;
        case StoredTensor::FeatureMaps: return TensorKind::Inputs;
        case StoredTensor::Working: break;
    }
    return std::nullopt;
}

std::uint64_t working_bytes(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                            std::uint64_t accelerator) {
    return checked_add(bytes_of(network, plan, step, layer, Operand::Input, accelerator),
                       bytes_of(network, plan, step, layer, Operand::Output, accelerator));
}

std::uint64_t MemoryLayout::bytes() const {
    return regions.empty() ? 0 : checked_add(regions.back().address, regions.back().bytes);
}

MemoryLayout fullest_layout(const Network& network, const Plan& plan, const StepShape& step,
                            const std::vector<Phase>& phases) {
    const LayoutMaker maker(network, plan, step, phases);
    MemoryLayout fullest = maker.layout_of(0);
    for (std::uint64_t i = 1; i < plan.accelerators(); ++i) {
        MemoryLayout layout = maker.layout_of(i);
        if (layout.bytes() > fullest.bytes()) fullest = std::move(layout);
    }
    return fullest;
}

void check_capacity(const MemoryLayout& layout, const Network& network, const MemorySpec& memory) {
    if (layout.bytes() <= memory.capacity_bytes) return;
    const auto overflowing =
        std::find_if(layout.regions.begin(), layout.regions.end(), [&](const MemoryRegion& region) {
            return checked_add(region.address, region.bytes) > memory.capacity_bytes;
        });
    throw ConfigError("array.memory.capacity",
                      fmt::format("accelerator {} needs {} bytes ({}) and has {} ({}): no room for the {} of {}; "
                                  "\"capacity: report\" runs it all the same",
                                  layout.accelerator, layout.bytes(), describe(layout.bytes()), memory.capacity_bytes,
                                  describe(memory.capacity_bytes), name_of(overflowing->tensor),
                                  network.layer(overflowing->layer).name));
}

}  // namespace hypar
