#include "experiment/import/onnx_constants.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"

namespace hypar {
namespace {

std::int64_t size_of(std::int64_t size) {
    if (size < 0) throw ConfigError("", "a dimension of it has no size");
    return size;
}

}  // namespace

std::int64_t integer_of(const OnnxNode& node, const char* attribute, std::int64_t absent) {
    const auto found = node.attributes.find(attribute);
    return found == node.attributes.end() ? absent : found->second.integer.value_or(absent);
}

std::optional<std::vector<std::int64_t>> integers_of(const OnnxNode& node, const char* attribute,
                                                     const OnnxTensor* input) {
    if (input != nullptr) {
        if (!input->integers) throw ConfigError("", fmt::format("its {} are not known before it runs", attribute));
        return input->integers;
    }
    const auto found = node.attributes.find(attribute);
    if (found == node.attributes.end()) return std::nullopt;
    return found->second.integers;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
    const auto count = static_cast<std::int64_t>(rank);
    if (axis < -count || axis >= count) {
        throw ConfigError("", fmt::format("there is no axis {} of {} dimensions", axis, rank));
    }
    return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

Dims reshaped_dims(const Dims& from, const std::vector<std::int64_t>& wanted, bool allows_zero) {
    const std::uint64_t elements = elements_of(from);
    Dims dims = wanted;
    std::optional<std::size_t> open;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        if (dims[axis] == 0 && !allows_zero && axis < from.size()) dims[axis] = from[axis];
        if (dims[axis] != -1) continue;
        if (open) throw ConfigError("", "two dimensions of its shape are left open");
        open = axis;
        dims[axis] = 1;
    }
    const std::uint64_t given = elements_of(dims);
    if (open && given > 0 && elements % given == 0) dims[*open] = static_cast<std::int64_t>(elements / given);
    if (elements_of(dims) != elements) {
        throw ConfigError(
            "", fmt::format("[{}] does not reshape to [{}]", fmt::join(from, ", "), fmt::join(wanted, ", ")));
    }
    return dims;
}

Dims squeezed_dims(const Dims& from, const std::optional<std::vector<std::int64_t>>& axes) {
    std::vector<bool> is_dropped(from.size(), false);
    for (std::size_t axis = 0; axis < from.size(); ++axis) is_dropped[axis] = !axes && from[axis] == 1;
    if (axes) {
        for (const std::int64_t axis : *axes) is_dropped[axis_of(axis, from.size())] = true;
    }
    Dims dims;
    for (std::size_t axis = 0; axis < from.size(); ++axis) {
        if (!is_dropped[axis]) dims.push_back(from[axis]);
    }
    return dims;
}

Dims unsqueezed_dims(const Dims& from, const std::vector<std::int64_t>& axes) {
    std::vector<bool> is_new(from.size() + axes.size(), false);
    for (const std::int64_t axis : axes) is_new[axis_of(axis, is_new.size())] = true;
    if (static_cast<std::size_t>(std::count(is_new.begin(), is_new.end(), true)) != axes.size()) {
        throw ConfigError("", "an axis is named twice");
    }
    Dims dims;
    auto next = from.begin();
    for (const bool is_one : is_new) dims.push_back(is_one ? 1 : *next++);
    return dims;
}

Dims flattened_dims(const Dims& from, std::int64_t axis) {
    const auto count = static_cast<std::int64_t>(from.size());
    const std::size_t at = axis == count ? from.size() : axis_of(axis, from.size());
    const auto middle = from.begin() + static_cast<std::ptrdiff_t>(at);
    return {static_cast<std::int64_t>(elements_of(Dims(from.begin(), middle))),
            static_cast<std::int64_t>(elements_of(Dims(middle, from.end())))};
}

std::vector<std::size_t> order_of(const OnnxNode& node, std::size_t rank) {
    std::vector<std::size_t> order(rank);
    const auto given = integers_of(node, "perm", nullptr);
    if (!given) {
        std::iota(order.rbegin(), order.rend(), std::size_t{0});
        return order;
    }
    std::vector<bool> is_there(rank, false);
    if (given->size() != rank) throw ConfigError("", fmt::format("its order is not one of {} dimensions", rank));
    for (std::size_t axis = 0; axis < rank; ++axis) {
        order[axis] = axis_of((*given)[axis], rank);
        if (is_there[order[axis]]) throw ConfigError("", "its order names a dimension twice");
        is_there[order[axis]] = true;
    }
    return order;
}

std::vector<SliceRange> ranges_of(const OnnxNode& node, const Dims& from, const Constants& inputs) {
    const auto input = [&](std::size_t index) { return index < inputs.size() ? inputs[index] : nullptr; };
    const auto starts = integers_of(node, "starts", input(1));
    const auto ends = integers_of(node, "ends", input(2));
    if (!starts || !ends || starts->size() != ends->size()) throw ConfigError("", "it has no starts and ends");
    std::vector<std::int64_t> axes(starts->size());
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
    axes = integers_of(node, "axes", input(3)).value_or(axes);
    const auto steps = integers_of(node, "steps", input(4));
    if (axes.size() != starts->size()) throw ConfigError("", "it has not as many axes as starts");
    if (steps && std::any_of(steps->begin(), steps->end(), [](std::int64_t step) { return step != 1; })) {
        throw ConfigError("", "it takes other steps than 1");
    }
    std::vector<SliceRange> ranges;
    for (std::size_t index = 0; index < axes.size(); ++index) {
        const std::size_t axis = axis_of(axes[index], from.size());
        const std::int64_t size = from[axis];
        const auto place = [&](std::int64_t value) {
            return std::clamp<std::int64_t>(value < 0 ? value + size : value, 0, size);
        };
        const SliceRange range{axis, place((*starts)[index]), place((*ends)[index])};
        if (range.begin >= range.end) throw ConfigError("", "nothing is left of a dimension");
        ranges.push_back(range);
    }
    return ranges;
}

std::vector<std::int64_t> parts_of(const OnnxNode& node, std::int64_t size, const OnnxTensor* sizes) {
    const auto given = integers_of(node, "split", sizes);
    const auto count = static_cast<std::int64_t>(node.outputs.size());
    std::vector<std::int64_t> parts;
    if (given) {
        parts = *given;
    } else {
        const std::int64_t each = (size + count - 1) / count;
        for (std::int64_t part = 0; part < count; ++part) parts.push_back(std::min(each, size - part * each));
    }
    std::int64_t sum = 0;
    for (const std::int64_t part : parts) {
        if (part < 1 || part > size - sum) throw ConfigError("", "its parts do not make the whole");
        sum += part;
    }
    if (sum != size || parts.size() != node.outputs.size()) throw ConfigError("", "its parts do not make the whole");
    return parts;
}

Dims broadcast_dims(const Dims& a, const Dims& b) {
    Dims dims(std::max(a.size(), b.size()), 1);
    for (const Dims* from : {&a, &b}) {
        for (std::size_t back = 1; back <= from->size(); ++back) {
            std::int64_t& dim = dims[dims.size() - back];
            const std::int64_t other = size_of((*from)[from->size() - back]);
            if (dim != 1 && other != 1 && dim != other) {
                throw ConfigError(
                    "", fmt::format("[{}] and [{}] do not fit together", fmt::join(a, ", "), fmt::join(b, ", ")));
            }
            dim = std::max(dim, other);
        }
    }
    return dims;
}

}  // namespace hypar
