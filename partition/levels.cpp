#include "partition/levels.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/int128.h"
#include "base/prime_factors.h"

namespace hypar {

Levels::Levels(std::vector<std::uint32_t> sizes) : sizes_(std::move(sizes)) {
    for (const std::uint32_t size : sizes_) {
        assert(size >= 2);
        groups_.push_back(checked_multiply(groups_.back(), size));
    }
    for (std::size_t level = 0; level < sizes_.size(); ++level) below_.push_back(accelerators() / groups_[level + 1]);
}

Levels Levels::halving(std::size_t count) { return Levels(std::vector<std::uint32_t>(count, 2)); }

Levels Levels::first(std::size_t count) const {
    const Levels first({sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(count)});
    return count == 0 ? first : first.with_shares(shares_);
}

Levels Levels::with_shares(std::vector<std::uint64_t> shares) const {
    assert(shares.empty() || shares.size() == sizes_.front());
    Levels levels = *this;
    if (std::adjacent_find(shares.begin(), shares.end(), std::not_equal_to<>()) == shares.end()) shares.clear();
    levels.shares_ = std::move(shares);
    return levels;
}

std::vector<std::uint64_t> Levels::divided(std::uint64_t items, std::size_t level) const {
    const bool is_even = level > 0 || shares_.empty();
    const std::vector<std::uint64_t> shares = is_even ? std::vector<std::uint64_t>(size(level), 1) : shares_;
    const Int128 all = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
    std::vector<std::uint64_t> parts;
    std::vector<std::size_t> by_rest;
    std::uint64_t left = items;
    for (const std::uint64_t share : shares) {
        by_rest.push_back(parts.size());
        parts.push_back(static_cast<std::uint64_t>(Int128{items} * share / all));
        left -= parts.back();
    }
    const auto rest = [&](std::size_t part) { return Int128{items} * shares[part] % all; };
    std::stable_sort(by_rest.begin(), by_rest.end(), [&](std::size_t a, std::size_t b) { return rest(a) > rest(b); });
    for (std::uint64_t more = 0; more < left; ++more) ++parts[by_rest[more]];
    return parts;
}

std::uint64_t Levels::places(LevelSet set) const {
    std::uint64_t product = 1;
    for (std::size_t level = 0; level < count(); ++level) {
        if (contains_level(set, level)) product *= size(level);
    }
    return product;
}

std::uint64_t Levels::position(std::uint64_t accelerator, LevelSet set) const {
    std::uint64_t position = 0;
    for (std::size_t level = 0; level < count(); ++level) {
        if (contains_level(set, level)) position = position * size(level) + place(accelerator, level);
    }
    return position;
}

std::uint64_t Levels::at_position(std::uint64_t accelerator, LevelSet set, std::uint64_t position) const {
    for (std::size_t level = count(); level-- > 0;) {
        if (!contains_level(set, level)) continue;
        accelerator = at_place(accelerator, level, position % size(level));
        position /= size(level);
    }
    return accelerator;
}

std::uint64_t Levels::shifted(std::uint64_t accelerator, LevelSet set, std::uint64_t offset) const {
    return at_position(accelerator, set, (position(accelerator, set) + offset) % places(set));
}

Levels default_levels(std::uint64_t accelerators) {
    if (accelerators < 1 || accelerators > kMostShared) {
        throw ConfigError("accelerators", fmt::format("expected 1 to {}, not {}", kMostShared, accelerators));
    }
    const std::vector<std::uint64_t> factors = prime_factors(accelerators);
    if (!factors.empty() && factors.back() > kMostGroups) {
        throw ConfigError("accelerators", fmt::format("{} has the prime factor {}; a level has at most {} groups",
                                                      accelerators, factors.back(), kMostGroups));
    }
    return Levels(std::vector<std::uint32_t>(factors.begin(), factors.end()));
}

std::string names_of_levels(LevelSet set) {
    std::string names;
    for (std::size_t level = 0; level < 32; ++level) {
        if (!contains_level(set, level)) continue;
        const std::size_t first = level;
        while (level + 1 < 32 && contains_level(set, level + 1)) ++level;
        if (!names.empty()) names += ", ";
        names += fmt::format("H{}", first + 1);
        if (level > first) names += fmt::format("-H{}", level + 1);
    }
    return names;
}

}  // namespace hypar
