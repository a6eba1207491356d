#pragma once

#include <cstddef>
#include <string>

namespace hypar {

/// How far a command has come.
struct ProgressState {
    double done = 0;  ///< of `total`
    double total = 1;
    std::string unit;    ///< what is counted: runs, cycles, %
    double seconds = 0;  ///< time since its beginning
    std::string label;   ///< what is being done now
};

/// A bar, per cent, rate, time left and label in one line of at most `columns` characters.
std::string progress_line(const ProgressState& progress, std::size_t columns);

}  // namespace hypar
