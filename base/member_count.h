#pragma once

#include <cstddef>
#include <utility>

namespace hypar {

namespace detail {

struct Anything {
    template <typename Type>
    operator Type() const;  // NOLINT(google-explicit-constructor): stands for a member of any type
};

template <typename Aggregate, std::size_t... members, typename = decltype(Aggregate{(void(members), Anything())...})>
constexpr bool takes(std::index_sequence<members...>, int) {
    return true;
}
template <typename Aggregate, std::size_t... members>
constexpr bool takes(std::index_sequence<members...>, long) {
    return false;
}

}  // namespace detail

/// Members of an aggregate: what it can be initialised with.
template <typename Aggregate, std::size_t count = 0>
constexpr std::size_t member_count() {
    if constexpr (detail::takes<Aggregate>(std::make_index_sequence<count + 1>(), 0)) {
        return member_count<Aggregate, count + 1>();
    } else {
        return count;
    }
}

}  // namespace hypar
