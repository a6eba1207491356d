#include "report/text_style.h"

#include <gtest/gtest.h>

#include "report/format.h"

namespace hypar {
namespace {

TEST(TextStyle, PaintsNothingWithoutColour) {
    EXPECT_EQ(TextStyle{}.paint(Tone::Warning, "NOT MET"), "NOT MET");
    EXPECT_EQ((TextStyle{80, true}).paint(Tone::Plain, "met"), "met");
}

TEST(TextStyle, PaintsEachLineByItself) {
    const TextStyle style{80, true};
    EXPECT_EQ(style.paint(Tone::Good, "met"), "\033[32mmet\033[0m");
    EXPECT_EQ(style.paint(Tone::Warning, "one\n\ntwo\n"), "\033[1;31mone\033[0m\n\n\033[1;31mtwo\033[0m\n");
    EXPECT_EQ(style.paint(Tone::Heading, ""), "");
}

TEST(TextStyle, CutsBetweenCharacters) {
    using Pieces = std::vector<std::string>;
    EXPECT_EQ(width_of("größe →"), 7U);
    EXPECT_EQ(pieces_of("größe", 2), (Pieces{"gr", "öß", "e"}));
    EXPECT_EQ(pieces_of("", 2), Pieces{});
}

TEST(Wrapped, FillsLinesOfTheStylesColumns) {
    //         1234567890123456
    EXPECT_EQ(wrapped("met  ", "öne two three four", {16, false}),
              "met  öne two\n"
              "     three four\n");
    EXPECT_EQ(wrapped("met  ", "öne two three four", {15, false}),
              "met  öne two\n"
              "     three four\n");
    EXPECT_EQ(wrapped("met  ", "öne two three four", {14, false}),
              "met  öne two\n"
              "     three\n"
              "     four\n");
}

TEST(Wrapped, CutsAWordThatIsTooLongForALine) {
    EXPECT_EQ(wrapped("", "a bcdefghij k", {4, false}), "a\nbcde\nfghi\nj k\n");
}

TEST(Wrapped, PaintsItsLeadAlone) {
    EXPECT_EQ(wrapped("met ", "one two", {7, true}, Tone::Good), "\033[32mmet \033[0mone\n    two\n");
}

TEST(FormatRate, HasAPrefixOrIsOfAMinute) {
    EXPECT_EQ(format_rate(1'234'567, "cycles"), "1.23 M cycles/s");
    EXPECT_EQ(format_rate(999.6, "runs"), "1.00 k runs/s");
    EXPECT_EQ(format_rate(12.34, "runs"), "12.3 runs/s");
    EXPECT_EQ(format_rate(0.1, "runs"), "0.10 runs/s");
    EXPECT_EQ(format_rate(0.05, "runs"), "3.00 runs/min");
}

}  // namespace
}  // namespace hypar
