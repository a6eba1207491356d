#include "base/mistakes.h"

#include <gtest/gtest.h>

namespace hypar {
namespace {

std::vector<std::string> collected(const std::vector<ConfigError>& errors) {
    Mistakes inner;
    for (const ConfigError& error : errors) inner.collect([&] { throw ConfigError(error); });
    Mistakes outer;
    outer.collect([&] { inner.throw_if_any(); });
    std::vector<std::string> messages;
    for (const ConfigError& error : outer.all()) messages.emplace_back(error.what());
    return messages;
}

TEST(Mistakes, AreAllThatWasThrownOncePerPlace) {
    EXPECT_EQ(collected({}), std::vector<std::string>{});
    EXPECT_EQ(collected({{"a", "wrong", "f:1:1"}}), std::vector<std::string>{"f:1:1: a: wrong"});
    EXPECT_EQ(collected({{"a", "wrong", "f:1:1"}, {"b", "wrong", "f:2:1"}, {"a1", "wrong", "f:1:1"}}),
              (std::vector<std::string>{"f:1:1: a: wrong", "f:2:1: b: wrong"}));
}

TEST(Mistakes, AreTheFirstToWhoKnowsOne) {
    Mistakes mistakes;
    mistakes.throw_if_any();
    mistakes.add({"a", "wrong"});
    mistakes.add({"b", "missing"});
    try {
        mistakes.throw_if_any();
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(), "a: wrong");
    }
}

}  // namespace
}  // namespace hypar
