#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "base/error.h"
#include "base/fields.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "partition/search/strategy_choice.h"
#include "sim/program/memory_layout.h"
#include "sim/program/schedule_spec.h"
#include "workloads/network.h"
#include "workloads/phase.h"

namespace hypar {

/// A value given on the command line in place of a file's.
struct Override {
    std::string key;    ///< dotted path through the resolved experiment ("array.memory.timing.tRCD")
    std::string value;  ///< read as YAML
    std::string place;  ///< how messages name it ("--set batch=0")
};

/// The array of an experiment that names none.
constexpr const char* kDefaultArray = "hpca19";

/// Keys of the array that an experiment may give in its place.
constexpr std::array<const char*, 3> kSharedKeys = {"accelerators", "topology", "precision"};

inline bool is_shared_key(const std::string& key) {
    return std::find(kSharedKeys.begin(), kSharedKeys.end(), key) != kSharedKeys.end();
}

/// How an experiment trains its network on its array.
struct Training {
    std::uint64_t batch = 256;
    StrategyChoice strategy;
    std::vector<std::uint32_t> levels;  ///< sizes, H1 first; none: the prime factors of the accelerators
    ScheduleSpec schedule;
    std::vector<Phase> phases{kPhases.begin(), kPhases.end()};  ///< in step order; each needs those before it
    PartialSums partial_sums = PartialSums::Pooled;
    CapacityRule capacity = CapacityRule::Refuse;
    std::uint64_t optimizer_words = 0;  ///< that the optimizer keeps for every weight
    OptimizerState optimizer_state = OptimizerState::Whole;

    static constexpr Choice<PartialSums> kPartialSums[] = {{"pooled", PartialSums::Pooled},
                                                           {"before-pooling", PartialSums::BeforePooling}};
    static constexpr Choice<CapacityRule> kCapacityRules[] = {{"refuse", CapacityRule::Refuse},
                                                              {"report", CapacityRule::Report}};
    static constexpr Choice<std::uint64_t> kOptimizers[] = {{"sgd", 0}, {"momentum", 1}, {"adam", 2}};
    static constexpr Choice<OptimizerState> kOptimizerStates[] = {{"whole", OptimizerState::Whole},
                                                                  {"sharded", OptimizerState::Sharded}};

    /// All keys of an experiment's file.
    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("network", "a name, a path, or the map itself"), self, Elsewhere{});
        visit(Key("array", "a name, a path, or the map itself").optional(), self, Elsewhere{kDefaultArray});
        visit(Key("accelerators", "in place of the array's own number").optional(), self, Elsewhere{"the array's"});
        visit(Key("levels",
                  "into how many groups each level divides, H1 first, a list of 2 to 4096; all together as many as "
                  "accelerators")
                  .optional(),
              self.levels, Apart{"the prime factors of the accelerators, the largest last"});
        visit(Key("batch", "samples of one training step").optional(), self.batch, Count{});
        visit(Key("strategy",
                  "what each layer does at each level: a name (`hypar list strategies`) or a map, "
                  "[below](#strategies-and-plans)")
                  .optional(),
              self.strategy, Apart{""});
        visit(Key("topology", "in place of the array's own, a name or a map; the bandwidth of each link follows")
                  .optional(),
              self, Elsewhere{"the array's"});
        visit(Key("precision", "in place of the array's own").optional(), self, Elsewhere{"the array's"});
        visit(
            Key("schedule",
                "`sequential`: nothing overlaps; `overlapped`, or a map, [below](#schedules): tasks wait for nothing "
                "but what they need")
                .optional(),
            self.schedule, Apart{"`sequential`"});
        visit(Key("phases",
                  "what is run, a list of `forward`, `backward`, `gradient`, `update`; each needs those before it")
                  .optional(),
              self.phases, Apart{""});
        visit(Key("partial_sums",
                  "when the partial sums of a model-parallel layer with pooling travel: `pooled`, after it, as Song "
                  "et al. (HPCA 2019) count them, or `before-pooling`, as hardware must")
                  .optional(),
              self.partial_sums, one_of(kPartialSums, ""));
        visit(Key("capacity",
                  "what happens if weights, gradients and the feature maps kept for the gradient do not fit into an "
                  "accelerator's memory: `refuse` the run, or run it all the same and `report` it")
                  .optional(),
              self.capacity, one_of(kCapacityRules, ""));
        visit(Key("optimizer",
                  "`sgd` keeps nothing for a weight, `momentum` one word, `adam` two: they lie in memory, and the "
                  "update reads and writes them, a multiply-accumulate each")
                  .optional(),
              self.optimizer_words, one_of(kOptimizers, ""));
        visit(Key("optimizer_state",
                  "of weights that several accelerators have: `whole`, each sums up the whole gradient and updates "
                  "all of them; `sharded`, each updates a part, keeps the optimizer's words for that part alone, and "
                  "gathers the others' ([ZeRO-1](models/step.md#sharded-optimizer-state))")
                  .optional(),
              self.optimizer_state, one_of(kOptimizerStates, ""));
    }
};

/// How the levels of `training` divide an array.
Levels division_of(const Training& training, const ArraySpec& array);

/// An experiment with every reference resolved and every value validated.
struct Experiment : Training {
    std::string name;  ///< file name without its ending
    Network network;
    ArraySpec array;  ///< with the experiment's accelerators, topology and precision
    /// Place ("file:line:column") of every key by its dotted path, for mistakes that are found later.
    std::map<std::string, std::string> places;

    Levels division() const { return division_of(*this, array); }
    StepShape step() const { return {batch, array.precision.bytes, partial_sums, optimizer_words, optimizer_state}; }

    /// The plan that `strategy` chooses. Throws a located ConfigError where it refuses.
    SearchResult search_plan() const;
    Plan make_plan() const { return search_plan().plan; }

    /// `error` with the place of its key, or of the nearest key above it.
    ConfigError located(const ConfigError& error) const;
};

/// The keys of an experiment's file that a condition may compare: all but lists.
std::vector<std::string> comparable_keys();

/// Reads and validates an experiment: its file, the files that it names and the overrides.
///
/// A `reference` is a path, relative to the working directory (in a file: to that file), or a name
/// (resolve_reference). Throws ConfigError with file, line, column and key for everything that is wrong.
Experiment load_experiment(const std::string& reference, const std::vector<Override>& overrides = {});

/// Reads and validates a network file, by path or by its name in workloads/networks, or the network of an
/// experiment's file, by path; with overrides of "network" or of keys that begin with "network.".
Network load_network(const std::string& reference, const std::vector<Override>& overrides = {});

/// Reads and validates an array file, by path or by its name in configs/arrays, with overrides whose keys begin with
/// "array.".
ArraySpec load_array(const std::string& reference, const std::vector<Override>& overrides = {});

}  // namespace hypar
