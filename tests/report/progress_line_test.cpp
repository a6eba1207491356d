#include "report/progress_line.h"

#include <gtest/gtest.h>

#include "report/text_style.h"

namespace hypar {
namespace {

TEST(ProgressLine, HasABarPerCentRateTimeLeftAndALabel) {
    // 3 of 12 runs in 6 s: a quarter, one in 2 s, 9 more take 18 s; a bar of 79 / 4 = 19 columns, 4 of them full.
    EXPECT_EQ(progress_line({3, 12, "runs", 6, "vgg-e, hypar, htree"}, 79),
              "[####...............]  25 %, 0.50 runs/s, 18 s left  vgg-e, hypar, htree");
    // 119 / 4 = 29 columns; 4000 of 16000 s: 12000 s = 3 h 20 min
    EXPECT_EQ(progress_line({25, 100, "%", 4000, "vgg-e"}, 119),
              "[#######......................]  25 %, 0.38 %/min, 3 h 20 min left  vgg-e");
    // 1000000 of 1500000 cycles in 125 s: 62.5 s more
    EXPECT_EQ(progress_line({1e6, 1.5e6, "cycles", 125, ""}, 40), "[######....]  66 %, 8.00 k cycles/s, 1 m");
}

TEST(ProgressLine, KnowsNoTimeLeftBeforeSomethingIsDone) {
    EXPECT_EQ(progress_line({0, 12, "runs", 6, "vgg-e"}, 40), "[..........]   0 %  vgg-e");
}

TEST(ProgressLine, IsFullAndNotMoreInTheEnd) {
    EXPECT_EQ(progress_line({12.5, 12, "runs", 6, ""}, 60), "[###############] 100 %, 2.08 runs/s, 0 s left");
}

TEST(ProgressLine, FitsItsColumns) {
    for (std::size_t columns = 1; columns < 130; ++columns) {
        EXPECT_LE(width_of(progress_line({3, 12, "runs", 6, std::string(60, 'x') + "größe"}, columns)), columns);
    }
}

}  // namespace
}  // namespace hypar
