#include "partition/levels.h"

#include <cassert>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/power_of_two.h"

namespace hypar {

Levels::Levels(std::vector<std::uint32_t> sizes) : sizes_(std::move(sizes)) {
    for (const std::uint32_t size : sizes_) {
        assert(size >= 2);
        groups_.push_back(checked_multiply(groups_.back(), size));
    }
    for (std::size_t level = 0; level < sizes_.size(); ++level) below_.push_back(accelerators() / groups_[level + 1]);
}

Levels Levels::halving(std::size_t count) { return Levels(std::vector<std::uint32_t>(count, 2)); }

std::vector<std::uint64_t> Levels::group(std::uint64_t accelerator, std::size_t level) const {
    std::vector<std::uint64_t> members;
    for (std::uint64_t place = 0; place < size(level); ++place) {
        members.push_back(at_place(accelerator, level, place));
    }
    return members;
}

std::size_t level_count(std::uint64_t accelerators) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << kMostLevels;
    if (is_power_of_two(accelerators) && accelerators <= kMost) return ceil_log2(accelerators);
    throw ConfigError("accelerators",
                      fmt::format("expected a power of two from 1 to {}, each level halves the array; not {}", kMost,
                                  accelerators));
}

}  // namespace hypar
