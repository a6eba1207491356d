#include "experiment/import/layout.h"

#include "base/checked.h"

namespace hypar {
namespace {

/// Without single indices, and with neighbours of one role as one.
Axis tidied(const Axis& axis) {
    Axis tidy;
    for (const Factor& factor : axis) {
        if (factor.size == 1) continue;
        if (!tidy.empty() && tidy.back().role == factor.role) {
            tidy.back().size = checked_multiply(tidy.back().size, factor.size);
        } else {
            tidy.push_back(factor);
        }
    }
    return tidy;
}

/// Takes factors of `size` indices from the back of `rest`, where the slowest stands; none if they do not divide so.
std::optional<Axis> take(std::vector<Factor>& rest, std::uint64_t size) {
    Axis axis;
    while (size > 1) {
        if (rest.empty()) return std::nullopt;
        Factor& factor = rest.back();
        if (size % factor.size == 0) {
            size /= factor.size;
            axis.push_back(factor);
            rest.pop_back();
        } else if (factor.size % size == 0 && factor.role != Role::Batch) {
            axis.push_back({factor.role, size});
            factor.size /= size;
            size = 1;
        } else {
            return std::nullopt;
        }
    }
    return axis;
}

}  // namespace

Layout::Layout(std::vector<Axis> axes) : axes_(std::move(axes)) {
    for (Axis& axis : axes_) axis = tidied(axis);
}

Layout Layout::maps(std::uint64_t batch, const FeatureShape& shape) {
    return Layout({{{Role::Batch, batch}},
                   {{Role::Channel, shape.channels}},
                   {{Role::Row, shape.height}},
                   {{Role::Column, shape.width}}});
}

Layout Layout::tokens(std::uint64_t batch, const FeatureShape& shape) {
    return Layout({{{Role::Batch, batch}},
                   {{Role::Row, shape.height}, {Role::Column, shape.width}},
                   {{Role::Channel, shape.channels}}});
}

std::uint64_t Layout::size(std::size_t axis) const {
    std::uint64_t size = 1;
    for (const Factor& factor : axes_[axis]) size = checked_multiply(size, factor.size);
    return size;
}

Dims Layout::dims() const {
    Dims dims;
    for (std::size_t axis = 0; axis < rank(); ++axis) dims.push_back(static_cast<std::int64_t>(size(axis)));
    return dims;
}

std::uint64_t Layout::count(std::size_t axis, Role role) const {
    std::uint64_t count = 1;
    for (const Factor& factor : axes_[axis]) {
        if (factor.role == role) count = checked_multiply(count, factor.size);
    }
    return count;
}

bool Layout::is_all(std::size_t axis, Role role, std::uint64_t all) const {
    return count(axis, role) == all && size(axis) == all;
}

bool Layout::has(Role role) const {
    for (std::size_t axis = 0; axis < rank(); ++axis) {
        if (count(axis, role) > 1) return true;
    }
    return false;
}

Layout Layout::with(std::size_t axis, Axis replacement) const {
    std::vector<Axis> axes = axes_;
    axes[axis] = std::move(replacement);
    return Layout(std::move(axes));
}

Layout Layout::without(std::size_t axis) const {
    std::vector<Axis> axes = axes_;
    axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(axis));
    return Layout(std::move(axes));
}

Layout Layout::transposed(const std::vector<std::size_t>& order) const {
    std::vector<Axis> axes;
    axes.reserve(order.size());
    for (const std::size_t axis : order) axes.push_back(axes_[axis]);
    return Layout(std::move(axes));
}

std::optional<Layout> Layout::reshaped(const Dims& dims) const {
    std::vector<Factor> rest;
    for (std::size_t axis = rank(); axis-- > 0;) rest.insert(rest.end(), axes_[axis].rbegin(), axes_[axis].rend());
    std::vector<Axis> axes;
    for (const std::int64_t dim : dims) {
        std::optional<Axis> axis = take(rest, static_cast<std::uint64_t>(dim));
        if (!axis) return std::nullopt;
        axes.push_back(std::move(*axis));
    }
    if (!rest.empty()) return std::nullopt;
    return Layout(std::move(axes));
}

}  // namespace hypar
