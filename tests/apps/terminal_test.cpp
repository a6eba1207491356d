// What people see: on terminals of many widths, with colours and without; and what programs see, which is always the
// same.

#include "tests/apps/terminal.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kEscape = "\033";

std::string without_colours(const std::string& text) {
    return std::regex_replace(text, std::regex("\033\\[[0-9;]*m"), "");
}

std::size_t characters(const std::string& line) {
    return static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

void expect_fits(const std::string& text, std::size_t columns) {
    EXPECT_NE(text, "");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(characters(line), columns) << line;
}

/// One of each that prints tables or colours.
const std::vector<std::string> kCommands = {
    "run lenet-c",
    "run lenet-c --explain mapping",
    "run lenet-c --explain energy",
    "run lenet-c --explain plan --set topology=torus",
    "partition lenet-c --explain plan",
    "partition lenet-c --strategy optimal --levels 4,4 --explain plan",
    "diff lenet-c lenet-c --set batch=16",
    "compare lenet-c sconv --strategy data,model,hypar",
    "noc --cycles 500",
    "memory --requests 1000",
};

TEST(OnATerminal, EightyColumnsLookAsInAPipeButForColours) {
    for (const std::string& command : kCommands) {
        const std::string piped = run_shell("\"$HYPAR\" " + command).output;
        const std::string shown = on_terminal("\"$HYPAR\" " + command, 80);
        EXPECT_THAT(shown, HasSubstr(kEscape)) << command;
        EXPECT_EQ(without_colours(shown), piped);
        EXPECT_THAT(piped, Not(HasSubstr(kEscape)));
        EXPECT_EQ(on_terminal("NO_COLOR=1 \"$HYPAR\" " + command, 80), piped);
    }
}

TEST(OnATerminal, TablesFitItsColumns) {
    for (const std::string& command : kCommands) {
        expect_fits(on_terminal("NO_COLOR=1 \"$HYPAR\" " + command, 80), 80);
        expect_fits(on_terminal("NO_COLOR=1 \"$HYPAR\" " + command, 120), 120);
    }
}

TEST(OnATerminal, ColoursDependOnItsEnvironment) {
    const std::string plain = run_shell("\"$HYPAR\" partition lenet-c").output;
    EXPECT_EQ(on_terminal("NO_COLOR=1 \"$HYPAR\" partition lenet-c"), plain);
    EXPECT_EQ(on_terminal("TERM=dumb \"$HYPAR\" partition lenet-c"), plain);
    EXPECT_THAT(on_terminal("NO_COLOR= \"$HYPAR\" partition lenet-c"), HasSubstr("\033[1;35mmp\033[0m"));
}

TEST(OnATerminal, WidthsOfEightyToOneHundredAndTwentyColumnsAreUsed) {
    const std::string command = "NO_COLOR=1 \"$HYPAR\" compare lenet-c";
    const std::string piped = run_shell(command).output;
    EXPECT_THAT(piped, Not(HasSubstr("accel.")));
    EXPECT_EQ(on_terminal(command, 40), piped);
    EXPECT_EQ(on_terminal(command, 0), piped);  // a terminal that does not know
    const std::string wide = on_terminal(command, 120);
    EXPECT_THAT(wide, StartsWith("  network  topology  strategy  accel.     step  compute  exchange    bound  traffic  "
                                 " energy       EDP  perf.   eff.\n"));
    EXPECT_EQ(on_terminal(command, 400), wide);
}

TEST(OnATerminal, FilesOfAFolderArePlainAndOfEightyColumns) {
    const TemporaryFolder folder;
    const std::string piped = run_shell("\"$HYPAR\" run lenet-c").output;
    const std::string files = folder.path().string() + "/out";
    EXPECT_THAT(on_terminal("\"$HYPAR\" run lenet-c -o " + files, 120), HasSubstr(kEscape));
    EXPECT_EQ(read_file(files + "/report.txt"), piped);
}

TEST(OnATerminal, JsonHasNoColours) {
    EXPECT_EQ(on_terminal("\"$HYPAR\" compare lenet-c --format json", 120),
              run_shell("\"$HYPAR\" compare lenet-c --format json").output);
}

TEST(OnATerminal, MessagesBeginInColour) {
    EXPECT_THAT(on_terminal("\"$HYPAR\" run nosuch"), StartsWith("\033[1;31mhypar:\033[0m unknown experiment"));
    EXPECT_THAT(on_terminal("NO_COLOR=1 \"$HYPAR\" run nosuch"), StartsWith("hypar: unknown experiment"));
    EXPECT_THAT(run_shell("\"$HYPAR\" run nosuch").errors, StartsWith("hypar: unknown experiment"));
    // Only standard error is the terminal, and only standard output.
    EXPECT_THAT(on_terminal("\"$HYPAR\" partition lenet-c >/dev/null"), "");
    EXPECT_EQ(on_terminal("\"$HYPAR\" run nosuch 2>&1 | cat"), run_shell("\"$HYPAR\" run nosuch").errors);
}

TEST(InAPipe, TheEnvironmentChangesNothing) {
    EXPECT_EQ(run_shell("COLUMNS=200 TERM=xterm-256color CLICOLOR_FORCE=1 \"$HYPAR\" run lenet-c").output,
              run_shell("\"$HYPAR\" run lenet-c").output);
    EXPECT_EQ(on_terminal("\"$HYPAR\" compare lenet-c | cat", 120), run_shell("\"$HYPAR\" compare lenet-c").output);
}

/// Two layers, one of them with a long name, the other with one of many bytes.
std::string network_with_long_names() {
    std::string accents;
    for (int i = 0; i < 60; ++i) accents += "é";
    return "name: \"" + std::string(100, 'n') +
           "\"\ninput: {channels: 4, height: 1, width: 1}\nlayers:\n"
           "  - {name: \"" +
           std::string(90, 'x') + "\", type: fc, out_features: 2048}\n  - {name: \"" + accents +
           "\", type: fc, out_features: 4096}\n  - {name: fc3, type: fc, out_features: 2048}\n";
}

TEST(InAPipe, LongNamesAndManyAcceleratorsFitEightyColumns) {
    const TemporaryFolder folder;
    folder.write("long.yaml", network_with_long_names());
    folder.write("experiment.yaml", "network: ./long.yaml\naccelerators: 16\nbatch: 16\n");
    for (const std::string command :
         {"partition ./long.yaml --explain plan", "partition ./long.yaml --accelerators 4096 --batch 4096",
          "run experiment.yaml --explain mapping", "compare experiment.yaml lenet-c --strategy data,hypar",
          "run lenet-c --set accelerators=1024 --set batch=1024",
          "compare lenet-c --network sconv --topology fully-connected"}) {
        const Outcome outcome = run_shell("\"$HYPAR\" " + command, folder.path());
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        expect_fits(outcome.output, 80);
    }
}

TEST(ProgressOfALongRun, IsALineThatFitsTheTerminalAndGoesInTheEnd) {
    Terminal terminal(std::string("\"$HYPAR\" ") + kLongRun, 60);
    ASSERT_TRUE(terminal.read_until(" left")) << terminal.screen();
    terminal.interrupt();
    terminal.finish();

    const std::string wipe = "\r\033[K";
    const std::string& screen = terminal.screen();
    std::vector<std::string> lines;  // the last one is what follows the bar
    for (std::size_t begin = screen.find(wipe); begin != std::string::npos;) {
        begin += wipe.size();
        const std::size_t end = screen.find(wipe, begin);
        lines.push_back(screen.substr(begin, end - begin));
        begin = end;
    }
    ASSERT_GE(lines.size(), 2U);
    EXPECT_THAT(lines.back(), StartsWith("\033[1;31mPARTIAL:\033[0m the first "));
    lines.pop_back();
    EXPECT_TRUE(std::regex_search(lines.back(),
                                  std::regex("^\\[#*\\.*\\] +[0-9]+ %, [0-9.]+ %/(s|min), [0-9a-z ]+ left  vgg")))
        << lines.back();
    for (const std::string& line : lines) {
        EXPECT_LT(line.size(), 60U);
        EXPECT_EQ(line.find('\n'), std::string::npos);
    }
}

TEST(ProgressOfALongRun, IsSilentWhereNoTerminalIs) {
    const Outcome outcome =
        run_shell(std::string("\"$HYPAR\" ") + kLongRun +
                  " >/dev/null & program=$!\n"
                  // until it listens to Ctrl-C, and longer than a terminal waits for the bar
                  "until grep -q '^SigCgt:.*[2367abef]$' /proc/$program/status; do sleep 0.01; done\n"
                  "sleep 3; kill -INT $program; wait $program");
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.errors, StartsWith("hypar: stopped early"));
    EXPECT_THAT(outcome.errors, Not(HasSubstr(kEscape)));
    EXPECT_THAT(outcome.errors, Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace hypar::test
