#include "base/text.h"

#include <string>

#include <gtest/gtest.h>

namespace hypar {
namespace {

TEST(Text, HasControlCharactersWhereSomethingMovesHidesOrReordersIt) {
    for (const char* text : {"", "conv1", "Andr\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xD7\xA9\xD7\x9C"}) {
        EXPECT_FALSE(has_control_characters(text)) << text;
    }
    for (const char* text :
         {"a\nb", "\x1B[31m", "\x7F", "\xC2\x85", "\xC2\x9B", "\xE2\x80\xA8", "\xE2\x80\xAE", "\xE2\x81\xA6",
          "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80"}) {
        EXPECT_TRUE(has_control_characters(text)) << printable(text);
    }
}

TEST(Text, IsPrintableOnOneLine) {
    EXPECT_EQ(printable("a\nb"), "a\\x0Ab");
    EXPECT_EQ(printable("\x1B[31m"), "\\x1B[31m");
    EXPECT_EQ(printable("a\xC2\x9B"
                        "b\xE2\x80\xAE"),
              "a\\u009Bb\\u202E");
    EXPECT_EQ(printable("m\xE9moire"), "m\\xE9moire");
    EXPECT_EQ(printable("Andr\xC3\xA9"), "Andr\xC3\xA9");
    EXPECT_EQ(printable(std::string(100, 'k'), 3), "kkk...");
}

}  // namespace
}  // namespace hypar
