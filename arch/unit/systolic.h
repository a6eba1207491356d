#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// Products of matrices on a systolic array: words of the two operands come in at its edges and pass from element to
/// element, one a cycle, a tile as a MatrixProduct: no inserted zero of a backward phase is multiplied.
///
/// A fold lies on R x C elements and streams T words by: its cycles are T, and R + C - 2 until the last word is at
/// the last element. With outputs that stay, items are on rows, columns on columns, T is the length, and sums leave
/// in R cycles. With weights (or inputs) that stay, the length is on rows, columns (items) on columns, T are the
/// items (columns), what stays is loaded in R cycles, and sums leave as they are made. Folds follow each other as
/// SystolicSpec::Folds says; networks that are narrower than the array make it all longer. Sums of weight- and
/// input-stationary folds add up below the columns, in accumulators, which limit T, or in the buffer.
extern const DataflowModel kSystolicOutputs;
extern const DataflowModel kSystolicWeights;
extern const DataflowModel kSystolicInputs;

}  // namespace hypar
