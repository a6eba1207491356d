#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment/sweep/sweep.h"
#include "report/text_style.h"
#include "sweep/results/results_store.h"

namespace hypar {

/// How texts name points.
class PointNames {
public:
    /// "key=value key=value ...", of all keys.
    explicit PointNames(std::vector<std::string> keys) : keys_(std::move(keys)) {}
    /// Of the keys alone whose values are not those of the point `base`.
    PointNames(std::vector<std::string> keys, std::vector<std::string> base)
        : keys_(std::move(keys)), base_(std::move(base)) {}

    std::string name(const std::vector<std::string>& values) const;

private:
    std::vector<std::string> keys_;
    std::vector<std::string> base_;
};

/// The summary for people: what was done, the fastest points, and every failure up to a number. `ran` points were run
/// this time.
std::string sweep_text(const std::string& sweep, const ResultsStore& store, const PointNames& names, std::size_t ran,
                       const TextStyle& style = {});

/// What is held equal between the topologies that a sweep varies; empty if it varies none.
std::string topologies_text(const Sweep& sweep, const TextStyle& style = {});

}  // namespace hypar
