// Holds the architecture: who may include whom, and which folder knows which library.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Folders = std::set<std::string>;

/// Every folder with the folders that it may include. Arrows run one way: a folder names only folders above it.
const std::vector<std::pair<std::string, Folders>> kFolders = {
    {"base", {}},
    {"workloads", {"base"}},
    {"partition", {"base", "workloads"}},
    {"arch", {"base", "workloads"}},
    {"sim", {"base", "workloads", "partition", "arch"}},
    {"experiment", {"base", "workloads", "partition", "arch", "sim"}},
    {"report", {"base", "workloads", "partition", "arch", "sim", "experiment"}},
    {"sweep", {"base", "workloads", "partition", "arch", "sim", "experiment", "report"}},
    {"apps", {"base", "workloads", "partition", "arch", "sim", "experiment", "report", "sweep"}},
};

/// A library of others, by how the paths of its headers begin, and the folders that may include it.
struct LibraryRule {
    std::string name;
    std::regex header;
    Folders folders;
};

const std::vector<LibraryRule> kLibraries = {
    {"SystemC", std::regex("(systemc|tlm)(\\.h)?|(sysc|tlm_core|tlm_utils)/.*"), {"arch", "sim"}},
    {"Boost.Graph", std::regex("boost/graph/.*"), {"workloads", "partition", "arch"}},
    {"yaml-cpp", std::regex("yaml-cpp/.*"), {"experiment"}},
    {"SQLite", std::regex("sqlite3(ext)?\\.h"), {"sweep"}},
    {"CLI11", std::regex("CLI/.*"), {"apps"}},
};

const Folders* allowed_folders(const std::string& folder) {
    const auto found =
        std::find_if(kFolders.begin(), kFolders.end(), [&](const auto& entry) { return entry.first == folder; });
    return found == kFolders.end() ? nullptr : &found->second;
}

/// The folder whose rules hold for the file at `path` (relative to the root): its own, or for a test or benchmark the
/// folder that it is about: tests/sim/..., tests/sim_sanitized/... and bench/sim_replay.cpp count as sim. May be
/// unknown.
std::string folder_of(const fs::path& path) {
    std::string first = path.begin()->string();
    if (first != "tests" && first != "bench") return first;
    const std::string second = std::next(path.begin())->string();
    return second.substr(0, second.find_first_of("_."));
}

std::string joined(const Folders& folders) {
    std::string text;
    for (const std::string& folder : folders) text += (text.empty() ? "" : ", ") + folder;
    return text.empty() ? "none" : text;
}

/// What is wrong with an include of `header` in the file at `path` with this `text`; empty if nothing.
std::string include_violation(const fs::path& path, const std::string& text, bool quoted, const std::string& header) {
    const std::string folder = folder_of(path);
    const std::string target = header.substr(0, header.find('/'));

    if (allowed_folders(target) != nullptr && header != target) {
        const Folders* allowed = allowed_folders(folder);
        if (folder == target || (allowed != nullptr && allowed->count(target) != 0)) return {};
        return folder + " must not include " + target +
               "/; it may include: " + joined(allowed != nullptr ? *allowed : Folders{});
    }
    if (target == "tests" || target == "bench") {
        return path.begin()->string() == target ? "" : "only tests and benchmarks include headers of their own";
    }
    if (quoted) return "a quoted include starts with a folder of the project: \"workloads/network.h\"";

    for (const LibraryRule& library : kLibraries) {
        if (!std::regex_match(header, library.header) || library.folders.count(folder) != 0) continue;
        // The linker wants an sc_main() in the program; the file that has it may ask for its declaration.
        if (library.name == "SystemC" && folder == "apps" && text.find("sc_main(") != std::string::npos) continue;
        return library.name + " is known only below: " + joined(library.folders);
    }
    if (header == "nlohmann/json.hpp" && path.extension() != ".cpp") {
        return "only .cpp files include nlohmann/json.hpp; headers take nlohmann/json_fwd.hpp";
    }
    return {};
}

/// The violations in the file at `path` (relative to the root) with this `text`, each as "path:line: rule".
std::vector<std::string> violations(const fs::path& path, const std::string& text) {
    static const std::regex kInclude(R"re(\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
    static const std::regex kUsingNamespace(R"re(\s*using\s+namespace\b.*)re");

    std::vector<std::string> found;
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::string problem;
        std::smatch match;
        if (std::regex_match(line, match, kInclude)) {
            problem = include_violation(path, text, match[1] == "\"", match[2]);
        } else if (path.extension() != ".cpp" && std::regex_match(line, kUsingNamespace)) {
            problem = "no using namespace in a header";
        }
        if (!problem.empty()) found.push_back(path.generic_string() + ":" + std::to_string(number) + ": " + problem);
    }
    return found;
}

bool is_source(const fs::path& path) {
    static const std::set<std::string> kExtensions = {".cpp", ".h", ".hpp", ".cc", ".cxx", ".hh", ".ipp"};
    return kExtensions.count(path.extension().string()) != 0;
}

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(IncludeRule, HoldsInEveryFile) {
    const fs::path root = HYPAR_SOURCE_DIR;
    std::vector<std::string> tops = {"tests", "bench"};
    for (const auto& [folder, allowed] : kFolders) tops.push_back(folder);

    int files = 0;
    for (const std::string& top : tops) {
        if (!fs::exists(root / top)) continue;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / top)) {
            if (!entry.is_regular_file() || !is_source(entry.path())) continue;
            ++files;
            const fs::path path = entry.path().lexically_relative(root);
            for (const std::string& violation : violations(path, read(entry.path()))) ADD_FAILURE() << violation;
        }
    }
    EXPECT_GT(files, 0);
}

