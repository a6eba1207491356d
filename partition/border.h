#pragma once

#include <cstdint>
#include <vector>

#include "partition/ownership.h"
#include "workloads/layer.h"

namespace hypar {

/// Rows of the result before pooling that rows of a layer's `output` come from. Rows after the last window belong to
/// the last row; where windows overlap, rows are in the ranges of several.
ItemRange convolved_rows(const Layer& layer, const ItemRange& output);
std::vector<ItemRange> convolved_rows(const Layer& layer, const std::vector<ItemRange>& output);

/// Rows of its input that a layer needs to make rows of its output.
std::vector<ItemRange> needed_rows(const Layer& layer, const std::vector<ItemRange>& output);

/// The rows of a layer's input beside the own ones, where the levels of `split` split its rows: what the accelerators
/// of one group need of each other. The group spans these levels, and who is `offset` positions further needs rows of
/// each.
struct BorderRound {
    std::uint64_t offset = 0;
    std::vector<std::uint64_t> rows;  ///< by position of the one that owns them
};

/// In order of the offsets, those without rows left out.
std::vector<BorderRound> border_rounds(const Layer& layer, LevelSet split, const Levels& levels);

/// Rows that an accelerator has of a layer's input, its border among them, and rows that it computes of its result
/// before pooling.
std::uint64_t input_rows(const Layer& layer, LevelSet split, std::uint64_t accelerator, const Levels& levels);
std::uint64_t computed_rows(const Layer& layer, LevelSet split, std::uint64_t accelerator, const Levels& levels);

/// Rows that all positions of a group compute, those that several compute as often.
std::uint64_t computed_rows_of_group(const Layer& layer, LevelSet split, const Levels& levels);

}  // namespace hypar
