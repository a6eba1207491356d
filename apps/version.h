#pragma once

#include <string>

namespace hypar {

/// "hypar 1.0.0, commit 0123456789ab, models 0123456789abcdef, GNU 12.2.0, Release": what results depend on.
std::string program_version();

}  // namespace hypar
