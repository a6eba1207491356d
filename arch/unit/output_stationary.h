#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// Partial sums stay in the register files while both operands stream past: the items' words along the rows of the
/// array on the feature map network, the columns' words along its columns on the filter network. A tile of a single
/// pass leaves its sums in place for the next tile that adds to them; several passes exchange them with the buffer.
/// For filters, and for everything where kernels are 1x1.
extern const DataflowModel kOutputStationary;

}  // namespace hypar
