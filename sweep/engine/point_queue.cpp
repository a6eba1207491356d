#include "sweep/engine/point_queue.h"

#include <algorithm>
#include <utility>

namespace hypar {

PointQueue::PointQueue(std::vector<std::size_t> points, std::size_t takers) : points_(std::move(points)) {
    for (std::size_t taker = 0; taker < takers; ++taker) {
        stretches_.push_back({points_.size() * taker / takers, points_.size() * (taker + 1) / takers});
    }
}

std::optional<std::size_t> PointQueue::next(std::size_t taker) {
    if (!again_.empty()) {
        const std::size_t point = again_.front();
        again_.pop_front();
        return point;
    }
    Stretch& own = stretches_[taker];
    if (own.size() == 0) {
        Stretch& longest = *std::max_element(stretches_.begin(), stretches_.end(),
                                             [](const Stretch& a, const Stretch& b) { return a.size() < b.size(); });
        if (longest.size() == 0) return std::nullopt;
        const std::size_t middle = longest.begin + longest.size() / 2;
        const Stretch second{middle, longest.end};
        longest.end = middle;
        own = second;
    }
    return points_[own.begin++];
}

}  // namespace hypar
