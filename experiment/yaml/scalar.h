#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// Reads a decimal integer from `least` to `most`. Everything else that YAML dialects read as a number is refused:
/// 010, 0x10, 1e3, 1_000, +5, "5".
std::uint64_t read_integer(const Field& field, std::uint64_t least, std::uint64_t most = kLargestCount);

/// A number of at least 0, in any decimal form.
double read_number(const Field& field);

/// Reads a text of at least one character that fits on one line of a table: no control characters.
std::string read_text(const Field& field);

/// The position of the value in `names`.
std::size_t read_choice(const Field& field, const std::vector<std::string>& names);

}  // namespace hypar
