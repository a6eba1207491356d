#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/experiment.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {

// Values of options. All throw ConfigError that names the option where a value is wrong.

/// One of `known`.
std::string choose(const std::string& option, const std::string& value, const std::vector<std::string>& known);

/// An integer from `least` to `most`.
std::uint64_t read_count(const std::string& option, const std::string& value, std::uint64_t least,
                         std::uint64_t most = kLargestCount);

/// Bytes, such as "4 GiB".
std::uint64_t read_size_option(const std::string& option, const std::string& value, const QuantityRange& range);

/// A decimal number from 0 to 1.
double read_fraction(const std::string& option, const std::string& value);

/// "KEY=VALUE" of --set. Throws CommandLineError.
std::vector<Override> read_overrides(const std::vector<std::string>& settings);

/// "a,b,c"; none may be empty.
std::vector<std::string> read_list(const std::string& option, const std::string& value);

}  // namespace hypar
