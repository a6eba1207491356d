#include "experiment/yaml/scalar.h"

#include <gtest/gtest.h>

#include "experiment/yaml/map_reader.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

/// Applies `read` to the value `text`; returns what it complains about, without place and key.
template <typename Read>
std::string problem(const std::string& text, const Read& read) {
    const YamlValue root = yaml_of("a: " + text + "\n");
    try {
        read(Field(root.find("a")->value, "a"));
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "a");
        EXPECT_EQ(error.place().substr(0, 12), "test.yaml:1:");
        return error.problem();
    }
    return {};
}

std::string integer_problem(const std::string& text, std::uint64_t least = 1, std::uint64_t most = kLargestCount) {
    return problem(text, [&](const Field& field) { read_integer(field, least, most); });
}

TEST(Integer, IsReadFromEndToEndOfItsRange) {
    const YamlValue root = yaml_of("a: [0, 1, 2147483647, 18446744073709551615]\n");
    const std::vector<Field> items = read_list(Field(root.find("a")->value, "a"), "a list");
    EXPECT_EQ(read_integer(items[0], 0), 0U);
    EXPECT_EQ(read_integer(items[1], 1), 1U);
    EXPECT_EQ(read_integer(items[2], 1), 2147483647U);
    EXPECT_EQ(read_integer(items[3], 1, UINT64_MAX), UINT64_MAX);
}

TEST(Integer, OutOfItsRangeIsRefused) {
    EXPECT_EQ(integer_problem("0"), "expected an integer of at least 1, not 0");
    EXPECT_EQ(integer_problem("2147483648"), "expected an integer of at most 2147483647, not 2147483648");
    EXPECT_EQ(integer_problem("18446744073709551616", 0, UINT64_MAX),
              "expected an integer of at most 18446744073709551615, not 18446744073709551616");
}

TEST(Integer, IsDecimalDigitsAlone) {
    EXPECT_EQ(integer_problem("010"), "expected an integer of at least 1 without leading zeros, not 010");
    EXPECT_EQ(integer_problem("0x10"), "expected an integer of at least 1, not 0x10");
    EXPECT_EQ(integer_problem("1e3"), "expected an integer of at least 1, not 1e3");
    EXPECT_EQ(integer_problem("1_000"), "expected an integer of at least 1, not 1_000");
    EXPECT_EQ(integer_problem("+5"), "expected an integer of at least 1, not +5");
    EXPECT_EQ(integer_problem("-5"), "expected an integer of at least 1, not -5");
    EXPECT_EQ(integer_problem("1.5"), "expected an integer of at least 1, not 1.5");
    EXPECT_EQ(integer_problem(".5"), "expected an integer of at least 1, not .5");
    EXPECT_EQ(integer_problem("\"16\""), "expected an integer of at least 1, not the text \"16\"");
    EXPECT_EQ(integer_problem("yes"), "expected an integer of at least 1, not \"yes\"");
    EXPECT_EQ(integer_problem("16 bytes"), "expected an integer of at least 1, not 16 bytes");
    EXPECT_EQ(integer_problem("~"), "expected an integer of at least 1, not an empty value");
    EXPECT_EQ(integer_problem("[1]"), "expected an integer of at least 1, not a list");
    EXPECT_EQ(integer_problem("{b: 1}"), "expected an integer of at least 1, not a map");
}

TEST(Text, FitsOnOneLine) {
    const auto text_problem = [](const std::string& text) {
        return problem(text, [](const Field& field) { read_text(field); });
    };
    EXPECT_EQ(text_problem("conv1"), "");
    EXPECT_EQ(text_problem("12"), "");
    EXPECT_EQ(text_problem("\"\""), "expected a text that is not empty, not the text \"\"");
    EXPECT_EQ(text_problem(""), "expected a text, not an empty value");
    EXPECT_EQ(text_problem("\"a\\nb\""),
              "expected a text without line breaks and control characters, not the text \"a\\x0Ab\"");
    EXPECT_EQ(text_problem("\"a\\u009Bb\""),
              "expected a text without line breaks and control characters, not the text \"a\\u009Bb\"");
}

TEST(Choice, NamesWhatIsKnown) {
    const auto choice_problem = [](const std::string& text) {
        return problem(text, [](const Field& field) { read_choice(field, {"htree", "torus"}); });
    };
    EXPECT_EQ(choice_problem("torus"), "");
    EXPECT_EQ(choice_problem("no"), "unknown value \"no\"; known: htree, torus");
    EXPECT_EQ(choice_problem("toru"), "unknown value \"toru\"; known: htree, torus (did you mean \"torus\"?)");
    EXPECT_EQ(choice_problem("[torus]"), "expected one of htree, torus, not a list");
}

TEST(MapReader, ReportsUnknownAndMissingKeysInTheirPlaces) {
    const YamlValue root = yaml_of("a:\n  b: 1\n  lyers: 2\n");
    const Field map(root.find("a")->value, "a");
    EXPECT_EQ(message_of([&] {
                  MapReader(map, {"b", "layers"});
              }),
              "test.yaml:3:3: a: unknown key \"lyers\"; known: b, layers (did you mean \"layers\"?)");
    EXPECT_EQ(message_of([&] {
                  MapReader(map, {"b", "lyers", "c"}).required("c", "an integer");
              }),
              "test.yaml:2:3: a: missing key \"c\"; expected an integer");
    EXPECT_EQ(message_of([&] {
                  MapReader(Field(map.value().find("b")->value, "a.b"), {"c", "d"});
              }),
              "test.yaml:2:6: a.b: expected a map with the keys c, d, not 1");
    EXPECT_EQ(MapReader(map, {"b", "lyers"}).required("b", "an integer").key(), "a.b");
    EXPECT_FALSE(MapReader(map, {"b", "lyers", "c"}).optional("c"));
}

}  // namespace
}  // namespace hypar
