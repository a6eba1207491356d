#include "experiment/paper/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "experiment/listing/listing.h"
#include "experiment/paper/paper.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

std::string mistake_in(const std::string& text) {
    const TemporaryFolder folder;
    folder.write("figure.yaml", "figure: 1\ntitle: \"a test\"\nexperiment: {network: lenet-c}\n" + text);
    return message_of([] { check_file("figure.yaml"); });
}

TEST(Figures, OfThePaperHaveItsRows) {
    const std::vector<Figure> figures = load_figures("hpca19");
    std::vector<std::string> numbers;
    for (const Figure& figure : figures) numbers.push_back(figure.number);
    EXPECT_EQ(numbers, (std::vector<std::string>{"5", "6", "7", "8", "9", "10", "11", "12", "13"}));
    const std::vector<std::size_t> rows{11, 22, 22, 33, 256, 256, 14, 22, 12};  // alexnet in two shapes
    for (std::size_t index = 0; index < figures.size(); ++index) {
        EXPECT_EQ(figures[index].rows.size(), rows[index]) << numbers[index];
    }
}

TEST(Figures, VaryEveryCellOfWhatTheyName) {
    const Figure figure = load_figures("hpca19")[4];  // lenet-c, H1 and H4
    std::set<std::string> plans;
    std::size_t own = 0;
    for (const FigureRow& row : figure.rows) {
        const auto levels = row.experiment.make_plan().to_strings();
        EXPECT_EQ(levels[0], row.value_of("H1"));
        EXPECT_EQ(levels[3], row.value_of("H4"));
        EXPECT_EQ(levels[1], "0010");  // Figure 5
        EXPECT_EQ(levels[2], "0000");
        plans.insert(row.identity);
        own += row.is_strategys_own ? 1 : 0;
    }
    EXPECT_EQ(plans.size(), 256U);
    EXPECT_EQ(own, 1U);
}

TEST(Figures, OfAnUnknownPaperAreRefused) {
    EXPECT_THAT(message_of([] { load_figures("hpca91"); }),
                HasSubstr("unknown paper \"hpca91\"; known: hpca19, silicon (did you mean \"hpca19\"?)"));
}

TEST(Figures, WithMistakesAreRefusedWhereTheyStand) {
    EXPECT_EQ(mistake_in("rows: [{strategy: data}]\n"),
              "figure.yaml:1:1: missing key \"baseline\"; expected the keys of the experiment that rows are compared "
              "with");
    EXPECT_THAT(mistake_in("baseline: {strategy: data}\nrows: [{strategy: dada}]\n"),
                HasSubstr("figure.yaml:5:19: strategy: unknown strategy \"dada\""));
    EXPECT_EQ(mistake_in("baseline: {strategy: data}\nrows: [{strategy: hypar, paper: high}]\n"),
              "figure.yaml:5:33: rows.0.paper: expected a number, not \"high\"");
    EXPECT_EQ(mistake_in("metric: speed\nrows: []\n"),
              "figure.yaml:4:9: metric: unknown value \"speed\"; known: plan, performance, energy, traffic");
    EXPECT_EQ(mistake_in("baseline: {strategy: data}\nvary: [H9]\npaper: []\n"),
              "figure.yaml:5:8: vary.0: expected a level, such as H1, or a layer's name, not \"H9\"");
    EXPECT_EQ(mistake_in("baseline: {strategy: data}\nvary: [H1]\npaper: [{H1: \"2222\", value: 1}]\n"),
              "figure.yaml:6:9: paper.0: no such plan");
    EXPECT_EQ(mistake_in("rows: []\n"), "figure.yaml:4:7: rows: expected at least one row");
    const std::string plan = "metric: plan\nrows: [{network: lenet-c, plan: [";
    EXPECT_EQ(mistake_in(plan + "\"0000\"]}]\n"),
              "figure.yaml:5:33: rows.0.plan: expected 4 strings, one for each level of 16 accelerators, not 1");
    const std::string right = plan + "\"0011\", \"0010\", \"0000\", \"0011\"]}]\n";
    EXPECT_EQ(mistake_in(right + "checks: [{where: {network: vgg-a}, cells_apart: 0}]\n"),
              "figure.yaml:6:10: checks.0: there is no row that it is said of");
    EXPECT_EQ(mistake_in(right + "checks: [{column: ours}]\n"),
              "figure.yaml:6:10: checks.0: expected a bound: within, mean_within, cells_apart, plan_of_peak or peak");
}

}  // namespace
}  // namespace hypar
