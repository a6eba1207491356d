#pragma once

#include <string>

namespace hypar {

/// Tells apart programs that may find different results for the same inputs: a hash of the sources of everything
/// between an experiment's file and its figures, taken when the program is built.
std::string models_version();

}  // namespace hypar
