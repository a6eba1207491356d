#include "sim/program/traffic_bound.h"

#include <algorithm>
#include <cmath>

#include "arch/unit/pass.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Of a dimension's rows of features, how many `kernel` rows meet at `out` positions, wherever zeros surround them.
std::uint64_t met(std::uint64_t in, std::uint64_t out, std::uint64_t kernel) {
    return std::min(in, out + kernel - 1);
}

}  // namespace

std::uint64_t tensor_bytes(const LoopNest& nest, std::uint64_t element_bytes) {
    const std::uint64_t filters = checked_multiply(nest.groups, nest.in_channels, nest.out_channels,
                                                   nest.kernel_height, nest.kernel_width, element_bytes);
    if (nest.is_elementwise()) return checked_multiply(filters, 3 + 2 * nest.state_words);
    const std::uint64_t outputs =
        checked_multiply(nest.groups, nest.samples, nest.out_channels, nest.stored_out_plane, element_bytes);
    const std::uint64_t plane = nest.is_transposed()
                                    ? checked_multiply(nest.in_height, nest.in_width)
                                    : checked_multiply(met(nest.in_height, nest.out_height, nest.kernel_height),
                                                       met(nest.in_width, nest.out_width, nest.kernel_width));
    const std::uint64_t features =
        checked_multiply(nest.groups, nest.samples, nest.in_channels, plane, element_bytes);
    return checked_add(filters, checked_add(outputs, features));
}

std::uint64_t least_moved_bytes(const LoopNest& nest, std::uint64_t macs, std::uint64_t units,
                                std::uint64_t buffer_bytes, std::uint64_t element_bytes) {
    if (nest.is_elementwise() || nest.stored_out_plane == 0) return 0;
    const auto real = [](std::uint64_t number) { return static_cast<double>(number); };
    // In how many positions a word of features is multiplied at the most.
    const double uses = real(std::min(nest.out_height, row_phases(nest).taps)) *
                        real(std::min(nest.out_width, column_phases(nest).taps));
    const double pooled = std::max(1.0, real(nest.out_height) * real(nest.out_width) / real(nest.stored_out_plane));
    const double words = real(buffer_bytes / element_bytes);
    const double moved = std::sqrt(2 / (uses * pooled * words)) * real(macs) - 4 * words * real(units);
    return moved < 1 ? 0 : static_cast<std::uint64_t>(moved) * element_bytes;
}

}  // namespace hypar
