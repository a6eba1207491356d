#pragma once

#include <string>

namespace hypar {

/// `hypar reproduce silicon`: prints measurements of machines beside ours in a format, and writes all of them into
/// `folder`, unless it is empty. Throws ConfigError.
void reproduce_silicon(const std::string& format, const std::string& folder);

}  // namespace hypar
