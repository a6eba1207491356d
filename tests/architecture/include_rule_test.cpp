// Holds the architecture: which room may include which.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/architecture/rooms.h"
#include "tests/architecture/source_tree.h"

namespace hypar::tests {
namespace {

namespace fs = std::filesystem;

bool is_room(const std::string& path) {
    return std::any_of(rooms().begin(), rooms().end(), [&](const Room& room) { return room.path == path; });
}

/// What is wrong with an include in the file at `path`; empty if nothing.
std::string include_violation(const fs::path& path, const Include& include) {
    const fs::path header = include.header;
    const std::string top = header.begin()->string();
    if (top == "tests" || top == "bench") {
        return *path.begin() == top ? "" : "only tests and benchmarks include headers of their own";
    }
    if (const std::string room = header.parent_path().generic_string(); is_room(room)) {
        return may_include(path, room) ? "" : room_of(path) + " must not include " + room;
    }
    if (include.is_quoted) return "a quoted include starts with a room of the project: \"workloads/network.h\"";
    if (include.header == "nlohmann/json.hpp" && path.extension() != ".cpp") {
        return "only .cpp files include nlohmann/json.hpp; headers take nlohmann/json_fwd.hpp";
    }
    return "";
}

/// The violations in the file at `path` (relative to the root) with this `text`, each as "path:line: rule".
std::vector<std::string> violations(const fs::path& path, const std::string& text) {
    static const std::regex kUsingNamespace(R"re(\s*using\s+namespace\b.*)re");
    std::vector<std::string> found;
    const auto add = [&](std::size_t line, const std::string& problem) {
        if (!problem.empty()) found.push_back(path.generic_string() + ":" + std::to_string(line) + ": " + problem);
    };
    for (const Include& include : includes_of(text)) add(include.line, include_violation(path, include));
    if (path.extension() == ".cpp") return found;
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t line = 0; line < lines.size(); ++line) {
        if (std::regex_match(lines[line], kUsingNamespace)) add(line + 1, "no using namespace in a header");
    }
    return found;
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(IncludeRule, HoldsInEveryFile) {
    for (const auto& [path, text] : source_tree()) {
        if (!is_cpp(path)) continue;
        for (const std::string& violation : violations(path, text)) ADD_FAILURE() << violation;
    }
}

TEST(IncludeRule, KnowsEveryRoom) {
    std::set<std::string> found;
    for (const auto& [path, text] : source_tree()) {
        if (is_cpp(path) && is_of_program(path)) found.insert(path.parent_path().generic_string());
    }
    std::set<std::string> known;
    for (const Room& room : rooms()) known.insert(room.path);
    EXPECT_EQ(found, known) << "a room belongs into the table of tests/architecture/rooms.cpp";
}

TEST(IncludeRule, KnowsEveryFolderThatIsBuilt) {
    for (const fs::directory_entry& entry : fs::directory_iterator(HYPAR_SOURCE_DIR)) {
        const std::string folder = entry.path().filename().string();
        if (folder == "tests" || folder == "bench" || !fs::exists(entry.path() / "CMakeLists.txt")) continue;
        EXPECT_TRUE(std::any_of(rooms().begin(), rooms().end(), [&](const Room& room) {
            return is_within(room.path, folder);
        })) << folder;
    }
}

TEST(IncludeRule, AllowsOnlyRoomsAbove) {
    for (auto room = rooms().begin(); room != rooms().end(); ++room) {
        for (const std::string& arrow : room->arrows) {
            const auto is_meant = [&](const Room& other) { return means(*room, arrow, other.path); };
            EXPECT_TRUE(std::any_of(rooms().begin(), room, is_meant)) << room->path << " -> " << arrow;
            EXPECT_TRUE(std::none_of(room, rooms().end(), is_meant)) << room->path << " -> " << arrow;
        }
    }
}

TEST(IncludeRule, SeesAnArrowThatRunsBack) {
    EXPECT_THAT(violations("partition/plan.cpp", "\n#include \"sim/program/program.h\"\n"),
                ElementsAre("partition/plan.cpp:2: partition must not include sim/program"));
    EXPECT_THAT(violations("base/error.h", "#include <workloads/layer.h>"), ElementsAre(HasSubstr("workloads")));
    EXPECT_THAT(violations("arch/network/router.h", "  #  include \"partition/plan.h\" // why"),
                ElementsAre(HasSubstr("1:")));
    EXPECT_THAT(violations("arch/kernel/time.h", "#include \"arch/network/router.h\""),
                ElementsAre(HasSubstr("arch/kernel must not include arch/network")));
    EXPECT_THAT(violations("partition/plan.cpp", "#include \"partition/plan.h\"\n#include \"base/error.h\""),
                IsEmpty());
}

TEST(IncludeRule, HoldsTestsAndBenchmarksToTheRulesOfTheirFolder) {
    EXPECT_THAT(violations("tests/arch/vault_test.cpp", "#include \"arch/memory/vault.h\""), IsEmpty());
    EXPECT_THAT(violations("tests/arch/vault_test.cpp", "#include \"sim/run.h\""), ElementsAre(HasSubstr("arch")));
    EXPECT_THAT(violations("bench/sim_noc.cpp", "#include \"arch/network/topology.h\""), IsEmpty());
    EXPECT_THAT(violations("tests/main.cpp", "#include \"base/error.h\""), ElementsAre(HasSubstr("base")));
    EXPECT_THAT(violations("tests/sim/replay_test.cpp", "#include \"tests/sim/small_array.h\""), IsEmpty());
    EXPECT_THAT(violations("sim/run.cpp", "#include \"tests/sim/small_array.h\""), ElementsAre(HasSubstr("only")));
}

TEST(IncludeRule, KeepsJsonAndUsingNamespaceOutOfHeaders) {
    EXPECT_THAT(violations("report/json.h", "#include <nlohmann/json.hpp>"), ElementsAre(HasSubstr("json_fwd")));
    EXPECT_THAT(violations("report/json.h", "#include <nlohmann/json_fwd.hpp>"), IsEmpty());
    EXPECT_THAT(violations("report/json.cpp", "#include <nlohmann/json.hpp>"), IsEmpty());
    EXPECT_THAT(violations("sim/run.h", "    using  namespace std;"), ElementsAre(HasSubstr("using namespace")));
    EXPECT_THAT(violations("sim/run.cpp", "using namespace std::literals;"), IsEmpty());
}

TEST(IncludeRule, WantsQuotedIncludesToStartAtTheRoot) {
    EXPECT_THAT(violations("sim/run.cpp", "#include \"run.h\""), ElementsAre(HasSubstr("starts with a room")));
    EXPECT_THAT(violations("sim/run.cpp", "#include \"../arch/vault.h\""), ElementsAre(HasSubstr("starts with")));
    EXPECT_THAT(violations("sim/run.cpp", "// #include \"run.h\""), IsEmpty());
}

}  // namespace
}  // namespace hypar::tests
