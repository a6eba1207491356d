#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hypar {

/// How an array is divided into groups: level by level, H1 first, each group into as many as the level's size. The
/// number of an accelerator has its places at all levels as digits, in mixed radix, that of H1 first.
class Levels {
public:
    /// No level: one accelerator.
    Levels() = default;
    /// Sizes from 2 on. Throws std::overflow_error if there are 2^64 accelerators or more.
    explicit Levels(std::vector<std::uint32_t> sizes);
    /// `count` levels of two.
    static Levels halving(std::size_t count);

    std::size_t count() const { return sizes_.size(); }
    std::uint32_t size(std::size_t level) const { return sizes_[level]; }
    std::uint64_t accelerators() const { return groups_.back(); }
    /// Groups that the levels above `level` make: 1 at H1, every accelerator below the last level.
    std::uint64_t groups(std::size_t level) const { return groups_[level]; }

    /// Which of its group's parts `accelerator` belongs to at `level`.
    std::uint64_t place(std::uint64_t accelerator, std::size_t level) const {
        return accelerator / below(level) % sizes_[level];
    }
    /// The accelerator that differs from `accelerator` in its place at `level` alone.
    std::uint64_t at_place(std::uint64_t accelerator, std::size_t level, std::uint64_t place) const {
        return accelerator + (place - this->place(accelerator, level)) * below(level);
    }
    /// The accelerators that differ in their place at `level` alone, by place; `accelerator` is among them.
    std::vector<std::uint64_t> group(std::uint64_t accelerator, std::size_t level) const;

    friend bool operator==(const Levels& a, const Levels& b) { return a.sizes_ == b.sizes_; }

private:
    /// Accelerators of one part of `level`.
    std::uint64_t below(std::size_t level) const { return below_[level]; }

    std::vector<std::uint32_t> sizes_;
    std::vector<std::uint64_t> groups_{1};
    std::vector<std::uint64_t> below_;
};

/// The accelerator on the other side of the pair at `level`, whose size must be 2.
inline std::uint64_t partner_of(std::uint64_t accelerator, std::size_t level, const Levels& levels) {
    return levels.at_place(accelerator, level, 1 - levels.place(accelerator, level));
}

/// That a plan can be for.
constexpr std::size_t kMostLevels = 20;

/// The levels of today's arrays: log2 of `accelerators`. Throws ConfigError (key "accelerators") unless it is a power
/// of two that a plan can be for.
std::size_t level_count(std::uint64_t accelerators);

/// A set of levels: bit k stands for level k (H1: k = 0).
using LevelSet = std::uint32_t;

constexpr LevelSet level_bit(std::size_t level) { return LevelSet{1} << level; }

}  // namespace hypar
