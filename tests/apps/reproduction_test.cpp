// What docs/reproduction.md claims: `hypar reproduce hpca19`.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;

class Reproduction : public testing::Test {
protected:
    static void SetUpTestSuite() {
        const Outcome outcome = run_program({"reproduce", "hpca19", "--choices", "none", "--format", "json"});
        ASSERT_EQ(outcome.status, 0) << outcome.errors;
        figures() = json::parse(outcome.output)["figures"];
    }

    static json& figures() {
        static json figures;
        return figures;
    }
    static const json& rows(const char* figure) { return figures()[figure]["rows"]; }

    /// The largest difference from the paper in a column, of rows that `applies` to; counts them.
    template <typename Applies>
    static double furthest(const char* figure, const char* column, std::size_t expected_rows, Applies applies) {
        double most = 0;
        std::size_t count = 0;
        for (const json& row : rows(figure)) {
            if (row["paper"].is_null() || !applies(row)) continue;
            ++count;
            most = std::max(most, std::abs(row[column].get<double>() / row["paper"].get<double>() - 1));
        }
        EXPECT_EQ(count, expected_rows);
        return most;
    }
};

bool is_hypar(const json& row) { return row["strategy"] == "hypar"; }

/// alexnet in either of its shapes.
bool is_alexnet(const json& row) { return row["network"] == "alexnet" || row["network"] == "alexnet-hpca19"; }

bool is_hypar_but_alexnet(const json& row) { return is_hypar(row) && !is_alexnet(row); }

TEST_F(Reproduction, OfFigure5HasThePapersPlans) {
    for (const json& row : rows("5")) {
        EXPECT_EQ(row["cells_apart"], 0) << row["network"];
        EXPECT_EQ(row["ours"], row["paper"]);
    }
    EXPECT_EQ(rows("5").size(), 11U);  // alexnet in two shapes
}

TEST_F(Reproduction, OfFigure6IsNearAndThePapersWayNearer) {
    EXPECT_LE(furthest("6", "ours", 9, is_hypar_but_alexnet), 0.12);
    double logarithms = 0;
    for (const json& row : rows("6")) {
        if (is_hypar_but_alexnet(row)) logarithms += std::log(1 + row["difference"].get<double>());
    }
    EXPECT_LE(std::abs(std::exp(logarithms / 9) - 1), 0.07);
    // alexnet with the authors' maps, whose conv1 the paper counts 17 times (below).
    const auto is_authors = [](const json& row) { return is_hypar(row) && row["network"] == "alexnet-hpca19"; };
    EXPECT_LE(furthest("6", "ours", 1, is_authors), 0.35);
    // One rule and one rate for all ten.
    EXPECT_LE(
        furthest("6", "papers_way", 10, [](const json& row) { return is_hypar(row) && row["network"] != "alexnet"; }),
        0.01);
    EXPECT_GT(
        furthest("6", "papers_way", 1, [](const json& row) { return is_hypar(row) && row["network"] == "alexnet"; }),
        0.1);
}

TEST_F(Reproduction, OfFigure7FollowsFromMultiplyAccumulatesAndCommunication) {
    const auto is_vgg = [](const json& row) {
        return row["strategy"] == "hypar" && row["network"].get<std::string>().rfind("vgg", 0) == 0;
    };
    EXPECT_LE(furthest("7", "papers_way", 5, is_vgg), 0.015);
    EXPECT_LE(furthest("7", "papers_way", 1,
                       [](const json& row) { return is_hypar(row) && row["network"] == "alexnet-hpca19"; }),
              0.01);
    for (const json& row : rows("7")) {
        // The components are all of our own energy, and each is said to add what it adds.
        double own = 0;
        double baseline = 0;
        for (const json& component : row["components"]) {
            own += component["joules"].get<double>();
            baseline += component["baseline_joules"].get<double>();
        }
        EXPECT_NEAR(baseline / own, row["ours"].get<double>(), 1e-9);
        EXPECT_TRUE(row["components"]["multiply_accumulate"]["gain_with"].is_null());
        EXPECT_FALSE(row["components"]["buffer"]["gain_with"].is_null());
    }
}

