#include "base/names.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hypar {
namespace {

const std::vector<std::string> kTopologies = {"htree", "torus", "mesh", "ring"};

TEST(EditDistance, CountsInsertedDeletedAndReplacedCharacters) {
    EXPECT_EQ(edit_distance("torus", "torus"), 0U);
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "mesh"), 4U);
    EXPECT_EQ(edit_distance("mesh", ""), 4U);
    EXPECT_EQ(edit_distance("torus", "toruss"), 1U);
    EXPECT_EQ(edit_distance("trus", "torus"), 1U);
    EXPECT_EQ(edit_distance("tores", "torus"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);  // k-s, e-i, +g
}

TEST(EditDistance, CountsTwoExchangedNeighboursOnce) {
    EXPECT_EQ(edit_distance("tours", "torus"), 1U);
    EXPECT_EQ(edit_distance("ab", "ba"), 1U);
    EXPECT_EQ(edit_distance("abcd", "badc"), 2U);
    EXPECT_EQ(edit_distance("abc", "cba"), 2U);  // not neighbours: two replaced
}

TEST(EditDistance, EditsNoPartTwice) {
    // With a second edit between the exchanged two it would be 2: ca, ac, abc.
    EXPECT_EQ(edit_distance("ca", "abc"), 3U);
}

/// The definition, by recursion over the ends of both words.
std::size_t distance_by_definition(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    const std::string shorter_a = a.substr(0, a.size() - 1);
    const std::string shorter_b = b.substr(0, b.size() - 1);
    std::size_t least = distance_by_definition(shorter_a, shorter_b) + (a.back() == b.back() ? 0 : 1);
    least = std::min(least, distance_by_definition(shorter_a, b) + 1);
    least = std::min(least, distance_by_definition(a, shorter_b) + 1);
    if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && a[a.size() - 2] == b.back()) {
        least = std::min(least, distance_by_definition(a.substr(0, a.size() - 2), b.substr(0, b.size() - 2)) + 1);
    }
    return least;
}

TEST(EditDistance, EqualsItsDefinitionOnRandomWords) {
    std::mt19937 random(1);
    const auto word = [&] {
        std::string text;
        for (std::size_t length = random() % 6; length-- > 0;) text += static_cast<char>('a' + random() % 3);
        return text;
    };
    for (int trial = 0; trial < 400; ++trial) {
        const std::string a = word();
        const std::string b = word();
        ASSERT_EQ(edit_distance(a, b), distance_by_definition(a, b)) << a << " " << b;
        ASSERT_EQ(edit_distance(a, b), edit_distance(b, a)) << a << " " << b;
    }
}

TEST(NearestName, IsFoundForAMistypedOne) {
    EXPECT_EQ(nearest_name("tours", kTopologies), "torus");
    EXPECT_EQ(nearest_name("htre", kTopologies), "htree");
    EXPECT_EQ(nearest_name("rings", kTopologies), "ring");
}

TEST(NearestName, IsEmptyWhereNoneIsNear) {
    EXPECT_EQ(nearest_name("dragonfly", kTopologies), "");
    EXPECT_EQ(nearest_name("", kTopologies), "");
    EXPECT_EQ(nearest_name("torus", {}), "");
}

TEST(NearestName, MayDifferInAThirdOfTheWord) {
    EXPECT_EQ(nearest_name("exhaustiv", {"exhaustive"}), "exhaustive");
    EXPECT_EQ(nearest_name("abcxyz", {"abcdez"}), "abcdez");  // 2 of 6
    EXPECT_EQ(nearest_name("abcxyz", {"abcdef"}), "");        // 3 of 6
    EXPECT_EQ(nearest_name("dp", {"mp"}), "mp");              // at least one, in the shortest of words
}

TEST(NearestName, IsNoneOfEquallyNearOnes) {
    EXPECT_EQ(nearest_name("vgg-z", {"vgg-a", "vgg-b"}), "");
    EXPECT_EQ(nearest_name("vgg-z", {"vgg-a"}), "vgg-a");
    EXPECT_EQ(nearest_name("float8", {"float32", "float16", "int8"}), "");
    EXPECT_EQ(nearest_name("tRDC", {"tRC", "tRCD"}), "tRCD");   // of as many letters
    EXPECT_EQ(nearest_name("gb/s", {"GB/s", "Gb/s"}), "Gb/s");  // of more small ones
    EXPECT_EQ(nearest_name("vgg-b", {"vgg-a", "vgg-b"}), "vgg-b");
}

TEST(UnknownName, NamesTheKnownOnesAndTheNearest) {
    EXPECT_EQ(unknown_name("topology", "tours", kTopologies),
              "unknown topology \"tours\"; known: htree, torus, mesh, ring (did you mean \"torus\"?)");
    EXPECT_EQ(unknown_name("topology", "clos", kTopologies),
              "unknown topology \"clos\"; known: htree, torus, mesh, ring");
}

TEST(CommaSeparated, JoinsWords) {
    EXPECT_EQ(comma_separated({}), "");
    EXPECT_EQ(comma_separated({"a"}), "a");
    EXPECT_EQ(comma_separated({"a", "b", "c"}), "a, b, c");
}

TEST(NearestName, IsFoundInCapitalsToo) {
    EXPECT_EQ(nearest_name("TORUS", kTopologies), "torus");
    EXPECT_EQ(nearest_name("Trus", kTopologies), "torus");
    EXPECT_TRUE(is_same_name("HTree", "htree"));
    EXPECT_FALSE(is_same_name("htree", "h-tree"));
}

}  // namespace
}  // namespace hypar
