#include "report/collective_render.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using json = nlohmann::ordered_json;

constexpr LevelSet kFirst = 0b0001;
constexpr LevelSet kAllFour = 0b1111;

/// A layer on a clock of 4 ns with two all-reduces by buckets, of 1 us each, and a swap of 10 us.
RunReport report_of_three() {
    RunReport report;
    report.array.clock.period = 4000;
    report.layers.resize(1);
    report.layers[0].name = "fc";
    ProgramCollective reduce{0,    Phase::Gradient, Tensor::Gradient, CollectiveKind::AllReduce, kAllFour, 16, {},
                             3000, 900'000,         800'000};
    reduce.algorithm = CollectiveAlgorithm::Bucket;
    ProgramCollective swap{0,          Phase::Forward, Tensor::FeatureMaps, CollectiveKind::Swap, kFirst, 2, {}, 500,
                           10'000'000, 2'500'000};
    report.collectives = {{reduce, 250}, {swap, 2500}, {reduce, 250}};
    return report;
}

TEST(CollectiveTable, JoinsThoseThatAreAlikeAndNamesTheOneFurthestFromItsBound) {
    // All: 3000 cycles of 4 ns, and a bound of 0.8 + 2.5 + 0.8 = 4.1 us; 12 / 4.1 = 2.93.
    EXPECT_EQ(collective_table(report_of_three(), TextStyle()),
              "  collective  levels  algorithm     time    bound  x bound\n"
              "  --------------------------------------------------------\n"
              "  swap        H1      pairwise   10.0 us  2.50 us     4.00\n"
              "  all-reduce  H1-H4   bucket     2.00 us  1.60 us     1.25\n"
              "  --------------------------------------------------------\n"
              "  all                            12.0 us  4.10 us     2.93\n"
              "  furthest from its bound: fc forward, swap of the feature maps, 4.00 times\n");
}

TEST(CollectiveTable, HasPredictionsWhereThereIsRoom) {
    TextStyle wide;
    wide.columns = 120;
    EXPECT_EQ(collective_table(report_of_three(), wide),
              "  collective  levels  algorithm  number    bytes     time  predicted    bound  x bound\n"
              "  ------------------------------------------------------------------------------------\n"
              "  swap        H1      pairwise        1    500 B  10.0 us    10.0 us  2.50 us     4.00\n"
              "  all-reduce  H1-H4   bucket          2  6.00 kB  2.00 us    1.80 us  1.60 us     1.25\n"
              "  ------------------------------------------------------------------------------------\n"
              "  all                                 3  6.50 kB  12.0 us    11.8 us  4.10 us     2.93\n"
              "  furthest from its bound: fc forward, swap of the feature maps, 4.00 times\n");
}

TEST(CollectiveTable, IsLeftOutWithoutCollectives) { EXPECT_EQ(collective_table(RunReport(), TextStyle()), ""); }

TEST(CollectivesJson, HasEachInItsOrder) {
    const json all = collectives_json(report_of_three());
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0], json::parse(R"({"layer": "fc", "phase": "gradient", "tensor": "gradient", "kind": "all-reduce",
        "group": 16, "levels": "H1-H4", "algorithm": "bucket", "bytes": 3000, "seconds": 1e-6,
        "predicted_seconds": 9e-7, "bound_seconds": 8e-7})"));
    EXPECT_EQ(all[1]["kind"], "swap");
    EXPECT_EQ(all[2], all[0]);
}

}  // namespace
}  // namespace hypar
