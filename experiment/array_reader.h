#pragma once

#include <cstdint>

#include "arch/array/array_spec.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// The array that a map describes. Throws ConfigError with the place and the path of the value at fault.
ArraySpec read_array(const Field& field);

/// Values that an experiment can give in place of the array's own. A plan needs a power of two.
std::uint64_t read_accelerators(const Field& field);
Precision read_precision(const Field& field);

/// Throws ConfigError, without a place, unless the array can have its topology and no packets can deadlock there.
void check_topology(const ArraySpec& array);

}  // namespace hypar
