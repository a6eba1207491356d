// Holds which rooms libraries of others reach, also through headers of the project.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/architecture/rooms.h"
#include "tests/architecture/source_tree.h"

namespace hypar::tests {
namespace {

namespace fs = std::filesystem;
using Tree = std::map<fs::path, std::string>;

/// A library of others, by how the paths of its headers begin, and the rooms or folders that it may reach.
struct LibraryRule {
    std::string name;
    std::regex header;
    std::vector<std::string> may_reach;
};

const std::vector<LibraryRule> kLibraries = {
    {"SystemC",
     std::regex("(systemc|tlm)(\\.h)?|(sysc|tlm_core|tlm_utils)/.*"),
     {"arch", "sim/replay", "sim/overlap", "sim/probe"}},
    {"Boost.Graph", std::regex("boost/graph/.*"), {"arch/network"}},
    {"yaml-cpp", std::regex("yaml-cpp/.*"), {"experiment/yaml"}},
    {"protozero", std::regex("protozero/.*"), {"experiment/import", "report/chakra"}},
    {"SQLite", std::regex("sqlite3(ext)?\\.h"), {"sweep/results"}},
    {"CLI11", std::regex("CLI/.*"), {"apps/terminal"}},
};

/// What every file includes.
using IncludeGraph = std::map<fs::path, std::vector<Include>>;

IncludeGraph include_graph(const Tree& tree) {
    IncludeGraph graph;
    for (const auto& [path, text] : tree) graph[path] = includes_of(text);
    return graph;
}

/// The headers that the file at `path` includes, itself or through headers of the project, each with the file that
/// includes it.
std::map<std::string, fs::path> reached_from(const fs::path& path, const IncludeGraph& graph) {
    std::map<std::string, fs::path> reached;
    std::vector<fs::path> open = {path};
    while (!open.empty()) {
        const fs::path file = open.back();
        open.pop_back();
        const auto found = graph.find(file);
        if (found == graph.end()) continue;
        for (const Include& include : found->second) {
            if (reached.emplace(include.header, file).second) open.emplace_back(include.header);
        }
    }
    return reached;
}

bool may_reach(const LibraryRule& library, const fs::path& path) {
    const std::string room = room_of(path);
    return std::any_of(library.may_reach.begin(), library.may_reach.end(), [&](const std::string& folder) {
        return is_within(room, folder) || (!is_of_program(path) && is_within(folder, room));
    });
}

/// "path reaches library through file" for each that must not.
std::vector<std::string> violations(const Tree& tree) {
    std::vector<std::string> found;
    const IncludeGraph graph = include_graph(tree);
    for (const auto& [path, includes] : graph) {
        for (const auto& [header, through] : reached_from(path, graph)) {
            for (const LibraryRule& library : kLibraries) {
                if (!std::regex_match(header, library.header) || may_reach(library, path)) continue;
                found.push_back(path.generic_string() + " reaches " + library.name + " through " +
                                through.generic_string());
            }
        }
    }
    return found;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LibraryRule, HoldsInEveryFile) {
    for (const std::string& violation : violations(source_tree())) ADD_FAILURE() << violation;
}

TEST(LibraryRule, SeesALibraryInARoomThatMustNotKnowIt) {
    for (const std::string header : {"systemc", "systemc.h", "sysc/kernel/sc_time.h", "boost/graph/graph_traits.hpp",
                                     "yaml-cpp/yaml.h", "sqlite3.h", "protozero/pbf_reader.hpp", "CLI/CLI.hpp"}) {
        EXPECT_EQ(violations({{"report/text.cpp", "#include <" + header + ">"}}).size(), 1U) << header;
    }
    EXPECT_THAT(violations({{"sim/replay/replay.cpp", "#include <systemc>"},
                            {"arch/network/graph.cpp", "#include <boost/graph/adjacency_list.hpp>"},
                            {"tests/arch/deadlock_test.cpp", "#include <boost/graph/adjacency_list.hpp>"},
                            {"bench/sim_noc.cpp", "#include <systemc>"},
                            {"apps/terminal/command_line.cpp", "#include <CLI/CLI.hpp>"}}),
                IsEmpty());
}

TEST(LibraryRule, FollowsHeadersOfTheProject) {
    const Tree tree = {{"arch/kernel/component.h", "#include <systemc>"},
                       {"arch/network/router.h", "#include \"arch/kernel/component.h\""},
                       {"sim/replay/replay.h", "#include \"arch/network/router.h\""},
                       {"report/text.cpp", "#include \"sim/replay/replay.h\""}};
    EXPECT_THAT(violations(tree), ElementsAre("report/text.cpp reaches SystemC through arch/kernel/component.h"));
}

}  // namespace
}  // namespace hypar::tests
