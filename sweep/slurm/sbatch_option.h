#pragma once

#include <string>

namespace hypar {

/// "--sbatch VALUE": throws ConfigError unless it is an option of sbatch, in one word, that may be passed on.
void check_sbatch_argument(const std::string& value);

}  // namespace hypar
