#pragma once

#include "apps/reference/completion.h"

namespace hypar {

/// What comes with the program and is known by its name.
KnownNames known_names();

}  // namespace hypar
