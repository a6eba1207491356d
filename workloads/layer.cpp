#include "workloads/layer.h"

#include "base/checked.h"

namespace hypar {

std::uint64_t FeatureShape::plane() const { return checked_multiply(height, width); }

std::uint64_t FeatureShape::elements() const { return checked_multiply(channels, height, width); }

std::uint64_t Layer::weights() const {
    return checked_multiply(unpooled_output.channels, input.channels / groups, kernel, kernel);
}

std::uint64_t Layer::macs() const { return checked_multiply(weights(), unpooled_output.plane()); }

}  // namespace hypar
