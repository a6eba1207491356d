#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "arch/array/array_model.h"
#include "sim/program/program.h"

namespace hypar {

/// Numbers of an array's workers: by accelerator, in each units before the vector unit and the interface.
class Workers {
public:
    /// Once, before anything else.
    void number(ArrayModel& model);

    std::uint64_t number_of(const Worker& worker) const { return numbers_.at(&worker); }
    std::size_t accelerator_of(std::uint64_t number) const { return places_[number].accelerator; }
    /// Within its accelerator.
    std::size_t unit_of(std::uint64_t number) const { return places_[number].unit; }
    bool is_interface(std::uint64_t number) const { return places_[number].is_interface; }
    /// What the cycles of a unit or a vector unit went to.
    ArrayCycles spent_by(std::uint64_t number) const;

private:
    struct Place {
        std::size_t accelerator = 0;
        std::size_t unit = 0;
        bool is_interface = false;
    };

    ArrayModel* model_ = nullptr;
    std::unordered_map<const Worker*, std::uint64_t> numbers_;
    std::vector<Place> places_;  ///< by number
};

/// Starts what an accelerator computes in a segment, at `arrival`. Returns how many workers have something to do.
std::uint64_t start_computing(ArrayModel& model, const Program& program, const Segment& segment,
                              std::size_t accelerator, Picoseconds arrival);

}  // namespace hypar
