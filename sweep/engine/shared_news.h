#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/words.h"

namespace hypar {

/// What workers have found and tell each other, by way of their parent: the latest of it, up to a limit.
class SharedNews {
public:
    explicit SharedNews(std::uint64_t most_words) : most_words_(most_words) {}

    /// `teller` is any number that tells workers apart.
    void add(std::uint64_t teller, Words news);

    /// What others than `listener` have told behind the first `heard` of all; sets `heard` to all.
    std::vector<const Words*> behind(std::uint64_t& heard, std::uint64_t listener) const;

private:
    struct Item {
        std::uint64_t teller;
        Words news;
    };

    std::uint64_t most_words_;
    std::uint64_t words_ = 0;
    std::uint64_t forgotten_ = 0;  ///< items
    std::deque<Item> items_;
};

}  // namespace hypar