TEST_F(Reproduction, OfFigure8HasThePapersBytes) {
    EXPECT_LE(furthest("8", "ours", 11, [](const json& row) { return row["strategy"] == "data"; }), 0.004);
    EXPECT_LE(furthest("8", "ours", 11, is_hypar), 0.015);
    // But for vgg-b, for which the paper prints vgg-a's number, it is the paper's rounding to three digits.
    EXPECT_LE(furthest("8", "ours", 10, [](const json& row) { return is_hypar(row) && row["network"] != "vgg-b"; }),
              0.004);
}

TEST_F(Reproduction, OfFigures9And10HasHyParsPlanAtOrNearThePeak) {
    const auto ours_of = [](const char* figure, const json& keys) {
        for (const json& row : rows(figure)) {
            bool is_it = true;
            for (const auto& [key, value] : keys.items()) is_it = is_it && row[key] == value;
            if (is_it) return row["ours"].get<double>();
        }
        ADD_FAILURE() << "no such plan";
        return 0.0;
    };
    double best9 = 0;
    double best10 = 0;
    for (const json& row : rows("9")) best9 = std::max(best9, row["ours"].get<double>());
    for (const json& row : rows("10")) best10 = std::max(best10, row["ours"].get<double>());
    EXPECT_EQ(rows("9").size(), 256U);
    EXPECT_EQ(rows("10").size(), 256U);
    EXPECT_EQ(figures()["9"]["peak"]["ours"], best9);
    EXPECT_EQ(figures()["10"]["peak"]["ours"], best10);
    EXPECT_GE(ours_of("9", {{"H1", "0011"}, {"H4", "0011"}}), 0.98 * best9);
    EXPECT_GE(ours_of("10", {{"conv5_2", "0001"}, {"fc1", "1111"}}), 0.97 * best10);
    EXPECT_LE(std::abs(best10 / 5.05 - 1), 0.08);
}

TEST_F(Reproduction, OfFigure11ScalesAsThePaperDoes) {
    EXPECT_LE(furthest("11", "ours", 8, [](const json& row) { return row["accelerators"] <= 8; }), 0.10);
    EXPECT_LE(furthest("11", "ours", 6, [](const json& row) { return row["accelerators"] > 8; }), 0.20);
    EXPECT_LE(furthest("11", "papers_way", 14, [](const json&) { return true; }), 0.04);
}

TEST_F(Reproduction, OfFigures12And13IsNear) {
    const auto is_torus = [](const json& row) { return row["topology"] == "torus" && !is_alexnet(row); };
    EXPECT_LE(furthest("12", "ours", 8, is_torus), 0.15);
    EXPECT_LE(furthest("12", "papers_way", 19, [](const json& row) { return row["network"] != "alexnet"; }), 0.03);
    const auto is_performance_of = [](const char* layer) {
        return [layer](const json& row) { return row["metric"] == "performance" && row["layer"] == layer; };
    };
    EXPECT_LE(furthest("13", "papers_way", 3, is_performance_of("fc3")), 0.03);
    EXPECT_LE(furthest("13", "papers_way", 3, is_performance_of("conv5")), 0.10);
}

TEST_F(Reproduction, MeetsWhatItsFilesExpect) {
    EXPECT_EQ(figures().size(), 9U);
    for (const auto& [number, figure] : figures().items()) {
        EXPECT_FALSE(figure["verdicts"].empty()) << number;
        for (const json& verdict : figure["verdicts"]) {
            EXPECT_TRUE(verdict["met"].get<bool>()) << number << ": " << verdict["text"];
        }
    }
}

TEST_F(Reproduction, IsWhatTheDocumentationShows) {
    const Outcome outcome = run_program({"reproduce", "hpca19", "--choices", "none"});
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    std::ifstream file(std::string(HYPAR_SOURCE_DIR) + "/docs/reproduction.md");
    std::stringstream page;
    page << file.rdbuf();
    // Every line of every table, and every verdict, stands in the page.
    std::istringstream lines(outcome.output);
    std::size_t rows = 0;
    bool is_note = false;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
        const bool begins = line.rfind("  note:", 0) == 0 || line.rfind("Figure ", 0) == 0;
        is_note = begins || (is_note && line.rfind("        ", 0) == 0);
        if (is_note || line.rfind("  ", 0) != 0) continue;
        EXPECT_NE(page.str().find(line + "\n"), std::string::npos) << line;
        ++rows;
    }
    EXPECT_GT(rows, 150U);
}

}  // namespace
}  // namespace hypar::test
