#include "experiment/paper/choices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "experiment/listing/listing.h"
#include "experiment/paper/figure.h"
#include "experiment/paper/paper.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTwo =
    "choices:\n"
    "  - {name: overlap, title: \"hidden\", set: {schedule: overlapped}}\n"
    "  - {name: plan, title: \"least bytes\", where: {strategy: hypar}, set: {strategy: optimal}}\n";

std::string mistake_in(const std::string& choices) {
    const TemporaryFolder folder;
    return message_of([&] { check_file(folder.write("choices.yaml", choices)); });
}

/// A figure of lenet-c beside a file with two choices.
std::string figure_with(const std::string& choices) {
    return "figure: 1\ntitle: \"a test\"\nexperiment: {network: lenet-c, batch: 16}\nbaseline: {strategy: data}\n"
           "rows: [{strategy: model}, {strategy: hypar, paper: 3}]\n" +
           choices;
}

Figure read_figure(const std::string& choices, const std::vector<std::string>& turned = {kAllChoices}) {
    const TemporaryFolder folder;
    folder.write("choices.yaml", kTwo);
    folder.write("figure.yaml", figure_with(choices));
    return figure_of(read_yaml_file("figure.yaml", "figure.yaml"), {"figure.yaml", "figure.yaml"}, turned);
}

std::string mistake_in_figure(const std::string& choices) {
    return message_of([&] { read_figure(choices); });
}

std::vector<std::string> turned_in(const FigureRow& row) {
    std::vector<std::string> names;
    for (const TurnedRow& turned : row.turned) names.push_back(turned.choice);
    return names;
}

TEST(Choices, OfThePaperAreReadWithWhatTheySet) {
    const std::string path = std::string(HYPAR_SOURCE_DIR) + "/configs/reproduce/hpca19";
    EXPECT_EQ(names_of(load_choices(path)), (std::vector<std::string>{"overlap", "collectives", "plan", "static"}));
    EXPECT_THAT(check_file(path + "/choices.yaml"), HasSubstr("choices: overlap, collectives, plan, static"));
    EXPECT_THAT(check_file(path + "/figure-8.yaml"), HasSubstr("33 rows, choices: collectives, plan"));
    EXPECT_THAT(load_choices(path + "/no-such-folder"), IsEmpty());
}

TEST(Choices, TurnARowAndItsBaselineAlike) {
    const Figure figure = read_figure("choices: {turn: [overlap, plan]}\n");
    ASSERT_EQ(figure.rows.size(), 2U);
    // The plan is turned where it is hypar's alone.
    EXPECT_THAT(turned_in(figure.rows[0]), ElementsAre("overlap", "all"));
    EXPECT_THAT(turned_in(figure.rows[1]), ElementsAre("overlap", "plan", "all"));
    const RowExperiments& overlap = figure.rows[1].turned[0].experiments;
    EXPECT_TRUE(overlap.experiment.schedule.is_overlapped());
    EXPECT_TRUE(overlap.baseline->schedule.is_overlapped());
    EXPECT_EQ(overlap.experiment.strategy.name, "hypar");
    const RowExperiments& plan = figure.rows[1].turned[1].experiments;
    EXPECT_FALSE(plan.experiment.schedule.is_overlapped());
    EXPECT_EQ(plan.experiment.strategy.name, "optimal");
    EXPECT_EQ(plan.baseline->strategy.name, "data");
    EXPECT_EQ(plan.baseline_identity, figure.rows[1].baseline_identity);  // it is run once
    const RowExperiments& all = figure.rows[1].turned[2].experiments;
    EXPECT_TRUE(all.experiment.schedule.is_overlapped());
    EXPECT_EQ(all.experiment.strategy.name, "optimal");
    EXPECT_EQ(all.baseline_identity, overlap.baseline_identity);
}

TEST(Choices, AreTurnedInTheRowsThatTheFigureNamesAndInFurtherOnes) {
    const Figure figure =
        read_figure("choices: {turn: [overlap, plan], where: {strategy: hypar}, also: [{accelerators: 4}]}\n");
    EXPECT_THAT(figure.rows[0].turned, IsEmpty());
    ASSERT_EQ(figure.further.size(), 1U);
    EXPECT_EQ(figure.further[0].name, "accelerators 4");
    ASSERT_EQ(figure.further[0].rows.size(), 1U);
    const FigureRow& further = figure.further[0].rows[0];
    EXPECT_EQ(further.keys,
              (std::vector<std::pair<std::string, std::string>>{{"accelerators", "4"}, {"strategy", "hypar"}}));
    EXPECT_EQ(further.experiment.array.accelerators, 4U);
    EXPECT_EQ(further.baseline->array.accelerators, 4U);
    EXPECT_FALSE(further.paper.has_value());
    EXPECT_THAT(turned_in(further), ElementsAre("overlap", "plan", "all"));
}

