#include "report/text_table.h"

#include <gtest/gtest.h>

namespace hypar {
namespace {

TextStyle columns(std::size_t count) { return {count, false}; }

/// 6 + 2 + 5 = 13 columns; with the optional ones 13 + 2 + 40 + 2 + 30 = 87.
TextTable table_with_optional_columns() {
    TextTable table({"layer", where_room(std::string(40, 'a')), "bytes", where_room(left(std::string(30, 'b')))});
    table.add_row({"conv1", "1", "2", "3"});
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
    EXPECT_EQ(table_with_optional_columns().render(),
              "  layer  bytes\n"
              "  ------------\n"
              "  conv1      2\n"
              "  ------------\n"
              "  all       20\n");
}

TEST(TextTable, ShowsOptionalColumnsWhereThereIsRoomThoseOnTheLeftFirst) {
    const TextTable table = table_with_optional_columns();
    // 2 + 5 + 2 + 40 + 2 + 5 = 56, with the last one 2 + 30 more: 88
    const std::string a(40, 'a');
    const std::string b(30, 'b');
    EXPECT_EQ(table.render(columns(87)), "  layer  " + a + "  bytes\n  " + std::string(54, '-') + "\n  conv1  " +
                                             std::string(39, ' ') + "1      2\n  " + std::string(54, '-') +
                                             "\n  all    " + std::string(38, ' ') + "10     20\n");
    EXPECT_EQ(table.render(columns(88)), "  layer  " + a + "  bytes  " + b + "\n  " + std::string(86, '-') +
                                             "\n  conv1  " + std::string(39, ' ') + "1      2  3\n  " +
                                             std::string(86, '-') + "\n  all    " + std::string(38, ' ') +
                                             "10     20  30\n");
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
              "  fc     \033[35mmp\033[0m\n"
              "  conv   dp\n");
}

}  // namespace
}  // namespace hypar
