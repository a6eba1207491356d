#include "partition/plan.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename Action>
std::pair<std::string, std::string> mistake_of(const Action& action) {
    try {
        action();
    } catch (const ConfigError& error) {
        return {error.key(), error.problem()};
    }
    return {};
}

TEST(Plan, IsReadFromOneStringALevel) {
    const Plan plan = Plan::from_strings({"001", "123"}, 3);
    EXPECT_EQ(plan.levels(), 2U);
    EXPECT_EQ(plan.accelerators(), 4U);
    EXPECT_EQ(plan.at(0, 1), Parallelism::Data);
    EXPECT_EQ(plan.at(0, 2), Parallelism::Model);
    EXPECT_THAT(plan.level(1), ElementsAre(Parallelism::Model, Parallelism::Output, Parallelism::Spatial));
    EXPECT_THAT(plan.layer(1), ElementsAre(Parallelism::Data, Parallelism::Output));
    EXPECT_THAT(plan.to_strings(), ElementsAre("001", "123"));
}

TEST(Plan, IsForAsManyAcceleratorsAsItsLevelsMake) {
    const Plan plan = Plan::from_strings({"001", "120"}, 3, Levels({3, 4}));
    EXPECT_EQ(plan.accelerators(), 12U);
    EXPECT_EQ(plan.division(), Levels({3, 4}));
    EXPECT_FALSE(plan == Plan::from_strings({"001", "120"}, 3, Levels({4, 3})));
    EXPECT_FALSE(plan == Plan::from_strings({"001", "121"}, 3, Levels({3, 4})));
    EXPECT_EQ(plan, Plan::from_strings({"001", "120"}, 3, Levels({3, 4})));
}

TEST(Plan, OfNoLevelsIsForOneAccelerator) {
    EXPECT_EQ(Plan().accelerators(), 1U);
    EXPECT_THAT(Plan::from_strings({}, 3).to_strings(), IsEmpty());
}

TEST(Plan, OfAnotherLengthThanTheLayersIsRefused) {
    const std::string problem =
        "expected 3 digits, one for each layer, of 0 (data), 1 (model), 2 (output), 3 (spatial), 4 (heads), not ";
    EXPECT_EQ(mistake_of([] {
                  Plan::from_strings({"001", "11"}, 3);
              }),
              (std::pair{std::string("plan.1"), problem + "\"11\""}));
    EXPECT_EQ(mistake_of([] { Plan::from_strings({"0010"}, 3); }),
              (std::pair{std::string("plan.0"), problem + "\"0010\""}));
    EXPECT_EQ(mistake_of([] { Plan::from_strings({""}, 3); }).first, "plan.0");
}

TEST(Plan, WithAnotherCharacterIsRefused) {
    for (const char* text : {"0x1", "015", "0 1", "0-1"}) {
        EXPECT_EQ(mistake_of([&] { Plan::from_strings({"000", "111", text}, 3); }).first, "plan.2") << text;
    }
}

TEST(Plan, OfAnotherNumberOfLevelsThanTheArrayIsRefused) {
    EXPECT_EQ(mistake_of([] {
                  Plan::from_strings({"00"}, 2, Levels({3, 2}));
              }),
              (std::pair<std::string, std::string>{
                  "plan", "expected 2 strings, one for each level of 6 accelerators, not 1"}));
}

TEST(Plan, ChangesOneCell) {
    const Plan plan = Plan::from_strings({"001", "110"}, 3, Levels({3, 2}));
    EXPECT_THAT(plan.with(0, 0, Parallelism::Output).to_strings(), ElementsAre("201", "110"));
    EXPECT_THAT(plan.with(1, 1, Parallelism::Data).to_strings(), ElementsAre("001", "100"));
    EXPECT_EQ(plan.with(1, 1, Parallelism::Data).with(1, 1, Parallelism::Model), plan);
    EXPECT_EQ(plan.with(1, 1, Parallelism::Data).division(), Levels({3, 2}));
    EXPECT_THAT(plan.to_strings(), ElementsAre("001", "110"));
}

}  // namespace
}  // namespace hypar
