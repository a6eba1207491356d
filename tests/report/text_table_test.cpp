#include "report/text_table.h"

#include <gtest/gtest.h>

namespace hypar {
namespace {

TextStyle columns(std::size_t count) { return {count, false}; }

const std::string kName(40, 'x');

/// With the indent 2 + 40 + 2 + 5 = 49 columns, with the first optional one 2 + 25 more, with the other 2 + 12.
TextTable table_with_optional_columns() {
    TextTable table({"layer", where_room(std::string(25, 'a')), "bytes", where_room(left(std::string(12, 'b')))});
    table.add_row({kName, "1", "2", "3"});
    table.add_rule();
    table.add_row({"all", "10", "20", "30"});
    return table;
}

TEST(TextTable, AlignsTheFirstColumnLeftAndNumbersRight) {
    TextTable table({"layer", left("phase"), "bytes"});
    table.add_row({"conv1", "forward", "7"});
    table.add_row({"", "update", "12 345"});
    EXPECT_EQ(table.render(),
              "  layer  phase     bytes\n"
              "  ----------------------\n"
              "  conv1  forward       7\n"
              "         update   12 345\n");
}

TEST(TextTable, HasTheSameColumnsInEveryTextOfEightyColumns) {
    EXPECT_EQ(table_with_optional_columns().render(), "  layer" + std::string(35, ' ') + "  bytes\n" +  //
                                                          "  " + std::string(47, '-') + "\n" +          //
                                                          "  " + kName + "      2\n" +                  //
                                                          "  " + std::string(47, '-') + "\n" +          //
                                                          "  all" + std::string(37, ' ') + "     20\n");
}

TEST(TextTable, ShowsOptionalColumnsWhereThereIsRoomThoseOnTheLeftFirst) {
    const std::string indent(35, ' ');
    const std::string head = "  layer" + indent + "  " + std::string(25, 'a') + "  bytes";
    const auto rule = [](std::size_t width) { return "  " + std::string(width, '-') + "\n"; };
    const std::string first = "  " + kName + std::string(26, ' ') + "1      2";
    const std::string second = "  all  " + indent + std::string(25, ' ') + "10     20";
    // 49 + 27 + 14 = 90
    EXPECT_EQ(table_with_optional_columns().render(columns(89)),
              head + "\n" + rule(74) + first + "\n" + rule(74) + second + "\n");
    EXPECT_EQ(table_with_optional_columns().render(columns(90)),
              head + "  " + std::string(12, 'b') + "\n" + rule(88) + first + "  3\n" + rule(88) + second + "  30\n");
}

TEST(TextTable, CountsCharactersNotBytes) {
    TextTable table({"layer", left("choice"), "bytes"});
    table.add_row({"größe", "→", "1"});
    table.add_row({"b", "mp", "2"});
    EXPECT_EQ(table.render(),
              "  layer  choice  bytes\n"
              "  --------------------\n"
              "  größe  →           1\n"
              "  b      mp          2\n");
}

TEST(TextTable, PutsATextOfTheFirstColumnAboveItsRowWhereItIsTooLong) {
    TextTable table({"layer", "dram", "sent"});
    table.add_row({"a-very-long-name", "1", "2"});
    table.add_row({"", "3", "4"});
    table.add_row({"fc", "5", "6"});
    // 24 columns leave 24 - 2 - 2 x (2 + 4) = 10 for the first one.
    EXPECT_EQ(table.render(columns(24)),
              "  layer  dram  sent\n"
              "  -----------------\n"
              "  a-very-long-name\n"
              "            1     2\n"
              "            3     4\n"
              "  fc        5     6\n");
}

TEST(TextTable, CutsATextOfTheFirstColumnThatIsLongerThanALine) {
    TextTable table({"layer", "dram"});
    table.add_row({"äbcdefghijklmnopqrstuvwxyz", "1"});
    table.add_row({"äbcdefghijklmnopqrstuvwxyz", "2"});
    EXPECT_EQ(table.render(columns(16)),
              "  layer  dram\n"
              "  -----------\n"
              "  äbcdefghijklmn\n"
              "  opqrstuvwxyz\n"
              "            1\n"
              "            2\n");
}

TEST(TextTable, GoesOnInASecondLineWithOtherTextsThatAreTooLong) {
    TextTable table({"level", left("layer"), "bytes"});
    table.add_row({"H1", "abcdefghij", "1"});
    table.add_row({"H2", "abcdefgh", "2"});
    // 24 / 3 = 8 columns for the second one
    EXPECT_EQ(table.render(columns(24)),
              "  level  layer     bytes\n"
              "  ----------------------\n"
              "  H1     abcdefgh      1\n"
              "         ij\n"
              "  H2     abcdefgh      2\n");
}

TEST(TextTable, GoesOnBelowWithColumnsThatDoNotFit) {
    TextTable table({"layer", "H1", "H2", "H3", "H4", "H5"});
    table.add_row({"conv", "dp", "dp", "dp", "dp", "mp"});
    // 17 columns: without the first column 2 + 5 x (2 + 2) = 22; with it 2 + 5 + 2 x (2 + 2) = 15.
    EXPECT_EQ(table.render(columns(17)),
              "  layer  H1  H2\n"
              "  -------------\n"
              "  conv   dp  dp\n"
              "\n"
              "  layer  H3  H4\n"
              "  -------------\n"
              "  conv   dp  dp\n"
              "\n"
              "  layer  H5\n"
              "  ---------\n"
              "  conv   mp\n");
}

TEST(TextTable, PaintsTextsAndNotTheSpacesBesideThem) {
    TextTable table({"layer", "H1"});
    table.add_row({"fc", {"mp", Tone::Accent}});
    table.add_row({"conv", "dp"});
    EXPECT_EQ(table.render({80, true}),
              "  \033[1mlayer\033[0m  \033[1mH1\033[0m\n"
              "  \033[2m---------\033[0m\n"
              "  fc     \033[1;35mmp\033[0m\n"
              "  conv   dp\n");
}

}  // namespace
}  // namespace hypar
