#include "experiment/import/onnx_window.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/fields.h"

namespace hypar {
namespace {

/// One number for each dimension.
std::vector<std::int64_t> numbers(const OnnxNode& node, const char* attribute, std::size_t count,
                                  std::int64_t absent) {
    const auto given = integers_of(node, attribute, nullptr);
    if (!given || given->empty()) return std::vector<std::int64_t>(count, absent);
    if (given->size() != count) throw ConfigError("", fmt::format("its {} are not {} numbers", attribute, count));
    return *given;
}

Extent extent(const std::vector<std::int64_t>& numbers, const char* what) {
    for (const std::int64_t number : numbers) {
        if (natural(number, what) < 1) throw ConfigError("", fmt::format("its {} is 0", what));
    }
    return {static_cast<std::uint64_t>(numbers[0]),
            numbers.size() > 1 ? static_cast<std::uint64_t>(numbers[1]) : std::uint64_t{1}};
}

/// What makes as many positions as there are strides in the extent.
std::uint64_t same_padding(std::uint64_t size, std::uint64_t kernel, std::uint64_t stride, std::uint64_t dilation) {
    const std::uint64_t reach = (kernel - 1) * dilation + 1;
    const std::uint64_t spanned = checked_add(checked_multiply(ceil_divide(size, stride) - 1, stride), reach);
    return spanned > size ? spanned - size : 0;
}

Padding automatic(const std::string& rule, const Window& window, const FeatureShape& maps) {
    if (rule == "VALID") return {};
    if (rule != "SAME_UPPER" && rule != "SAME_LOWER") {
        throw ConfigError("", fmt::format("auto_pad {} is not known", printable_text(rule)));
    }
    const std::uint64_t rows =
        same_padding(maps.height, window.kernel.height, window.stride.height, window.dilation.height);
    const std::uint64_t columns =
        same_padding(maps.width, window.kernel.width, window.stride.width, window.dilation.width);
    const std::uint64_t top = rule == "SAME_UPPER" ? rows / 2 : rows - rows / 2;
    const std::uint64_t left = rule == "SAME_UPPER" ? columns / 2 : columns - columns / 2;
    return {top, left, rows - top, columns - left};
}

}  // namespace

std::uint64_t natural(std::int64_t number, const char* what) {
    if (number < 0 || number > static_cast<std::int64_t>(kLargestCount)) {
        throw ConfigError("", fmt::format("its {} is {}", what, number));
    }
    return static_cast<std::uint64_t>(number);
}

void check_maps(const Activation& maps) {
    const Layout& layout = maps.layout;
    const bool is_signal = layout.rank() == 3 && maps.shape.width == 1;
    if ((layout.rank() != 4 && !is_signal) || layout.count(0, Role::Batch) != layout.size(0) ||
        !layout.is_all(1, Role::Channel, maps.shape.channels) || !layout.is_all(2, Role::Row, maps.shape.height) ||
        (!is_signal && !layout.is_all(3, Role::Column, maps.shape.width))) {
        throw ConfigError("", "it reads no feature maps of channels, rows and columns, in this order");
    }
}

Window window_of(const OnnxNode& node, const Activation& maps, std::vector<std::int64_t> kernel) {
    check_maps(maps);
    const std::size_t count = maps.layout.rank() - 2;
    const auto given = integers_of(node, "kernel_shape", nullptr);
    if (given && !given->empty()) kernel = *given;
    if (kernel.size() != count) throw ConfigError("", fmt::format("its kernel is not one of {} dimensions", count));
    Window window;
    window.kernel = extent(kernel, "kernel");
    window.stride = extent(numbers(node, "strides", count, 1), "stride");
    window.dilation = extent(numbers(node, "dilations", count, 1), "dilation");
    const auto rule = node.attributes.find("auto_pad");
    if (rule != node.attributes.end() && rule->second.text.value_or("NOTSET") != "NOTSET") {
        window.padding = automatic(*rule->second.text, window, maps.shape);
    } else {
        const std::vector<std::int64_t> pads = numbers(node, "pads", 2 * count, 0);
        const auto pad = [&](std::size_t index) { return natural(pads[index], "padding"); };
        window.padding = count == 1 ? Padding(pad(0), 0, pad(1), 0) : Padding(pad(0), pad(1), pad(2), pad(3));
    }
    window.padding.top += maps.padding.top;
    window.padding.left += maps.padding.left;
    window.padding.bottom += maps.padding.bottom;
    window.padding.right += maps.padding.right;
    return window;
}

}  // namespace hypar
