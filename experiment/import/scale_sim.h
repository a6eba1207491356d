#pragma once

#include <string>

#include "experiment/import/imported_network.h"

namespace hypar {

/// The network that the text of a topology of SCALE-Sim describes: convolutions (layer name, height and width of the
/// input, height and width of the filter, channels, filters, strides), or products of matrices (layer name, M, N,
/// K: M rows of K features, N outputs). Such a file does not say what a layer reads; it is found by the sizes. Throws
/// ConfigError, with places in `label`.
ImportedNetwork convert_scale_sim(const std::string& text, const std::string& label);

}  // namespace hypar
