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
    const Plan plan = Plan::from_strings({"001", "110"}, 3);
    EXPECT_EQ(plan.levels(), 2U);
    EXPECT_EQ(plan.accelerators(), 4U);
    EXPECT_EQ(plan.at(0, 1), Parallelism::Data);
    EXPECT_EQ(plan.at(0, 2), Parallelism::Model);
    EXPECT_THAT(plan.level(1), ElementsAre(Parallelism::Model, Parallelism::Model, Parallelism::Data));
    EXPECT_THAT(plan.to_strings(), ElementsAre("001", "110"));
}

TEST(Plan, OfNoLevelsIsForOneAccelerator) {
    EXPECT_EQ(Plan().accelerators(), 1U);
    EXPECT_THAT(Plan::from_strings({}, 3).to_strings(), IsEmpty());
}

TEST(Plan, OfAnotherLengthThanTheLayersIsRefused) {
    const std::string problem = "expected 3 characters, 0 (data) or 1 (model) for each layer, not ";
    EXPECT_EQ(mistake_of([] {
                  Plan::from_strings({"001", "11"}, 3);
              }),
              (std::pair{std::string("plan.1"), problem + "\"11\""}));
    EXPECT_EQ(mistake_of([] { Plan::from_strings({"0010"}, 3); }),
              (std::pair{std::string("plan.0"), problem + "\"0010\""}));
    EXPECT_EQ(mistake_of([] { Plan::from_strings({""}, 3); }).first, "plan.0");
}

TEST(Plan, WithAnotherCharacterIsRefused) {
    for (const char* text : {"0x1", "012", "0 1", "0-1"}) {
        EXPECT_EQ(mistake_of([&] { Plan::from_strings({"000", "111", text}, 3); }).first, "plan.2") << text;
    }
}

TEST(Plan, FlipsOneCell) {
    const Plan plan = Plan::from_strings({"001", "110"}, 3);
    EXPECT_THAT(plan.with_flipped(0, 0).to_strings(), ElementsAre("101", "110"));
    EXPECT_THAT(plan.with_flipped(1, 1).to_strings(), ElementsAre("001", "100"));
    EXPECT_EQ(plan.with_flipped(1, 1).with_flipped(1, 1), plan);
    EXPECT_THAT(plan.to_strings(), ElementsAre("001", "110"));
}

TEST(LevelCount, IsTheLogarithmOfTheAccelerators) {
    EXPECT_EQ(level_count(1), 0U);
    EXPECT_EQ(level_count(2), 1U);
    EXPECT_EQ(level_count(16), 4U);
    EXPECT_EQ(level_count(1048576), 20U);
}

TEST(LevelCount, OfAnythingButAPowerOfTwoIsRefused) {
    EXPECT_EQ(mistake_of([] { level_count(12); }),
              (std::pair<std::string, std::string>{"accelerators",
                                                   "expected a power of two from 1 to 1048576, each "
                                                   "level halves the array; not 12"}));
    for (const std::uint64_t accelerators : {0U, 3U, 15U, 17U, 2097152U}) {
        EXPECT_EQ(mistake_of([&] { level_count(accelerators); }).first, "accelerators") << accelerators;
    }
}

}  // namespace
}  // namespace hypar
