// What `cmake --install` and cpack put elsewhere: it runs there, is found, and is linked.

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// Both strategies' steps as the README has them.
constexpr const char* kSteps = "data   5.590 s\nhypar  1.044 s\n";

/// Runs Python with the package of a prefix alone.
Outcome run_python(const std::filesystem::path& prefix, const std::string& script,
                   const std::filesystem::path& folder) {
    return run_shell("env -u HYPAR PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=" + prefix.string() +
                         "/lib/python3/dist-packages '" HYPAR_PYTHON "' -c \"" + script + "\"",
                     folder);
}

bool is_there(const std::string& program) { return run_shell("command -v " + program).status == 0; }

class Installed : public testing::Test {
protected:
    void SetUp() override {
        const Outcome outcome = run_shell("cmake --install '" HYPAR_BUILD_DIR "' --prefix first", folder_.path());
        ASSERT_EQ(outcome.status, 0) << outcome.errors;
        std::filesystem::rename(folder_.path() / "first", prefix_);  // nothing remembers where it was
    }

    Outcome run_installed(const std::string& arguments) const {
        return run_shell(prefix_.string() + "/bin/hypar " + arguments, folder_.path());
    }

    TemporaryFolder folder_;
    std::filesystem::path prefix_ = folder_.path() / "moved";
    std::filesystem::path share_ = prefix_ / "share";
};

using InstalledLong = Installed;

TEST_F(Installed, ProgramFindsItsDataBesideItself) {
    const std::filesystem::path data = share_ / "hypar";
    std::filesystem::copy(data / "workloads/networks/sfc.yaml", data / "workloads/networks/only-here.yaml");
    std::filesystem::copy(data / "configs/arrays/hpca19.yaml", data / "configs/arrays/array-only-here.yaml");
    EXPECT_EQ(run_program({"show", "only-here"}).status, 1);
    EXPECT_EQ(run_installed("show only-here").status, 0);
    EXPECT_THAT(run_installed("list arrays").output, testing::StartsWith("array-only-here "));

    run_shell("echo '/* installed */' >>moved/share/hypar/report/page/page.css", folder_.path());
    const Outcome outcome = run_installed("run only-here -o results");
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(read_file(folder_.path() / "results/index.html"), HasSubstr("/* installed */"));

    std::filesystem::remove_all(data / "configs/reproduce/silicon");
    EXPECT_THAT(run_installed("reproduce silicon").errors, HasSubstr("silicon"));
    EXPECT_NE(run_installed("reproduce silicon").status, 0);
}

TEST_F(Installed, PythonFindsTheProgramOfItsPrefix) {
    const Outcome outcome = run_python(
        prefix_, "import hypar; print(hypar.find_program()); print(hypar.run('lenet-c')['step']['cycles'])",
        folder_.path());
    EXPECT_EQ(outcome.output, prefix_.string() + "/bin/hypar\n1391151\n") << outcome.errors;
}

TEST_F(Installed, LibrariesAreFoundAndLinked) {
    const Outcome outcome = run_shell("cmake -S '" HYPAR_SOURCE_DIR
                                      "/examples/library' -B build "
                                      "-D CMAKE_PREFIX_PATH=\"$PWD/moved\" -D CMAKE_CXX_FLAGS='" HYPAR_CXX_FLAGS
                                      "' "
                                      "&& cmake --build build && build/step",
                                      folder_.path());
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, testing::EndsWith(kSteps));
    // Its headers include nothing that is not installed.
    EXPECT_THAT(run_shell("cmake --build build -- -n -v 2>&1", folder_.path()).output,
                testing::Not(HasSubstr("-I" HYPAR_SOURCE_DIR "/ ")));
}

