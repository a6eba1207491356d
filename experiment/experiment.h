#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "base/error.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/memory_layout.h"
#include "workloads/network.h"
#include "workloads/phase.h"

namespace hypar {

/// A value given on the command line in place of a file's.
struct Override {
    std::string key;    ///< dotted path through the resolved experiment ("array.memory.timing.tRCD")
    std::string value;  ///< read as YAML
    std::string place;  ///< how messages name it ("--set batch=0")
};

/// An experiment with every reference resolved and every value validated.
struct Experiment {
    std::string name;  ///< file name without its ending
    Network network;
    ArraySpec array;  ///< with the experiment's accelerators, topology and precision
    std::uint64_t batch = 256;
    std::string strategy;               ///< a strategy's name, "explicit" for a plan of the file
    std::optional<Plan> explicit_plan;  ///< set where `strategy` is "explicit"
    std::vector<Phase> phases;          ///< in step order; each needs those before it
    PartialSums partial_sums = PartialSums::Pooled;
    CapacityRule capacity = CapacityRule::Refuse;
    std::uint64_t optimizer_words = 0;  ///< that the optimizer keeps for every weight
    /// Place ("file:line:column") of every key by its dotted path, for mistakes that are found later.
    std::map<std::string, std::string> places;

    std::size_t levels() const { return level_count(array.accelerators); }
    StepShape step() const { return {batch, array.precision.bytes, partial_sums, optimizer_words}; }

    /// The explicit plan, or the strategy's. Throws a located ConfigError where the strategy refuses.
    Plan make_plan() const;

    /// `error` with the place of its key, or of the nearest key above it.
    ConfigError located(const ConfigError& error) const;
};

/// Reads and validates an experiment: its file, the files that it names and the overrides.
///
/// A `reference` with a slash or ending in .yaml is a path, relative to the working directory (in a file: to that
/// file); anything else is a name in configs/experiments. Throws ConfigError with file, line, column and key for
/// everything that is wrong.
Experiment load_experiment(const std::string& reference, const std::vector<Override>& overrides = {});

/// Reads and validates a network file, by path or by its name in workloads/networks.
Network load_network(const std::string& reference);

/// Reads and validates an array file, by path or by its name in configs/arrays, with overrides whose keys begin with
/// "array.".
ArraySpec load_array(const std::string& reference, const std::vector<Override>& overrides = {});

/// Reads and validates a file of any kind; says in one line what it is, of a sweep also what its conditions drop.
std::string check_file(const std::string& path);

/// A file that comes with the program and can be referred to by name.
struct Named {
    std::string name;
    std::string description;
};

std::vector<Named> list_networks();
std::vector<Named> list_arrays();
std::vector<Named> list_experiments();

}  // namespace hypar
