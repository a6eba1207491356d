// Holds how large rooms, files and functions may become.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/architecture/source_tree.h"

namespace hypar::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostModules = 20;
constexpr std::size_t kMostLines = 400;
constexpr std::size_t kMostFunctionLines = 60;

std::size_t indent_of(const std::string& line) { return line.find_first_not_of(' '); }

/// The heads of functions that are longer than a screen. Goes by the layout that clang-format gives: a
/// function begins with a line that is indented like the one of the brace that ends it, and all between is indented
/// further. Types and lists end with "};", namespaces with a comment.
std::vector<std::string> long_functions(const std::string& text) {
    std::vector<std::string> found;
    const std::vector<std::string> lines = lines_of(text);
    std::map<std::size_t, std::size_t> heads;  // by indentation, the latest line of it
    for (std::size_t number = 0; number < lines.size(); ++number) {
        const std::string& line = lines[number];
        const std::size_t indent = indent_of(line);
        if (indent == std::string::npos || line[0] == '#') continue;
        heads.erase(heads.upper_bound(indent), heads.end());
        const auto head = heads.find(indent);
        if (line.substr(indent) == "}" && head != heads.end() && number - head->second + 1 > kMostFunctionLines) {
            found.push_back(lines[head->second].substr(indent));
        }
        heads[indent] = number;
    }
    return found;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SizeRule, RoomsHaveAtMostTwentyModules) {
    std::map<fs::path, std::set<fs::path>> modules;  // a header and its source count once
    for (const auto& [path, text] : source_tree()) {
        if (is_of_program(path)) modules[path.parent_path()].insert(path.stem());
    }
    std::vector<std::string> crowded;
    for (const auto& [room, names] : modules) {
        if (names.size() > kMostModules) crowded.push_back(room.generic_string());
    }
    EXPECT_THAT(crowded, IsEmpty());
}

TEST(SizeRule, FilesHaveAtMost400Lines) {
    std::vector<std::string> found;
    for (const auto& [path, text] : source_tree()) {
        if (is_of_program(path) && lines_of(text).size() > kMostLines) found.push_back(path.generic_string());
    }
    EXPECT_THAT(found, IsEmpty());
}

TEST(SizeRule, FunctionsFitAScreen) {
    std::vector<std::string> found;
    for (const auto& [path, text] : source_tree()) {
        if (!is_of_program(path)) continue;
        for (const std::string& head : long_functions(text)) {
            found.push_back(path.filename().string() + ": " + head);
        }
    }
    EXPECT_THAT(found, IsEmpty());
}

TEST(SizeRule, SeesLongFunctions) {
    const auto function = [](const std::string& head, std::size_t lines, const std::string& indent = "") {
        std::string text = indent + head + "\n";
        for (std::size_t line = 2; line < lines; ++line) text += indent + (line % 7 == 0 ? "\n" : "    call();\n");
        return text + indent + "}\n";
    };
    EXPECT_THAT(long_functions(function("int f() {", 60)), IsEmpty());
    EXPECT_THAT(long_functions(function("int f() {", 61)), ElementsAre("int f() {"));
    EXPECT_THAT(long_functions(function("int f() {", 30) + function("int g() {", 31)), IsEmpty());
    EXPECT_THAT(long_functions("class A {\npublic:\n" + function("int f() {", 61, "    ") + "};\n"),
                ElementsAre("int f() {"));
    EXPECT_THAT(long_functions("namespace a {\n\n" + function("int f(int a,\n      int b) {", 60) + "\n}\n"),
                ElementsAre("int f(int a,"));
    EXPECT_THAT(long_functions("class A {\npublic:\n" + std::string(70, '\n') + "};\n"), IsEmpty());
    EXPECT_THAT(long_functions(function("function draw(part) {", 61)), ElementsAre("function draw(part) {"));
}

}  // namespace
}  // namespace hypar::tests
