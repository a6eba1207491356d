#include "sim/program/memory_layout.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

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
          graph_(derive_step(network, phases, step.batch, step.optimizer_words)) {
        for (const StoredTensor tensor :
             {StoredTensor::Weights, StoredTensor::OptimizerState, StoredTensor::Gradients}) {
            for (std::size_t layer = 0; layer < network_.size(); ++layer) {
                if (graph_.at(*kind_of(tensor), layer).kept) kept_.emplace_back(tensor, layer);
            }
        }
        keep_features();
    }

    MemoryLayout layout_of(std::uint64_t accelerator) const {
        MemoryLayout layout{accelerator, {}};
        for (const auto& [tensor, layer] : kept_) {
            add(layout, tensor, layer, stored_bytes(tensor, layer, accelerator));
        }
        if (!keeps_features_) add_working_space(layout, accelerator);
        return layout;
    }

private:
    /// What makes feature maps the same to several layers: what they are joined from, and how they lie. Where rows
    /// are split, each layer has a border of its own.
    struct Identity {
        std::vector<std::size_t> parts;
        std::uint64_t channels;
        Layout layout;
        std::size_t border_of;

        auto numbers() const {
            return std::tie(parts, channels, layout.batch, layout.channels, layout.rows, border_of);
        }
        friend bool operator<(const Identity& a, const Identity& b) { return a.numbers() < b.numbers(); }
    };

    /// The first layer that keeps something, whose backward phase is the last, keeps it for all.
    void keep_features() {
        std::set<Identity> known;
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            for (const StoredTensor tensor :
                 {StoredTensor::FeatureMaps, StoredTensor::SecondFeatureMaps, StoredTensor::Outputs}) {
                if (!graph_.at(*kind_of(tensor), layer).kept) continue;
                keeps_features_ = true;
                if (known.insert(identity_of(tensor, layer)).second) kept_.emplace_back(tensor, layer);
            }
        }
    }

    Identity identity_of(StoredTensor tensor, std::size_t layer) const {
        const Layer& shape = network_.layer(layer);
        const Layout layout = layout_of_operand(operand_of(tensor), layer);
        if (tensor == StoredTensor::Outputs) {
            return {{graph_.tensor(TensorKind::Outputs, layer)}, shape.output.channels, layout, 0};
        }
        const bool has_border = layout.rows != 0 && (shape.kernel.height > 1 || shape.pool);
        const FeatureShape& read = tensor == StoredTensor::FeatureMaps ? shape.input : shape.second_input;
        return {graph_.at(*kind_of(tensor), layer).parts, read.channels, layout, has_border ? layer + 1 : 0};
    }

    Layout layout_of_operand(Operand operand, std::size_t layer) const {
        return hypar::layout_of(sharding_of(network_.layer(layer).kind().form, plan_.layer(layer), operand));
    }

    static Operand operand_of(StoredTensor tensor) {
        switch (tensor) {
            case StoredTensor::FeatureMaps: return Operand::Input;
            case StoredTensor::SecondFeatureMaps: return Operand::SecondInput;
            case StoredTensor::Outputs: return Operand::Output;
            default: return Operand::Weights;
        }
    }

    static void add(MemoryLayout& layout, StoredTensor tensor, std::size_t layer, std::uint64_t bytes) {
        if (bytes > 0) layout.regions.push_back({tensor, layer, layout.bytes(), bytes});
    }

    /// Of what a layer takes one by one all are kept.
    std::uint64_t stored_bytes(StoredTensor tensor, std::size_t layer, std::uint64_t accelerator) const {
        if (tensor == StoredTensor::OptimizerState) {
            return checked_multiply(updated_weights(network_, plan_, step_, layer, accelerator), step_.element_bytes,
                                    step_.optimizer_words);
        }
        std::uint64_t words = 1;
        const Layer& shape = network_.layer(layer);
        if (tensor == StoredTensor::FeatureMaps && shape.is_elementwise()) words = shape.inputs;
        return checked_multiply(bytes_of(network_, plan_, step_, layer, operand_of(tensor), accelerator), words);
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
    std::vector<std::pair<StoredTensor, std::size_t>> kept_;  ///< with its layer, in the order of addresses
    bool keeps_features_ = false;
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
        case StoredTensor::SecondFeatureMaps: return "second feature maps";
        case StoredTensor::Outputs: return "outputs";
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
        case StoredTensor::SecondFeatureMaps: return TensorKind::SecondInputs;
        case StoredTensor::Outputs: return TensorKind::Outputs;
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
