#pragma once

#include <cstdint>

#include "arch/array.h"
#include "experiment/field.h"

namespace hypar {

/// The array that a map describes. Throws ConfigError with the place and the path of the value at fault.
ArraySpec read_array(const Field& field);

/// Values that an experiment can give in place of the array's own.
std::uint64_t read_accelerators(const Field& field);
TopologyKind read_topology(const Field& field);
Precision read_precision(const Field& field);

/// Throws ConfigError unless the array at `field` can have its topology.
void check_topology(const Field& field, const ArraySpec& array);

}  // namespace hypar
