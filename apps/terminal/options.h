#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

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

/// "KEY=VALUE" of --set.
std::vector<Override> read_overrides(const std::vector<std::string>& settings);

/// Refuses an empty value of an option on the command line.
extern const CLI::Validator kNotEmpty;

/// An option with a value that is not empty; help shows `type` in its place.
CLI::Option* add_value(CLI::App& command, const std::string& name, std::string& value, const std::string& type,
                       const std::string& help);

/// An option that may be given several times.
CLI::Option* add_values(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                        const std::string& type, const std::string& help);

/// "a,b,c"; none may be empty.
std::vector<std::string> read_list(const std::string& option, const std::string& value);

}  // namespace hypar
