#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/experiment.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {

// Values of options. All throw ConfigError that names the option where a value is wrong.

/// Returns `value`, which must be one of `known`.
std::string choose(const std::string& option, const std::string& value, const std::vector<std::string>& known);

/// Reads an integer from `least` to `most`.
std::uint64_t read_count(const std::string& option, const std::string& value, std::uint64_t least,
                         std::uint64_t most = kLargestCount);

/// Reads a size, such as "4 GiB", as bytes.
std::uint64_t read_size_option(const std::string& option, const std::string& value, const QuantityRange& range);

/// Reads a decimal number from 0 to 1.
double read_fraction(const std::string& option, const std::string& value);

/// Reads the values of --set, each "KEY=VALUE". Throws CommandLineError.
std::vector<Override> read_overrides(const std::vector<std::string>& settings);

/// Splits "a,b,{c: [d, e]}" at the commas that are in no brackets and no quotes; no part may be empty.
std::vector<std::string> read_list(const std::string& option, const std::string& value);

}  // namespace hypar