TEST_F(Installed, CompletionCompletesInBash) {
    const std::string script =
        "source moved/share/bash-completion/completions/hypar\n"
        "complete_words() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _hypar; "
        "echo \"${COMPREPLY[*]}\"; }\n"
        "complete_words hypar ru\n"
        "complete_words hypar run --stra\n"
        "complete_words hypar run vgg-a --strategy=trick --format = j\n"
        "complete_words hypar compare vgg-a --strategy data,mod\n"
        "complete_words hypar partition vgg-16\n"
        "complete_words hypar list str\n"
        "complete_words hypar check my-f\n";
    folder_.write("complete.sh", script);
    folder_.write("my-file.yaml", "");
    EXPECT_EQ(run_shell("bash -n moved/share/bash-completion/completions/hypar", folder_.path()).status, 0);
    EXPECT_EQ(run_shell("bash complete.sh 2>/dev/null", folder_.path()).output,
              "run\n--strategy\njson\ndata,model\nvgg-16-convolutions\nstrategies\nmy-file.yaml\n");
    EXPECT_EQ(read_file(share_ / "bash-completion/completions/hypar"), run_program({"completion", "bash"}).output);
    EXPECT_EQ(run_program({"completion", "fish"}).status, 1);
}

TEST_F(Installed, SchemasAreThere) {
    EXPECT_EQ(read_file(share_ / "hypar/schemas/plan.json"), run_program({"schema", "plan"}).output);
    for (const char* kind : {"experiment", "network", "array", "sweep"}) {
        EXPECT_THAT(read_file(share_ / "hypar/schemas" / (std::string(kind) + ".json")),
                    testing::StartsWith("{\n \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"));
    }
    const Outcome outcome = run_program({"schema", "plans"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("known: experiment, network, array, sweep, plan (did you mean \"plan\"?)"));
}

TEST_F(Installed, CompletionIsValidInZsh) {
    if (!is_there("zsh")) GTEST_SKIP() << "there is no zsh";
    EXPECT_EQ(run_shell("zsh -n moved/share/zsh/vendor-completions/_hypar", folder_.path()).status, 0);
}

TEST_F(Installed, EachCommandHasAManualPage) {
    EXPECT_THAT(read_file(share_ / "man/man1/hypar.1"), HasSubstr("\\fB\\&hypar\\-sweep\\fR(1)"));
    const std::string run = read_file(share_ / "man/man1/hypar-run.1");
    EXPECT_THAT(run, HasSubstr(".SH NAME\n\\&hypar\\-run \\- \\&simulate one training step of an experiment\n"));
    EXPECT_THAT(run, HasSubstr(".TP\n\\fB\\&\\-\\-batch N\\fR\n\\&samples in one training step\n"));
    EXPECT_THAT(run, HasSubstr("a name that \\fBhypar list experiments\\fR or"));
    EXPECT_FALSE(std::filesystem::exists(share_ / "man/man1/hypar-reference.1"));
    if (!is_there("groff")) GTEST_SKIP() << "there is no groff";
    const Outcome outcome =
        run_shell("for page in moved/share/man/man1/*; do groff -ww -man -Tutf8 -z \"$page\"; done", folder_.path());
    EXPECT_EQ(outcome.errors, "");
}

TEST_F(InstalledLong, DebianPackageHasProgramAndPython) {
    if (!is_there("dpkg-shlibdeps")) GTEST_SKIP() << "there is no dpkg-shlibdeps (Debian: dpkg-dev)";
    const Outcome made = run_shell("cpack -G DEB --config '" HYPAR_BUILD_DIR
                                   "/CPackConfig.cmake' -B packages && "
                                   "dpkg-deb -x packages/hypar_*.deb root && dpkg-deb -f packages/hypar_*.deb && "
                                   "dpkg-deb -c packages/hypar-dev_*.deb",
                                   folder_.path());
    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(made.output, ContainsRegex("Depends: .*libsystemc.*libyaml-cpp"));
    EXPECT_THAT(made.output, HasSubstr("/include/hypar/sim/run.h\n"));
    const std::filesystem::path bin =
        run_shell("find \"$PWD/root\" -path '*/bin/hypar' -printf %h", folder_.path()).output;
    const Outcome outcome =
        run_python(bin.parent_path(),
                   "import hypar; print(hypar.compare('vgg-a', strategy=['data', 'hypar'])['rows'][1]['cycles'])",
                   folder_.path());
    EXPECT_EQ(outcome.output, "260921832\n") << outcome.errors;
}

}  // namespace
}  // namespace hypar::test
