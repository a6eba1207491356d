#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// What is element-wise: nothing stays in the array. Filter words come on the filter network, what changes them on
/// the feature map network, the states beside them and all that is written back on the one of partial sums. Every
/// word that is written is a multiply-accumulate.
extern const DataflowModel kStreaming;

}  // namespace hypar