TEST(IncludeRule, KnowsEveryFolderThatIsBuilt) {
    for (const fs::directory_entry& entry : fs::directory_iterator(HYPAR_SOURCE_DIR)) {
        const std::string folder = entry.path().filename().string();
        if (folder == "tests" || folder == "bench" || !fs::exists(entry.path() / "CMakeLists.txt")) continue;
        EXPECT_NE(allowed_folders(folder), nullptr) << folder << "/: add it, with what it may include, to kFolders";
    }
}

TEST(IncludeRule, AllowsOnlyFoldersAbove) {
    Folders above;
    for (const auto& [folder, allowed] : kFolders) {
        for (const std::string& target : allowed) EXPECT_EQ(above.count(target), 1U) << folder << " -> " << target;
        above.insert(folder);
    }
}

TEST(IncludeRule, SeesAnArrowThatRunsBack) {
    EXPECT_THAT(
        violations("partition/plan.cpp", "\n#include \"sim/program.h\"\n"),
        ElementsAre("partition/plan.cpp:2: partition must not include sim/; it may include: base, workloads"));
    EXPECT_THAT(violations("base/error.h", "#include <workloads/layer.h>"), ElementsAre(HasSubstr("none")));
    EXPECT_THAT(violations("arch/network/router.h", "  #  include \"partition/plan.h\" // why"),
                ElementsAre(HasSubstr("1:")));
    EXPECT_THAT(violations("partition/plan.cpp", "#include \"partition/plan.h\"\n#include \"base/error.h\""),
                IsEmpty());
}

TEST(IncludeRule, HoldsTestsAndBenchmarksToTheRulesOfTheirFolder) {
    EXPECT_THAT(violations("tests/arch/vault_test.cpp", "#include <systemc>\n#include \"arch/vault.h\""), IsEmpty());
    EXPECT_THAT(violations("tests/arch/vault_test.cpp", "#include \"sim/replay.h\""), ElementsAre(HasSubstr("arch")));
    EXPECT_THAT(violations("tests/base/error_test.cpp", "#include <systemc>"), ElementsAre(HasSubstr("SystemC")));
    EXPECT_THAT(violations("bench/sim_replay.cpp", "#include <systemc>\n#include \"arch/vault.h\""), IsEmpty());
    EXPECT_THAT(violations("bench/partition_hypar.cpp", "#include <systemc>"), ElementsAre(HasSubstr("SystemC")));
    EXPECT_THAT(violations("tests/main.cpp", "#include \"base/error.h\""), ElementsAre(HasSubstr("base")));
    EXPECT_THAT(violations("tests/sim/replay_test.cpp", "#include \"tests/sim/small_array.h\""), IsEmpty());
    EXPECT_THAT(violations("sim/replay.cpp", "#include \"tests/sim/small_array.h\""), ElementsAre(HasSubstr("only")));
}

TEST(IncludeRule, SeesALibraryInAFolderThatMustNotKnowIt) {
    for (const std::string header : {"<systemc>", "<systemc.h>", "<sysc/kernel/sc_time.h>",
                                     "<boost/graph/graph_traits.hpp>", "<yaml-cpp/yaml.h>", "<CLI/CLI.hpp>"}) {
        EXPECT_THAT(violations("report/text.cpp", "#include " + header), ElementsAre(HasSubstr("known only below")))
            << header;
    }
    EXPECT_THAT(violations("sim/replay.cpp", "#include <systemc>"), IsEmpty());
    EXPECT_THAT(violations("workloads/network.h", "#include <boost/graph/adjacency_list.hpp>"), IsEmpty());
    EXPECT_THAT(violations("sim/replay.cpp", "#include <boost/graph/adjacency_list.hpp>"),
                ElementsAre(HasSubstr("Graph")));
    EXPECT_THAT(violations("experiment/reader.cpp", "#include <yaml-cpp/yaml.h>"), IsEmpty());
    EXPECT_THAT(violations("apps/main.cpp", "#include <CLI/CLI.hpp>"), IsEmpty());
}

TEST(IncludeRule, AllowsSystemCBesideTheStubOfTheProgram) {
    EXPECT_THAT(violations("apps/main.cpp", "#include <systemc>\nint sc_main(int, char*[]) { return 0; }"),
                IsEmpty());
    EXPECT_THAT(violations("apps/run.cpp", "#include <systemc>"), ElementsAre(HasSubstr("SystemC")));
}

TEST(IncludeRule, KeepsJsonAndUsingNamespaceOutOfHeaders) {
    EXPECT_THAT(violations("report/json.h", "#include <nlohmann/json.hpp>"), ElementsAre(HasSubstr("json_fwd")));
    EXPECT_THAT(violations("report/json.h", "#include <nlohmann/json_fwd.hpp>"), IsEmpty());
    EXPECT_THAT(violations("report/json.cpp", "#include <nlohmann/json.hpp>"), IsEmpty());
    EXPECT_THAT(violations("sim/replay/replay.h", "    using  namespace std;"),
                ElementsAre(HasSubstr("using namespace")));
    EXPECT_THAT(violations("sim/replay.cpp", "using namespace std::literals;"), IsEmpty());
}

TEST(IncludeRule, WantsQuotedIncludesToStartAtTheRoot) {
    EXPECT_THAT(violations("sim/replay.cpp", "#include \"replay.h\""),
                ElementsAre(HasSubstr("starts with a folder")));
    EXPECT_THAT(violations("sim/replay.cpp", "#include \"../arch/vault.h\""), ElementsAre(HasSubstr("starts with")));
    EXPECT_THAT(violations("sim/replay.cpp", "// #include \"replay.h\""), IsEmpty());
}

}  // namespace
