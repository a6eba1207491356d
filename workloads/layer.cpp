#include "workloads/layer.h"

#include "base/checked.h"

namespace hypar {

std::uint64_t FeatureShape::plane() const { return checked_multiply(height, width); }

std::uint64_t FeatureShape::elements() const { return checked_multiply(channels, height, width); }

std::uint64_t Layer::statistics() const {
    if (type == LayerType::Softmax && heads > 1) return 0;
    if (kind().across == Across::OneNumber) return 1;
    return kind().across == Across::TwoNumbers ? 2 : 0;
}

std::uint64_t Layer::weights_each() const {
    switch (type) {
        case LayerType::Convolution:
        case LayerType::FullyConnected:
        case LayerType::TransposedConvolution: return checked_multiply(kernel.height, kernel.width);
        case LayerType::Embedding: return vocabulary;
        case LayerType::Position: return output.height + (has_class_token ? 1 : 0);
        case LayerType::BatchNorm:
        case LayerType::LayerNorm: return 2;
        case LayerType::RmsNorm: return 1;
        default: return 0;
    }
}

std::uint64_t Layer::weights() const {
    if (!is_weighted()) return checked_multiply(output.channels, weights_each());
    return checked_multiply(unpooled_output.channels, input.channels / groups, weights_each());
}

std::uint64_t Layer::biases() const {
    return is_weighted() && multiplies() && has_bias ? unpooled_output.channels : 0;
}

Kept Layer::keeps() const {
    const bool averages = type == LayerType::Pool && pool->kind == PoolKind::Average;
    return averages ? Kept::Nothing : kind().kept;
}

std::uint64_t Layer::kept() const {
    if (keeps() == Kept::Nothing) return 0;
    if (keeps() == Kept::Output) return output.elements();
    const std::uint64_t alike = inputs - (second ? 1 : 0);
    const std::uint64_t other = second ? second_input.elements() : 0;
    return checked_add(checked_multiply(alike, input.elements()), other);
}

std::uint64_t Layer::macs() const {
    if (is_product()) {
        const std::uint64_t summed = has_transposed ? input.channels : input.channels / heads;
        return checked_multiply(summed, output.channels / (has_transposed ? heads : 1), output.plane());
    }
    if (!multiplies()) return 0;
    return checked_multiply(weights(),
                            type == LayerType::TransposedConvolution ? input.plane() : unpooled_output.plane());
}

std::string text_of(const Extent& extent) {
    return std::to_string(extent.height) + "x" + std::to_string(extent.width);
}

}  // namespace hypar
