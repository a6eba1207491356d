#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// Convolutions on rows of processing elements of which each row makes a result, its elements multiply what the
/// result sums up, and a tree adds that (FlexFlow: Lu et al., HPCA 2017). Rows are shared among made channels, rows
/// and columns of maps, elements of a row among summed channels, rows and columns of the kernel, in any factors: a
/// pass has t e i rows and r k q elements of each at work.
///
///     phase     a row's result is one of                      of which an element multiplies
///     forward   output channels, output rows, columns         input channels, kernel rows, columns
///     backward  input channels, feature rows, columns         output channels, kernel rows, columns, a stride apart
///     gradient  output channels, input channels, kernel       samples, output rows, columns
///
/// An element keeps its filters while samples and positions go by, and features while a band of results does. Where
/// its registers do not hold what it sums up of a result, that is done in rounds, which add to the sums in the
/// buffer.
extern const DataflowModel kFlexFlow;

}  // namespace hypar
