#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/import/onnx_model.h"
#include "workloads/layer.h"

namespace hypar {

/// What indices of a tensor's dimension stand for in feature maps.
enum class Role : std::uint8_t {
    Batch,
    Channel,
    Row,
    Column,
    Repeat,  ///< of the same, as queries that share a head of keys
};

/// `size` indices of one role, at least 2: what has a single one stands nowhere.
struct Factor {
    Role role = Role::Channel;
    std::uint64_t size = 1;

    friend bool operator==(const Factor& a, const Factor& b) { return a.role == b.role && a.size == b.size; }
};

/// One dimension, the slowest factor first. Tokens of 12 heads of 64 features are {Row 512}, {Channel 12, Channel
/// 64}, or after a transposition {Channel 12}, {Row 512}, {Channel 64}. In which order channels stand does not
/// matter.
using Axis = std::vector<Factor>;

/// How feature maps lie in the dimensions of a tensor.
class Layout {
public:
    Layout() = default;
    explicit Layout(std::vector<Axis> axes);

    /// {Batch}, {Channel}, {Row}, {Column}
    static Layout maps(std::uint64_t batch, const FeatureShape& shape);
    /// {Batch}, {Row, Column}, {Channel}
    static Layout tokens(std::uint64_t batch, const FeatureShape& shape);

    std::size_t rank() const { return axes_.size(); }
    const Axis& axis(std::size_t index) const { return axes_[index]; }
    const std::vector<Axis>& axes() const { return axes_; }
    std::uint64_t size(std::size_t axis) const;
    Dims dims() const;

    /// Indices of `role` in one dimension.
    std::uint64_t count(std::size_t axis, Role role) const;
    /// Whether a dimension has all indices of `role`, which are `all`, and nothing else.
    bool is_all(std::size_t axis, Role role, std::uint64_t all) const;

    bool has(Role role) const;

    Layout with(std::size_t axis, Axis replacement) const;
    Layout without(std::size_t axis) const;
    Layout transposed(const std::vector<std::size_t>& order) const;
    /// The same in the order of its elements with other dimensions; none if a dimension would mix parts of factors.
    std::optional<Layout> reshaped(const Dims& dims) const;

private:
    std::vector<Axis> axes_;
};

}  // namespace hypar
