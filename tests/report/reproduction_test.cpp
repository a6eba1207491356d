#include "report/reproduction.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace hypar {
namespace {

/// Facts that say by their identity what they are of.
RunFacts facts(double seconds, double communication_seconds, double joules, double traffic_bytes) {
    return {seconds, communication_seconds, joules, traffic_bytes, {{"multiply_accumulate", 1}, {"buffer", joules}}};
}

class ReproducedFigures : public testing::Test {
protected:
    static const Figure& figure_of(const std::string& number) {
        static const std::vector<Figure> figures = load_figures("hpca19");
        for (const Figure& figure : figures) {
            if (figure.number == number) return figure;
        }
        ADD_FAILURE() << "no figure " << number;
        return figures.front();
    }
};

TEST_F(ReproducedFigures, RelateTimesToTheBaselineAndToThePapersComputeTime) {
    const Figure& figure = figure_of("6");
    const ReproducedFigure reproduced = reproduce(figure, [](const Experiment& experiment, const std::string&) {
        return experiment.strategy.name == "data" ? facts(6, 5, 1, 1) : facts(2, 1, 1, 1);
    });
    ASSERT_EQ(reproduced.rows.size(), 20U);
    const ReproducedRow& vgg_e = reproduced.rows.back();  // hypar, 1.75 s of computing in the paper
    EXPECT_DOUBLE_EQ(*vgg_e.ours, 6.0 / 2);
    EXPECT_DOUBLE_EQ(*vgg_e.ours_paper_compute, (1.75 + 5) / (1.75 + 1));
    EXPECT_DOUBLE_EQ(*vgg_e.difference(), 3 / 2.73 - 1);
}

TEST_F(ReproducedFigures, ScaleThePapersComputeTimeByTheNumberOfAcceleratorsAlone) {
    const ReproducedFigure reproduced =
        reproduce(figure_of("11"), [](const Experiment& experiment, const std::string&) {
            return facts(1, experiment.array.accelerators == 1 ? 0 : 0.5, 1, 1);
        });
    for (const ReproducedRow& row : reproduced.rows) {
        const double accelerators = static_cast<double>(row.row->experiment.array.accelerators);
        const double communication = accelerators == 1 ? 0 : 0.5;
        EXPECT_DOUBLE_EQ(*row.ours_paper_compute, 1.75 * 16 / (1.75 * 16 / accelerators + communication));
    }
}

TEST_F(ReproducedFigures, WorkOutComputeTimesAtARateOfOperations) {
    // fc3: 4096 x 1000 multiply-accumulates a sample, three phases of two operations each, 4096 samples, at 12.85
    // times 84 GOPS an accelerator, of which two levels have four.
    const double compute = 6.0 * 4096 * 1000 * 4096 / (12.85 * 84e9 * 4);
    const ReproducedFigure reproduced =
        reproduce(figure_of("13"), [](const Experiment& experiment, const std::string&) {
            return experiment.strategy.name == "trick" ? facts(1, 0.3, 1, 1) : facts(1, 0.1, 1, 1);
        });
    bool found = false;
    for (const ReproducedRow& row : reproduced.rows) {
        if (row.row->value_of("layer") != "fc3" || row.row->value_of("levels") != "2") continue;
        if (row.row->value_of("metric") != "performance") continue;
        EXPECT_NEAR(*row.ours_paper_compute, (compute + 0.3) / (compute + 0.1), 1e-12);
        found = true;
    }
    EXPECT_TRUE(found);
}

TEST_F(ReproducedFigures, CountMultiplyAccumulatesAndWordsAsThePaperDoes) {
    const ReproducedFigure reproduced =
        reproduce(figure_of("7"), [](const Experiment& experiment, const std::string&) {
            return experiment.strategy.name == "data" ? facts(1, 1, 9, 4e9) : facts(1, 1, 3, 1e9);
        });
    const ReproducedRow& row = reproduced.rows.back();
    const double macs = 4.6e-12 * 3 * static_cast<double>(row.row->experiment.network.macs()) * 256;
    const double words = 4 * 640e-12 * 1e9;  // of 4 x 10^9 bytes
    EXPECT_NEAR(*row.ours_mac_and_communication, (macs + words) / (macs + words / 4), 1e-12);
    EXPECT_DOUBLE_EQ(*row.ours, 3);
    ASSERT_EQ(row.components.size(), 2U);
    EXPECT_FALSE(row.components[0].gain_with.has_value());
    EXPECT_NEAR(*row.components[1].gain_with, (macs + words + 9) / (macs + words / 4 + 3), 1e-12);
}

TEST_F(ReproducedFigures, SayWhereAnExpectationIsNotMet) {
    const ReproducedFigure reproduced =
        reproduce(figure_of("10"), [](const Experiment& experiment, const std::string&) {
            if (experiment.strategy.name == "data") return facts(10, 1, 1, 1);
            const bool is_other = experiment.make_plan().to_strings()[0][7] == '1';  // conv5_2 at H1
            return facts(is_other ? 1 : 2, 1, 1, 1);
        });
    ASSERT_EQ(reproduced.verdicts.size(), 2U);
    EXPECT_FALSE(reproduced.verdicts[0].is_met);  // hypar's plan is half the best
    EXPECT_NE(reproduced.verdicts[0].text.find("50 % below the best of 256 plans"), std::string::npos)
        << reproduced.verdicts[0].text;
    EXPECT_FALSE(reproduced.verdicts[1].is_met);  // 10 and the paper's 5.05
    const std::string text = reproduction_text("hpca19", {reproduced});
    EXPECT_NE(text.find("  NOT MET  hypar's plan"), std::string::npos) << text;
    EXPECT_NE(text.find("0 of 2 expectations met"), std::string::npos);
}

TEST_F(ReproducedFigures, HaveTheLayersOfPlansInJson) {
    const ReproducedFigure reproduced =
        reproduce(figure_of("5"), [](const Experiment&, const std::string&) { return RunFacts{}; });
    const auto figure = nlohmann::json::parse(reproduction_json("hpca19", {reproduced}))["figures"]["5"];
    EXPECT_EQ(figure["source"], "Song et al., HPCA 2019, Figure 5");
    for (const auto& row : figure["rows"]) {
        EXPECT_EQ(row["layers"].size(), row["ours"][0].get<std::string>().size()) << row["network"];
        if (row["network"] != "lenet-c") continue;
        EXPECT_EQ(row["layers"], nlohmann::json({"conv1", "conv2", "fc1", "fc2"}));
    }
}

TEST_F(ReproducedFigures, MarkTheSearchsOwnAmongAllPlansInJson) {
    const ReproducedFigure reproduced =
        reproduce(figure_of("9"), [](const Experiment&, const std::string&) { return facts(1, 1, 1, 1); });
    const auto figure = nlohmann::json::parse(reproduction_json("hpca19", {reproduced}))["figures"]["9"];
    std::size_t marked = 0;
    for (const auto& row : figure["rows"]) {
        if (!row.contains("is_strategys_own")) continue;
        ++marked;
        EXPECT_EQ(row["H1"], "0011");  // of lenet-c in the paper's Figure 5
        EXPECT_EQ(row["H4"], "0011");
    }
    EXPECT_EQ(marked, 1U);
}

}  // namespace
}  // namespace hypar
