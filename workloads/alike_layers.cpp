#include "workloads/alike_layers.h"

#include <cstdint>
#include <map>

namespace hypar {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers sizes_of(const Layer& shape, bool is_shared) {
    std::vector<std::uint64_t> sizes{static_cast<std::uint64_t>(shape.type),
                                     shape.groups,
                                     shape.heads,
                                     shape.kv_heads,
                                     shape.has_transposed ? 1U : 0U,
                                     shape.weights_each(),
                                     shape.inputs,
                                     shape.channel_unit,
                                     is_shared ? 1U : 0U};
    const auto add = [&](const Extent& extent) { sizes.insert(sizes.end(), {extent.height, extent.width}); };
    const auto add_padding = [&](const Padding& padding) {
        sizes.insert(sizes.end(), {padding.top, padding.left, padding.bottom, padding.right});
    };
    add(shape.kernel);
    add(shape.stride);
    add(shape.dilation);
    add_padding(shape.padding);
    for (const FeatureShape& features : {shape.input, shape.second_input, shape.unpooled_output, shape.output}) {
        sizes.insert(sizes.end(), {features.channels, features.height, features.width});
    }
    const Pool pool = shape.pool.value_or(Pool{PoolKind::Max, 1, 1});
    sizes.push_back(shape.pool ? 1U : 0U);
    add(pool.size);
    add(pool.stride);
    add_padding(pool.padding);
    return sizes;
}

/// A layer's own sizes and those around it.
Numbers surroundings_of(const Network& network, std::size_t layer, const std::vector<Numbers>& sizes) {
    Numbers numbers = sizes[layer];
    const auto add = [&](std::size_t other, bool is_second) {
        numbers.push_back(is_second ? 1U : 0U);
        numbers.insert(numbers.end(), sizes[other].begin(), sizes[other].end());
    };
    for (const std::size_t producer : network.producers(layer))
        add(producer, network.is_second_input(layer, producer));
    numbers.push_back(0);
    for (const std::size_t consumer : network.consumers(layer)) {
        add(consumer, network.is_second_input(consumer, layer));
    }
    return numbers;
}

}  // namespace

std::vector<std::size_t> alike_layers(const Network& network) {
    std::vector<Numbers> sizes;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        sizes.push_back(sizes_of(network.layer(layer), network.weights_of(layer).has_value()));
    }
    std::map<Numbers, std::size_t> first;
    std::vector<std::size_t> alike;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        alike.push_back(first.try_emplace(surroundings_of(network, layer, sizes), layer).first->second);
    }
    return alike;
}

}  // namespace hypar
