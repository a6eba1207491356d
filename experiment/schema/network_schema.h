#pragma once

#include "experiment/schema/values.h"

namespace hypar::schema {

Json network_map();
/// That of an experiment, which may have a `base`.
Json network_in_experiment();

}  // namespace hypar::schema
