#include "experiment/sweep/condition.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

const std::map<std::string, std::string> kPoint = {
    {"network", "vgg-a"}, {"accelerators", "16"}, {"batch", "256"}, {"array.clock", "250 MHz"}, {"link", "1.6 Gb/s"}};

bool holds(const std::string& text) {
    ConditionKeys keys{{}, {"array."}};
    for (const auto& [key, value] : kPoint) keys.names.push_back(key);
    const Place place(std::make_shared<const std::string>("test.yaml"), 3, 10);
    return Condition(text, keys, place).holds([](const std::string& key) -> std::optional<ConditionValue> {
        const auto found = kPoint.find(key);
        if (found == kPoint.end()) return std::nullopt;
        return ConditionValue::of(found->second);
    });
}

std::string mistake(const std::string& text) {
    return message_of([&] { holds(text); });
}

TEST(Condition, ComparesNumbersTextsAndQuantities) {
    EXPECT_TRUE(holds("accelerators == 16"));
    EXPECT_TRUE(holds("accelerators >= 16 and accelerators <= 16"));
    EXPECT_FALSE(holds("accelerators > 16"));
    EXPECT_FALSE(holds("accelerators < 16"));
    EXPECT_TRUE(holds("network == vgg-a"));
    EXPECT_TRUE(holds("network != 'vgg-b'"));
    EXPECT_TRUE(holds("link == 1600 Mb/s"));
    EXPECT_TRUE(holds("link == \"1600 Mb/s\" or link < 0.21 GB/s"));  // 0.2 GB/s
    EXPECT_TRUE(holds("array.clock > 0.1 GHz"));
    EXPECT_TRUE(holds("network in [lenet-c, vgg-a]"));
    EXPECT_FALSE(holds("network in [lenet-c]"));
    EXPECT_TRUE(holds("accelerators in [4, 16]"));
}

TEST(Condition, BindsOrLeastThenAndThenNot) {
    EXPECT_TRUE(holds("batch == 256 or batch == 1 and batch == 2"));
    EXPECT_FALSE(holds("(batch == 256 or batch == 1) and batch == 2"));
    EXPECT_FALSE(holds("not batch == 256 or batch == 1"));
    EXPECT_TRUE(holds("not (batch == 256 and batch == 1)"));
}

TEST(Condition, CalculatesBeforeItCompares) {
    EXPECT_TRUE(holds("batch / accelerators == 16"));
    EXPECT_TRUE(holds("2 + 3 * 4 == 14 and (2 + 3) * 4 == 20 and 10 - 3 - 2 == 5"));
    EXPECT_TRUE(holds("link * 16 == 25.6 Gb/s"));
    EXPECT_TRUE(holds("link / 0.8 Gb/s == 2"));
}

TEST(Condition, IsFalseOfWhatHasNoValue) {
    EXPECT_FALSE(holds("array.none == 1"));
    EXPECT_FALSE(holds("array.none != 1"));
    EXPECT_FALSE(holds("array.none * 2 < 1"));
}

TEST(Condition, SaysWhatIsWrongAndWhere) {
    EXPECT_THAT(mistake("bach == 1"), HasSubstr("test.yaml:3:10: unknown key \"bach\""));
    EXPECT_THAT(mistake("bach == 1"), HasSubstr("did you mean \"batch\"?"));
    EXPECT_THAT(mistake("batch == 1 and acelerators == 2"), HasSubstr("test.yaml:3:25: "));
    EXPECT_THAT(mistake("batch = 1"), HasSubstr("3:16: expected ==, not ="));
    EXPECT_THAT(mistake("batch"), HasSubstr("expected a comparison"));
    EXPECT_THAT(mistake("batch == 1 or network"), HasSubstr("expected a comparison"));
    EXPECT_THAT(mistake("batch =="), HasSubstr("expected a key or a value, not the end"));
    EXPECT_THAT(mistake("(batch == 1"), HasSubstr("expected ), not the end"));
    EXPECT_THAT(mistake("batch == 1 batch == 2"), HasSubstr("expected and, or or the end, not \"batch\""));
    EXPECT_THAT(mistake("batch < vgg-a"), HasSubstr("unknown key \"vgg-a\""));
    EXPECT_THAT(mistake("link < 3 ns"), HasSubstr("have nothing in common"));
    EXPECT_THAT(mistake("link + 3 == 4"), HasSubstr("have nothing in common"));
    EXPECT_THAT(mistake("network < batch"), HasSubstr("have nothing in common"));
    EXPECT_THAT(mistake("link < 3 Gc/s"), HasSubstr("unknown unit \"Gc/s\""));
    EXPECT_THAT(mistake("network == 'vgg"), HasSubstr("expected a second quote"));
    EXPECT_THAT(mistake("batch in 3"), HasSubstr("expected a list"));
    EXPECT_THAT(mistake("batch == 1 & batch == 2"), HasSubstr("unexpected \"&\""));
    EXPECT_THAT(mistake(std::string(200, '(') + "batch"), HasSubstr("nested too deeply"));
    std::string sum = "batch";
    for (int term = 0; term < 200; ++term) sum += " + 1";
    EXPECT_THAT(mistake(sum + " == 1"), HasSubstr("nested too deeply"));
}

TEST(Condition, OfManyTermsIsHeldOneByOne) {
    std::string either = "batch == 0";
    std::string all = "batch != 0";
    for (int term = 1; term < 50000; ++term) {
        either += fmt::format(" or batch == {}", term);
        all += fmt::format(" and batch != {}", term + 50000);
    }
    EXPECT_TRUE(holds(either));
    EXPECT_TRUE(holds(all + " and batch == 256"));
    EXPECT_FALSE(holds("not (" + either + ")"));
}

}  // namespace
}  // namespace hypar
