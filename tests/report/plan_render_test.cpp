#include "report/plan_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Two layers on 12 accelerators, H1 in 3 and H2 in 4.
PlanReport report_of(const std::vector<std::string>& plan) {
    PlanReport report;
    report.network = "net";
    report.strategy = "mine";
    report.batch = 8;
    report.plan = Plan::from_strings(plan, 2, Levels({3, 4}));
    report.layers = {"conv", "fc"};
    report.levels = {{3, 10, 10}, {4, 30, 30}};
    report.layer_traffic.resize(2);
    report.bound.layer_bytes.resize(2);
    return report;
}

TEST(PlanText, SaysIntoHowManyGroupsLevelsDivide) {
    EXPECT_THAT(plan_text(report_of({"00", "00"})),
                HasSubstr("net: mine plan for 12 accelerators (3 x 4), batch 8\n"));
    EXPECT_EQ(shape_of(Plan::from_strings({"0", "0"}, 1), 8), "4 accelerators, batch 8");
    EXPECT_EQ(shape_of(Plan(), 8), "1 accelerator, batch 8");
}

TEST(PlanText, ExplainsTheSplitsThatOccurOrMayBeUsed) {
    PlanReport report = report_of({"02", "30"});
    const std::string text = plan_text(report);
    for (const char* line : {"  dp: data", "  op: output", "  sp: spatial"}) EXPECT_THAT(text, HasSubstr(line));
    EXPECT_THAT(text, Not(HasSubstr("  mp: model")));
    report.splits = kBatchIn;
    EXPECT_THAT(plan_text(report), HasSubstr("  mp: model"));
}

TEST(PlanText, HasAToneForEachSplit) {
    const TextStyle colours{80, true};
    const std::string text = plan_grid(report_of({"01", "23"}).plan, {"conv", "fc"}, colours);
    EXPECT_THAT(text, HasSubstr("  dp  \033[1;36mop\033[0m\n"));  // conv: H1, H2
    EXPECT_THAT(text, HasSubstr("  \033[1;35mmp\033[0m  \033[1;34msp\033[0m\n"));
}

TEST(PlanText, SaysHowGoodThePlanIs) {
    PlanReport report = report_of({"00", "00"});
    report.bound.bytes = 32;
    EXPECT_THAT(plan_text(report), HasSubstr("  bound: no plan moves less than 32 bytes"));
    EXPECT_THAT(plan_text(report), HasSubstr("; gap 0.250\n"));  // 40 bytes
    EXPECT_THAT(plan_text(report), Not(HasSubstr("proved")));
    report.was_cut = true;
    EXPECT_THAT(plan_text(report), HasSubstr("  not proved optimal: there are too many plans to look at all"));
    report.is_best = true;
    EXPECT_THAT(plan_text(report),
                HasSubstr("  proved optimal: no plan with the same splits and given cells moves less\n"));
}

TEST(PlanText, TellsOfWeightsWhereTheyMove) {
    PlanReport report = report_of({"00", "00"});
    report.layer_traffic[1] = {1000, 2000, 3000, 0};
    EXPECT_THAT(explain_plan(report, {CellAlternative{}}), Not(HasSubstr("weights")));
    EXPECT_FALSE(nlohmann::json::parse(plan_json(report))["layer_bytes"][1].contains("weights"));
    report.layer_traffic[1].weights = 4000;
    EXPECT_THAT(explain_plan(report, {CellAlternative{}}),
                HasSubstr("  layer  outputs   errors  gradient  weights      all  bound\n"));
    EXPECT_THAT(explain_plan(report, {CellAlternative{}}), HasSubstr("3.00 kB  4.00 kB  10.0 kB"));
    EXPECT_EQ(nlohmann::json::parse(plan_json(report))["layer_bytes"][1]["weights"], 4000);
}

TEST(PlanJson, HasTheSizesOfLevelsAndWhetherThePlanIsProved) {
    PlanReport report = report_of({"00", "01"});
    report.is_best = true;
    const auto json = nlohmann::json::parse(plan_json(report));
    EXPECT_EQ(json["plan"], nlohmann::json({"00", "01"}));
    EXPECT_EQ(json["levels"][0]["size"], 3);
    EXPECT_EQ(json["levels"][1]["size"], 4);
    EXPECT_EQ(json["exact"], true);
    EXPECT_EQ(json["traffic_bytes"], 40);  // 10 + 30
}

}  // namespace
}  // namespace hypar
