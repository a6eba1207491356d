#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace hypar {

/// Hands points to several takers so that each gets neighbours, which have most in common: everybody has a stretch of
/// them, and who is through with it gets the second half of the longest one left.
class PointQueue {
public:
    PointQueue(std::vector<std::size_t> points, std::size_t takers);

    /// The next point of `taker`; nothing if none is left.
    std::optional<std::size_t> next(std::size_t taker);
    /// Takes a point back, to be handed out again, to anybody, before all others.
    void give_back(std::size_t point) { again_.push_back(point); }

private:
    struct Stretch {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t size() const { return end - begin; }
    };

    std::vector<std::size_t> points_;
    std::vector<Stretch> stretches_;  ///< by taker
    std::deque<std::size_t> again_;
};

}  // namespace hypar
