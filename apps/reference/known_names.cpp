#include "apps/reference/known_names.h"

#include <algorithm>

#include "apps/commands/commands.h"
#include "arch/network/topology_family.h"
#include "experiment/catalogue.h"
#include "experiment/paper/paper.h"
#include "partition/search/strategy.h"

namespace hypar {

KnownNames known_names() {
    KnownNames names = {{"NETWORK", catalogue_names(FileKind::Network)},
                        {"ARRAY", catalogue_names(FileKind::Array)},
                        {"EXPERIMENT", catalogue_names(FileKind::Experiment)},
                        {"PLAN", catalogue_names(FileKind::Experiment)},
                        {"SWEEP", catalogue_names(FileKind::Sweep)},
                        {"PAPER", list_papers()},
                        {"KIND", listed_kinds()}};
    for (const StrategyEntry& entry : strategies()) names["STRATEGY"].emplace_back(entry.name);
    for (const TopologyFamily& family : topology_families()) names["TOPOLOGY"].emplace_back(family.name);
    std::vector<std::string>& experiments = names["EXPERIMENT"];
    for (const std::string& network : names["NETWORK"]) {
        if (std::find(experiments.begin(), experiments.end(), network) == experiments.end())
            experiments.push_back(network);
    }
    return names;
}

}  // namespace hypar
