#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sweep/point/point_result.h"

namespace hypar {

/// A point with what came of it.
struct FinishedPoint {
    std::size_t point = 0;
    PointResult result;
};

/// Takes results as they come, in any order, now and then none; returns whether the engine is to go on.
using ResultSink = std::function<bool(const std::vector<FinishedPoint>&)>;

/// What runs the points of a sweep: processes of this machine, or a cluster.
class Engine {
public:
    Engine() = default;
    virtual ~Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Runs `points`, no number twice, and hands each to `sink` once; returns when all are done or `sink` wants no
    /// more.
    virtual void run(const std::vector<std::size_t>& points, const ResultSink& sink) = 0;
};

}  // namespace hypar
