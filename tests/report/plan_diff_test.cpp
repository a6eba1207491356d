#include "report/plan_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// "01", "00" beside "00", "20": fc at H1 and conv at H2 differ.
PlanDiff diff() {
    return diff_of("net", 8, {"conv", "fc"}, {"a.yaml", "hypar", Plan::from_strings({"01", "00"}, 2), {}},
                   {"b.yaml", "mine", Plan::from_strings({"00", "20"}, 2), {}});
}

TEST(PlanDiff, FindsTheCellsThatDiffer) {
    const PlanDiff found = diff();
    ASSERT_EQ(found.cells.size(), 2U);
    EXPECT_EQ(found.cells[0].level, 0U);
    EXPECT_EQ(found.cells[0].layer, 1U);
    EXPECT_EQ(found.cells[1].level, 1U);
    EXPECT_EQ(found.cells[1].layer, 0U);
    EXPECT_EQ(found.runs(), 4U);
    EXPECT_EQ(found.runs_done(), 0U);
}

TEST(PlanDiff, ShowsWhatEachCellAndAllOfThemChange) {
    PlanDiff found = diff();
    found.first.cost = StepCost{1000, 0.004, 2};
    found.second.cost = StepCost{400, 0.001, 1.5};
    found.cells[0].cost = StepCost{3000, 0.005, 2};  // 2,000 bytes and a millisecond more
    found.cells[1].problem = "no room";
    EXPECT_EQ(found.runs(), 3U);
    EXPECT_EQ(found.runs_done(), 3U);
    const std::string text = plan_diff_text(found);
    EXPECT_THAT(text, StartsWith("net: 2 of 4 cells differ, 4 accelerators, batch 8\n"));
    EXPECT_THAT(text, HasSubstr("  first   a.yaml, hypar: 1.00 kB, 4.00 ms, 2.00 J\n"));
    EXPECT_THAT(text, HasSubstr("  H1     fc        mp      dp  +2.00 kB  +1.00 ms      0 J\n"));
    EXPECT_THAT(text, HasSubstr("  H2     conv      dp      op         -         -        -\n"));
    EXPECT_THAT(text, HasSubstr("  all                            -600 B  -3.00 ms  -500 mJ\n"));
    EXPECT_THAT(text, HasSubstr("  note: conv alone at H2: no room\n"));
    EXPECT_THAT(plan_diff_text(found, {120, false}), HasSubstr("  step's traffic  step's time  step's energy\n"));

    const auto json = nlohmann::json::parse(plan_diff_json(found));
    EXPECT_FALSE(json.contains("partial"));
    EXPECT_EQ(json["levels"], nlohmann::json({2, 2}));
    EXPECT_EQ(json["first"]["plan"], nlohmann::json({"01", "00"}));
    EXPECT_EQ(json["cells"][0]["second"], "dp");
    EXPECT_EQ(json["cells"][0]["traffic_bytes"], 3000);
    EXPECT_TRUE(json["cells"][1]["seconds"].is_null());
    EXPECT_EQ(json["cells"][1]["problem"], "no room");
}

TEST(PlanDiff, OfRunsThatWereStoppedSaysSo) {
    PlanDiff found = diff();
    found.first.cost = StepCost{1000, 0.004, 2};
    EXPECT_THAT(plan_diff_text(found), StartsWith("PARTIAL: 1 of 4 runs\n"));
    EXPECT_EQ(nlohmann::json::parse(plan_diff_json(found))["partial"]["runs"], 4);
}

TEST(PlanDiff, OfEqualPlansHasNoTable) {
    const NamedPlan plan{"a.yaml", "hypar", Plan::from_strings({"01"}, 2), StepCost{1, 1, 1}};
    const PlanDiff found = diff_of("net", 8, {"conv", "fc"}, plan, plan);
    EXPECT_EQ(plan_diff_text(found),
              "net: 0 of 2 cells differ, 2 accelerators, batch 8\n\n"
              "  first   a.yaml, hypar: 1 B, 1.00 s, 1.00 J\n  second  a.yaml, hypar: 1 B, 1.00 s, 1.00 J\n");
}

}  // namespace
}  // namespace hypar