TEST(Choices, ThatAreNotWantedAreNotTurned) {
    const std::string text = "choices: {turn: [overlap, plan], also: [{accelerators: 4}]}\n";
    const Figure none = read_figure(text, {});
    EXPECT_THAT(none.choices, IsEmpty());
    EXPECT_THAT(none.further, IsEmpty());
    EXPECT_THAT(none.rows[1].turned, IsEmpty());
    EXPECT_THAT(turned_in(read_figure(text, {"plan"}).rows[1]), ElementsAre("plan"));  // of one there is no "all"
}

TEST(Choices, WithMistakesAreRefusedWhereTheyStand) {
    EXPECT_EQ(mistake_in("choices: []\nchoice: 1\n"),
              "choices.yaml:2:1: unknown key \"choice\"; known: choices (did you mean \"choices\"?)");
    EXPECT_EQ(mistake_in("choices: overlap\n"),
              "choices.yaml:1:10: choices: expected a list of choices, not "
              "\"overlap\"");
    EXPECT_EQ(mistake_in("choices:\n  - {name: overlap, title: \"hidden\"}\n"),
              "choices.yaml:2:5: choices.0: missing key \"set\"; expected a map of settings by their dotted keys");
    EXPECT_EQ(mistake_in("choices:\n  - {name: all, title: \"hidden\", set: {schedule: overlapped}}\n"),
              "choices.yaml:2:12: choices.0.name: \"all\" is no single choice");
    EXPECT_EQ(mistake_in("choices:\n  - {name: My choice, title: \"hidden\", set: {schedule: overlapped}}\n"),
              "choices.yaml:2:12: choices.0.name: expected a name of small letters, digits and hyphens, not "
              "\"My choice\"");
    EXPECT_EQ(mistake_in(replaced(kTwo, "name: plan", "name: overlap")),
              "choices.yaml:3:12: choices.1.name: \"overlap\" is named twice");
    EXPECT_EQ(mistake_in("choices:\n  - {name: overlap, title: \"hidden\", set: {}}\n"),
              "choices.yaml:2:43: choices.0.set: expected at least one key");
    EXPECT_EQ(mistake_in(replaced(kTwo, "schedule: overlapped", "schedule: overlaped")),
              "choices.yaml:2:54: schedule: unknown value \"overlaped\"; known: sequential, overlapped (did you mean "
              "\"overlapped\"?)");
    EXPECT_THAT(mistake_in(replaced(kTwo, "schedule: overlapped", "array.interconect.collectives: best")),
                HasSubstr("choices.yaml:2:44: array: unknown key \"interconect\""));
}

TEST(Choices, OfAFigureAreRefusedWhereTheyStand) {
    EXPECT_EQ(mistake_in_figure("choices: {turn: [overlop]}\n"),
              "figure.yaml:6:18: choices.turn.0: unknown choice \"overlop\"; known: overlap, plan (did you mean "
              "\"overlap\"?)");
    EXPECT_EQ(mistake_in_figure("choices: {turn: [overlap, overlap]}\n"),
              "figure.yaml:6:27: choices.turn.1: sets schedule, as overlap does: they cannot be turned together");
    EXPECT_EQ(mistake_in_figure("choices: {where: {strategy: hypar}}\n"),
              "figure.yaml:6:10: choices: missing key \"turn\"; expected a list of choices");
    EXPECT_EQ(mistake_in_figure("choices: {turn: [plan], also: [4]}\n"),
              "figure.yaml:6:32: choices.also.0: expected a map of keys of the experiment, not 4");
    EXPECT_EQ(mistake_in_figure("metric: plan\nchoices: {turn: [plan]}\n"),
              "figure.yaml:7:10: choices: choices are turned in rows that are run");
    EXPECT_EQ(
        message_of([] { load_figures("hpca19", {"overlop"}); }),
        "unknown choice \"overlop\"; known: overlap, collectives, plan, static, all (did you mean \"overlap\"?)");
}

}  // namespace
}  // namespace hypar
