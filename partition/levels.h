#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hypar {

/// A set of levels: bit k stands for level k (H1: k = 0).
using LevelSet = std::uint32_t;

constexpr LevelSet level_bit(std::size_t level) { return LevelSet{1} << level; }
/// The lowest-numbered of a set that is not empty.
constexpr std::size_t first_level(LevelSet set) {
    std::size_t level = 0;
    while ((set & level_bit(level)) == 0) ++level;
    return level;
}
/// "H1", "H1-H4", "H1, H3".
std::string names_of_levels(LevelSet set);
constexpr bool contains_level(LevelSet set, std::size_t level) { return (set & level_bit(level)) != 0; }

/// How an array is divided into groups: level by level, H1 first, each group into as many as the level's size. The
/// number of an accelerator has its places at all levels as digits, in mixed radix, that of H1 first. H1's parts may
/// have shares of their own of what it splits; all others are even.
class Levels {
public:
    /// No level: one accelerator.
    Levels() = default;
    /// Sizes from 2 on. Throws std::overflow_error if there are 2^64 accelerators or more.
    explicit Levels(std::vector<std::uint32_t> sizes);
    /// `count` levels of two.
    static Levels halving(std::size_t count);

    /// The same with such shares of H1's parts, relative to each other; none, or equal ones: even.
    Levels with_shares(std::vector<std::uint64_t> shares) const;

    const std::vector<std::uint32_t>& sizes() const { return sizes_; }
    /// None where they are even.
    const std::vector<std::uint64_t>& shares() const { return shares_; }
    /// What each part of `level` has of items of a group: whole ones, as near to its share as can be, of like parts
    /// the first ones more.
    std::vector<std::uint64_t> divided(std::uint64_t items, std::size_t level) const;
    /// All but H1.
    Levels below_first() const { return Levels({sizes_.begin() + 1, sizes_.end()}); }
    /// The first `count` of them, and the groups that these make.
    Levels first(std::size_t count) const;
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
    /// How many places the levels of `set` make together: the accelerators of a group that spans them.
    std::uint64_t places(LevelSet set) const;
    /// The places of `accelerator` at the levels of `set`, read as one number, that of H1 first.
    std::uint64_t position(std::uint64_t accelerator, LevelSet set) const;
    /// The accelerator that differs from `accelerator` in its places at the levels of `set` alone, where they are
    /// `position`.
    std::uint64_t at_position(std::uint64_t accelerator, LevelSet set, std::uint64_t position) const;
    /// The accelerator of its group whose position is `offset` further, from the last one on to the first.
    std::uint64_t shifted(std::uint64_t accelerator, LevelSet set, std::uint64_t offset) const;

    friend bool operator==(const Levels& a, const Levels& b) {
        return a.sizes_ == b.sizes_ && a.shares_ == b.shares_;
    }

private:
    /// Accelerators of one part of `level`.
    std::uint64_t below(std::size_t level) const { return below_[level]; }

    std::vector<std::uint32_t> sizes_;
    std::vector<std::uint64_t> shares_;
    std::vector<std::uint64_t> groups_{1};
    std::vector<std::uint64_t> below_;
};

/// That a plan can be for.
constexpr std::size_t kMostLevels = 20;
constexpr std::uint64_t kMostShared = std::uint64_t{1} << kMostLevels;  ///< accelerators

/// Groups of one level, since each sends to all others.
constexpr std::uint32_t kMostGroups = 4096;

/// The levels of an array that says nothing of them: the prime factors of `accelerators`, the largest last, and so
/// halves where it is a power of two. Throws ConfigError (key "accelerators") for none, for more than a plan
/// can be for, and for a prime factor beyond kMostGroups.
Levels default_levels(std::uint64_t accelerators);

}  // namespace hypar
