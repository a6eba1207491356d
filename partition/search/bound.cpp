#include "partition/search/bound.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "base/checked.h"
#include "partition/ownership.h"

namespace hypar {
namespace {

/// Elements that one accelerator touches of a tensor: no less than its share, no more than all.
struct Touched {
    double least = 0;
    double most = 0;
};

/// The least sum of three numbers within their limits whose product is `product` or more. Where some are at a limit,
/// the others are equal.
double least_sum_of(const std::array<Touched, 3>& limits, double product) {
    constexpr std::size_t kWays = 27;  // each at its least, at its most, or free
    double least = limits[0].most + limits[1].most + limits[2].most;
    for (std::size_t way = 0; way < kWays; ++way) {
        const std::array<std::size_t, 3> states{way % 3, way / 3 % 3, way / 9};
        double fixed = 1;
        double sum = 0;
        std::size_t free = 0;
        for (std::size_t index = 0; index < 3; ++index) {
            if (states[index] == 2) {
                ++free;
                continue;
            }
            const double value = states[index] == 0 ? limits[index].least : limits[index].most;
            fixed *= value;
            sum += value;
        }
        if (free == 0) {
            if (fixed >= product) least = std::min(least, sum);
            continue;
        }
        const double each = std::pow(product / fixed, 1.0 / static_cast<double>(free));
        bool is_within = true;
        for (std::size_t index = 0; index < 3; ++index) {
            if (states[index] == 2)
                is_within = is_within && each >= limits[index].least && each <= limits[index].most;
        }
        if (is_within) least = std::min(least, sum + static_cast<double>(free) * each);
    }
    return least;
}

/// Whether some input of `layer` is there for nothing: the network's, or what another layer reads before it.
bool has_free_input(const Network& network, std::size_t layer) {
    const auto& producers = network.producers(layer);
    std::uint64_t made = 0;
    for (const std::size_t producer : producers) made += network.layer(producer).output.elements();
    if (made < network.layer(layer).input.elements()) return true;
    return std::any_of(producers.begin(), producers.end(),
                       [&](std::size_t producer) { return network.consumers(producer).front() != layer; });
}

/// A kernel along one dimension.
struct KernelLine {
    std::uint64_t size;
    std::uint64_t stride;
    std::uint64_t padding;
    std::uint64_t dilation;
};

/// Pairs of an output's place and a kernel's along one dimension that meet with the input, not with padding.
double meetings(std::uint64_t outputs, std::uint64_t inputs, const KernelLine& line) {
    std::uint64_t sum = 0;
    for (std::uint64_t place = 0; place < line.size; ++place) {
        // padding <= output * stride + kernel < padding + inputs
        const std::uint64_t kernel = place * line.dilation;
        const std::uint64_t before = line.padding > kernel ? ceil_divide(line.padding - kernel, line.stride) : 0;
        const std::uint64_t limit = line.padding + inputs;
        const std::uint64_t until = limit > kernel ? ceil_divide(limit - kernel, line.stride) : 0;
        sum += std::min(outputs, until) - std::min(outputs, before);
    }
    return static_cast<double>(sum);
}

/// Multiply-accumulates of a sample with what is not padding.
double macs_of(const Layer& shape) {
    const std::uint64_t read = shape.input.channels / shape.groups;  // by an output channel
    const double of_a_place = static_cast<double>(shape.output.channels) * static_cast<double>(read);
    const KernelLine rows{shape.kernel.height, shape.stride.height, shape.padding.top, shape.dilation.height};
    const KernelLine columns{shape.kernel.width, shape.stride.width, shape.padding.left, shape.dilation.width};
    return of_a_place * meetings(shape.unpooled_output.height, shape.input.height, rows) *
           meetings(shape.unpooled_output.width, shape.input.width, columns);
}

/// What a b c is no less than for all multiply-accumulates of a sample, squared. Where every accelerator computes
/// whole planes, these count as if the input were as large as the result; where rows may be split, padding does not
/// count.
double least_product(const Layer& shape, SplitSet splits) {
    const auto kernel = static_cast<double>(shape.kernel.height) * static_cast<double>(shape.kernel.width);
    const auto result = static_cast<double>(shape.unpooled_output.plane());
    const double pooled = result / static_cast<double>(shape.output.plane());
    if (contains(splits, Parallelism::Spatial)) {
        return macs_of(shape) * macs_of(shape) / (kernel * pooled);
    }
    const auto macs = static_cast<double>(shape.macs());
    return macs * macs / (kernel * pooled) * std::min(1.0, static_cast<double>(shape.input.plane()) / result);
}

double bound_of_layer(const Network& network, std::size_t layer, const StepShape& step, double accelerators,
                      SplitSet splits) {
    const Layer& shape = network.layer(layer);
    const bool has_bound = shape.type == LayerType::Convolution || shape.type == LayerType::FullyConnected;
    if (!has_bound) return 0;
    const auto batch = static_cast<double>(step.batch);
    const std::array<double, 3> all{batch * static_cast<double>(shape.input.elements()),
                                    static_cast<double>(shape.weights()),
                                    batch * static_cast<double>(shape.output.elements())};
    const double part = batch / accelerators;
    std::array<Touched, 3> limits;
    double shares = 0;
    for (std::size_t index = 0; index < 3; ++index) limits[index] = {all[index] / accelerators, all[index]};
    const bool is_free = has_free_input(network, layer);
    if (is_free) limits[0].least = limits[0].most;
    if (network.weights_of(layer)) limits[1].least = limits[1].most;
    for (const Touched& tensor : limits) shares += tensor.least;
    const double touched = least_sum_of(limits, part * part * least_product(shape, splits));
    return 2 * accelerators * std::max(0.0, touched - shares);
}

/// The share of a tensor that stays where it is when one dimension is swapped for another at a level, beyond what
/// would if their parts were even.
double share_that_stays(const DividedItems& a, const DividedItems& b, std::size_t level) {
    const auto more = static_cast<double>(stays_unevenly(a, b, level));
    const auto size = static_cast<double>(a.at_place[level].size());
    return more / (size * static_cast<double>(a.count) * static_cast<double>(b.count));
}

/// The most of it, in all swaps of all tensors, in elements.
double most_uneven(const Network& network, const StepShape& step, const Levels& levels, SplitSet splits) {
    const DividedItems samples(step.batch, levels);
    double elements = 0;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const FeatureShape& output = network.layer(layer).output;
        const DividedItems channels(network.layer(layer).channel_parts(), levels);
        const DividedItems features(output.elements(), levels);
        const DividedItems rows(output.height, levels);
        double share = 0;
        for (std::size_t level = 0; level < levels.count(); ++level) {
            double most = std::max(
                {0.0, share_that_stays(samples, channels, level), share_that_stays(samples, features, level)});
            if (contains(splits, Parallelism::Spatial)) {
                most =
                    std::max({most, share_that_stays(samples, rows, level), share_that_stays(channels, rows, level)});
            }
            share += most;
        }
        const std::size_t readers = network.consumers(layer).size();
        const auto copies = static_cast<double>(readers > 1 ? levels.accelerators() * readers : 1);
        elements += 2 * copies * share * static_cast<double>(step.batch) * static_cast<double>(output.elements());
    }
    return elements;
}

std::uint64_t in_bytes(double bytes) {
    constexpr double kMost = 9.2e18;  // of 63 bits
    if (bytes > kMost) throw std::overflow_error("the bound of a plan's traffic exceeds 64 bits");
    return static_cast<std::uint64_t>(std::llround(bytes));
}

}  // namespace

TrafficBound bound_traffic(const Network& network, const StepShape& step, const Levels& levels, SplitSet splits) {
    const auto accelerators = static_cast<double>(levels.accelerators());
    const auto element_bytes = static_cast<double>(step.element_bytes);
    TrafficBound bound;
    if (!levels.shares().empty()) {  // that each does as much as the others is what it rests on
        bound.layer_bytes.assign(network.size(), 0);
        bound.is_even = false;
        return bound;
    }
    double sum = 0;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const double bytes = bound_of_layer(network, layer, step, accelerators, splits) * element_bytes;
        bound.layer_bytes.push_back(in_bytes(bytes));
        sum += bytes;
    }
    const double uneven = most_uneven(network, step, levels, splits) * element_bytes;
    bound.is_even = uneven == 0;
    bound.bytes = in_bytes(std::max(0.0, sum - uneven));
    return bound;
}

}  // namespace hypar
