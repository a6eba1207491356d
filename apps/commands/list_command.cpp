#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/terminal.h"
#include "arch/network/topology_family.h"
#include "collective/algorithm.h"
#include "experiment/listing/listing.h"
#include "experiment/sweep/sweep.h"
#include "partition/search/strategy.h"
#include "report/format.h"

namespace hypar {
namespace {

std::vector<Named> list_strategies() {
    std::vector<Named> names;
    for (const StrategyEntry& entry : strategies()) names.push_back({entry.name, entry.description});
    return names;
}

std::vector<Named> list_topologies() {
    std::vector<Named> names;
    for (const TopologyFamily& family : topology_families()) names.push_back({family.name, family.description});
    return names;
}

std::vector<Named> list_collectives() {
    std::vector<Named> names;
    for (const AlgorithmModel& model : algorithm_models())
        names.push_back({name_of(model.algorithm), model.description});
    names.push_back({name_of(CollectiveAlgorithm::Best), "the one of these that is expected to take least"});
    return names;
}

struct Catalogue {
    const char* name;
    std::vector<Named> (*list)();
};

constexpr Catalogue kCatalogues[] = {
    {"networks", list_networks},     {"arrays", list_arrays},           {"strategies", list_strategies},
    {"topologies", list_topologies}, {"collectives", list_collectives}, {"experiments", list_experiments},
    {"sweeps", list_sweeps}};

/// One line for programs; on a terminal as many as it takes.
std::string line_of(const Named& entry, std::size_t width) {
    const std::string lead = fmt::format("{:<{}}", entry.name, width);
    if (!terminal_columns(STDOUT_FILENO)) return lead + entry.description + "\n";
    return wrapped(lead, entry.description, style_of(STDOUT_FILENO), Tone::Heading);
}

void run(const std::string& kind) {
    choose("list " + kind, kind, listed_kinds());
    std::string text;
    for (const Catalogue& catalogue : kCatalogues) {
        if (kind != catalogue.name) continue;
        const std::vector<Named> entries = catalogue.list();
        std::size_t width = 14;
        for (const Named& entry : entries) width = std::max(width, entry.name.size());
        for (const Named& entry : entries) text += line_of(entry, width + 2);
    }
    print_result(text);
}

}  // namespace

std::vector<std::string> listed_kinds() {
    std::vector<std::string> kinds;
    for (const Catalogue& catalogue : kCatalogues) kinds.emplace_back(catalogue.name);
    return kinds;
}

void add_list_command(CommandLine& line) {
    Command command = line.add_command("list", "show what there is to choose from");
    const auto kind = std::make_shared<std::string>();
    command.add_argument("KIND", *kind,
                         "networks, arrays, strategies, topologies, collectives, experiments or sweeps");
    command.runs([kind] { run(*kind); });
}

}  // namespace hypar
