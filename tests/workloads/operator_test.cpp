#include "workloads/operator.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "tests/workloads/support.h"

namespace hypar {
namespace {

using Index = std::array<std::uint64_t, kAxes>;  // by Axis
using Place = std::vector<std::int64_t>;
using Values = std::map<Place, std::int64_t>;

constexpr AxisSet set_of_all(std::initializer_list<Axis> axes) {
    AxisSet set = 0;
    for (const Axis axis : axes) set |= set_of(axis);
    return set;
}

/// Calls `visit` with every index of an operator's loops.
template <typename Visit>
void for_each_index(const Operator& work, Visit visit) {
    Index index{};
    for (;;) {
        visit(index);
        std::size_t axis = 0;
        while (axis < kAxes && ++index[axis] == work.extents[axis]) index[axis++] = 0;
        if (axis == kAxes) return;
    }
}

/// The element of a tensor that an index meets; none in the padding.
std::optional<Place> place_of(const Operator& work, const TensorUse& use, const Index& index) {
    Place place;
    for (std::size_t number = 0; number < kAxes; ++number) {
        const auto axis = static_cast<Axis>(number);
        if (!contains(use.axes, axis)) continue;
        auto at = static_cast<std::int64_t>(index[number]);
        if (contains(use.windowed, axis)) {
            const bool is_row = axis == Axis::Rows;
            const Axis kernel = is_row ? Axis::KernelRows : Axis::KernelColumns;
            const auto of = [&](std::uint64_t rows, std::uint64_t columns) {
                return static_cast<std::int64_t>(is_row ? rows : columns);
            };
            const Window& window = work.window;
            at = at * of(window.stride.height, window.stride.width) +
                 static_cast<std::int64_t>(index[static_cast<std::size_t>(kernel)]) *
                     of(window.dilation.height, window.dilation.width) -
                 of(window.padding.top, window.padding.left);
            const std::uint64_t extent = is_row ? work.window.rows : work.window.columns;
            if (at < 0 || at >= static_cast<std::int64_t>(extent)) return std::nullopt;
        }
        place.push_back(at);
    }
    return place;
}

Values random_values(std::mt19937& random, const Operator& work, const TensorUse& use) {
    Values values;
    for_each_index(work, [&](const Index& index) {
        const auto place = place_of(work, use, index);
        if (place) values.try_emplace(*place, static_cast<std::int64_t>(random() % 19) - 9);
    });
    return values;
}

/// What an operator makes of two operands.
Values compute(const Operator& work, const Values& first, const Values& second) {
    Values made;
    for_each_index(work, [&](const Index& index) {
        const auto a = place_of(work, work.operands[0], index);
        const auto b = place_of(work, work.operands[1], index);
        const auto result = place_of(work, work.result, index);
        if (a && b && result) made[*result] += first.at(*a) * second.at(*b);
    });
    return made;
}

std::int64_t inner_product(const Values& a, const Values& b) {
    std::int64_t sum = 0;
    for (const auto& [place, value] : a) {
        const auto other = b.find(place);
        if (other != b.end()) sum += value * other->second;
    }
    return sum;
}

Layer layer_of(FeatureShape input, const LayerSpec& spec) { return network_of(input, {spec}).layer(0); }

const std::vector<Layer>& small_layers() {
    static const std::vector<Layer> kLayers{
        layer_of({4, 5, 4}, convolution("plain", 3, 3)),
        layer_of({2, 6, 5}, convolution("strided", 4, 3, 2, 1)),
        layer_of({4, 4, 4}, grouped(convolution("grouped", 6, 2, 1, 1), 2)),
        layer_of({3, 2, 2}, fully_connected("full", 5)),
    };
    return kLayers;
}

TEST(Operator, SumsOverTheAxesThatItsResultLacks) {
    const Operator forward = forward_operator(small_layers()[2], 3, 0, 1, 2);
    EXPECT_EQ(forward.summed(), set_of_all({Axis::InChannels, Axis::KernelRows, Axis::KernelColumns}));
    const Operator backward = forward.transposed(kFeaturesOperand, 3, 4);
    EXPECT_EQ(backward.summed(), set_of_all({Axis::OutChannels, Axis::KernelRows, Axis::KernelColumns}));
    const Operator gradient = forward.transposed(kWeightsOperand, 3, 5);
    EXPECT_EQ(gradient.summed(), set_of_all({Axis::Batch, Axis::Rows, Axis::Columns}));
    EXPECT_EQ(update_operator(gradient, 1, 6, 2).summed(), 0U);
}

TEST(Operator, ForwardIsAConvolutionByDefinition) {
    std::mt19937 random(1);
    for (const Layer& layer : small_layers()) {
        const Operator forward = forward_operator(layer, 2, 0, 1, 2);
        const Values features = random_values(random, forward, forward.operands[kFeaturesOperand]);
        const Values weights = random_values(random, forward, forward.operands[kWeightsOperand]);
        const Values outputs = compute(forward, features, weights);
        EXPECT_EQ(features.size(), 2 * layer.input.elements()) << layer.name;
        EXPECT_EQ(weights.size(), layer.weights()) << layer.name;
        EXPECT_EQ(outputs.size(), 2 * layer.unpooled_output.elements()) << layer.name;

        const auto of = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
        const auto [groups, k, stride, padding] = std::make_tuple(of(layer.groups), of(layer.kernel.height),
                                                                  of(layer.stride.height), of(layer.padding.top));
        const std::int64_t in = of(layer.input.channels) / groups;
        const std::int64_t out = of(layer.unpooled_output.channels) / groups;
        for (const auto& [place, value] : outputs) {  // sample, group, output channel, row, column
            std::int64_t sum = 0;
            for (std::int64_t element = 0; element < in * k * k; ++element) {
                const std::int64_t channel = element / (k * k);
                const std::int64_t row = place[3] * stride + element / k % k - padding;
                const std::int64_t column = place[4] * stride + element % k - padding;
                if (row < 0 || row >= of(layer.input.height) || column < 0 || column >= of(layer.input.width))
                    continue;
                sum += features.at({place[0], place[1], channel, row, column}) *
                       weights.at({place[1], place[2], channel, element / k % k, element % k});
            }
            ASSERT_LT(place[2], out);
            ASSERT_EQ(value, sum) << layer.name;
        }
    }
}

/// With L the inner product of outputs and errors, backward and gradient are the derivatives of L: outputs are linear
/// in either operand, so L is also the inner product of each operand with its derivative.
TEST(Operator, BackwardAndGradientAreTheDerivativesOfForward) {
    std::mt19937 random(2);
    for (const Layer& layer : small_layers()) {
        const Operator forward = forward_operator(layer, 2, 0, 1, 2);
        const Operator backward = forward.transposed(kFeaturesOperand, 3, 4);
        const Operator gradient = forward.transposed(kWeightsOperand, 3, 5);
        for (int round = 0; round < 5; ++round) {
            const Values features = random_values(random, forward, forward.operands[kFeaturesOperand]);
            const Values weights = random_values(random, forward, forward.operands[kWeightsOperand]);
            const Values errors = random_values(random, forward, forward.result);
            const std::int64_t loss = inner_product(compute(forward, features, weights), errors);
            EXPECT_EQ(inner_product(features, compute(backward, errors, weights)), loss) << layer.name;
            EXPECT_EQ(inner_product(weights, compute(gradient, features, errors)), loss) << layer.name;
        }
    }
}

TEST(Operator, TransposedReadsAndMakesTheTensorsGiven) {
    const Operator gradient = forward_operator(small_layers()[0], 2, 10, 11, 12).transposed(kWeightsOperand, 13, 14);
    EXPECT_EQ(gradient.operands[kFeaturesOperand].tensor, 10U);
    EXPECT_EQ(gradient.operands[kWeightsOperand].tensor, 13U);
    EXPECT_EQ(gradient.result.tensor, 14U);
}

TEST(Operator, CountsOneOperationForEachTurnOfItsLoops) {
    for (const Layer& layer : small_layers()) {
        const Operator forward = forward_operator(layer, 3, 0, 1, 2);
        const Operator gradient = forward.transposed(kWeightsOperand, 3, 5);
        for (const Operator& work : {forward, forward.transposed(kFeaturesOperand, 3, 4), gradient}) {
            std::uint64_t turns = 0;
            for_each_index(work, [&](const Index&) { ++turns; });
            EXPECT_EQ(work.operations(), turns) << layer.name;
            EXPECT_EQ(work.operations(), 3 * layer.macs()) << layer.name;
        }
        // Adam writes a weight and two words beside it.
        EXPECT_EQ(update_operator(gradient, 1, 6, 2).operations(), 3 * layer.weights()) << layer.name;
    }
}

TEST(Operator, RefusesMoreOperationsThan64BitsHold) {
    const Operator forward = forward_operator(small_layers()[0], std::uint64_t{1} << 60, 0, 1, 2);
    EXPECT_THROW(forward.operations(), std::overflow_error);
}

}  // namespace
}  // namespace hypar
