#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "experiment/experiment.h"

namespace hypar {

/// What a `where` condition dropped.
struct DroppedPoints {
    std::string condition;  ///< its text
    std::uint64_t points = 0;
};

/// A sweep file, read and checked: experiments that differ from a base in the values of some keys.
class Sweep {
public:
    class Impl;
    explicit Sweep(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

    /// The file's name without its ending.
    const std::string& name() const;
    /// Dotted paths of the keys that vary, in the file's order.
    const std::vector<std::string>& keys() const;
    /// The entries of `vary`: a key each, or those that vary together with commas between them.
    std::vector<std::string> axes() const;
    /// How many values each entry of `vary` has.
    std::vector<std::uint64_t> extents() const;
    /// How many values of each entry of `vary` are left out, since they say what one before them says.
    std::vector<std::uint64_t> repeated() const;
    /// Of all values with each other.
    std::uint64_t combinations() const;
    /// Each condition with what it dropped of what those before it left, in the file's order.
    const std::vector<DroppedPoints>& dropped() const;
    /// Number of points left; the values of the first key vary slowest.
    std::size_t size() const;

    /// Values of `keys()` at a point as the file has them; lists and maps as JSON.
    std::vector<std::string> values(std::size_t point) const;
    /// The point's resolved experiment as JSON on one line, equal for equal experiments. Throws ConfigError where
    /// there is no such experiment.
    std::string inputs(std::size_t point) const;
    /// Throws ConfigError, located in the file that has the wrong value.
    Experiment experiment(std::size_t point) const;

private:
    std::shared_ptr<Impl> impl_;
};

/// Reads and checks a sweep file, by path or by its name in configs/sweeps. Throws ConfigError for what is wrong in
/// it, including values that are refused in every point that has them; what is refused in some points alone is left
/// to these points.
Sweep load_sweep(const std::string& reference);

/// A sweep around an experiment: point 0 is the experiment itself, the others differ from it in one number of its
/// array each, doubled or halved (integers rounded down), where that is an experiment. Every number is a key of the
/// sweep.
Sweep sweep_around(const std::string& experiment);

/// "720 of 960 points: network (10) x strategy (4) x ..."
std::string summary(const Sweep& sweep);

/// A line for each entry of `vary` with values that are left out, and for each condition that dropped points.
std::vector<std::string> dropped_lines(const Sweep& sweep);

}  // namespace hypar
