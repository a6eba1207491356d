#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// Multiply-accumulate units that a vault's state machine feeds (Neurocube: Kim et al., ISCA 2016): each unit makes
/// one result after the other and sums it up by itself. A tile is a product of items and columns (MatrixProduct); in
/// a step all units take the next word of items of their own and one word of the column that they share, which comes
/// anew for every item and column: nothing but sums stays in a unit.
extern const DataflowModel kNeurocube;

}  // namespace hypar
