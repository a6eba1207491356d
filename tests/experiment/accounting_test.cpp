#include "experiment/paper/accounting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "experiment/catalogue.h"
#include "experiment/listing/listing.h"
#include "experiment/paper/paper.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

TEST(Accounting, CountsConvolutionsOverTheInputMap) {
    // conv1 5x5x1x20 over 28x28, conv2 5x5x20x50 over 12x12, fc1 800x500, fc2 500x10
    EXPECT_EQ(counted_macs(load_network("lenet-c")), 500 * 784 + 25000 * 144 + 400000 + 5000);
    // conv1 11x11x3x48 over 224x224, conv2 5x5x48x128 over 55x55, conv3 3x3x128x192 over 27x27, conv4 3x3x192x192 and
    // conv5 3x3x192x128 over 13x13, fc1 4608x2048, fc2 2048x2048, fc3 2048x1000
    EXPECT_EQ(counted_macs(load_network("alexnet-hpca19")), 17424.0 * 50176 + 153600.0 * 3025 + 221184.0 * 729 +
                                                                (331776.0 + 221184.0) * 169 + 9437184.0 + 4194304.0 +
                                                                2048000.0);
    // Where maps keep their size it is what the layers take.
    EXPECT_EQ(counted_macs(load_network("vgg-e")), 19632062464.0);
    EXPECT_EQ(counted_macs(load_network("bert-base")), 48318971904.0);
}

TEST(Accounting, OfThePaperHasTheMapsOfItsAuthors) {
    const Network network = load_network("alexnet-hpca19");
    EXPECT_EQ(network.layer(0).unpooled_output, (FeatureShape{48, 55, 55}));
    EXPECT_EQ(network.layer(1).input, (FeatureShape{48, 55, 55}));
    EXPECT_EQ(network.layer(2).input, (FeatureShape{128, 27, 27}));
    EXPECT_EQ(network.layer(3).input, (FeatureShape{192, 13, 13}));
    EXPECT_EQ(network.layer(4).output, (FeatureShape{128, 6, 6}));
    EXPECT_EQ(network.weights(), load_network("alexnet").weights());
    EXPECT_EQ(network.macs(), 787720464U);  // counted over output maps, as they are computed
}

/// Rows of the paper's figures by network and strategy; alexnet's with the maps of its authors alone.
std::map<std::pair<std::string, std::string>, const FigureRow*> bars_of(const Figure& figure) {
    std::map<std::pair<std::string, std::string>, const FigureRow*> bars;
    for (const FigureRow& row : figure.rows) {
        if (row.value_of("network") == "alexnet") continue;
        bars[{row.value_of("network"), row.value_of("strategy")}] = &row;
    }
    return bars;
}

TEST(Accounting, GivesFigure6FromTheBytesThatFigure8Prints) {
    // Nothing of ours is in it but the shapes: neither plans nor bytes. vgg-b, for which the paper prints vgg-a's
    // bytes of hypar, is the furthest.
    const std::vector<Figure> figures = load_figures("hpca19");
    const auto performance = bars_of(figures[1]);
    const auto bytes = bars_of(figures[3]);
    std::size_t count = 0;
    for (const auto& [name, row] : performance) {
        const Accounting& accounting = *figures[1].accounting;
        const double data = 1e9 * *bytes.at({name.first, "data"})->paper;
        const double own = 1e9 * *bytes.at(name)->paper;
        const double gain = accounting.seconds(*row->baseline, data) / accounting.seconds(row->experiment, own);
        EXPECT_NEAR(gain / *row->paper, 1, name.second == "model" ? 0.004 : 0.01) << name.first << " " << name.second;
        ++count;
    }
    EXPECT_EQ(count, 20U);
}

TEST(Accounting, IsReadWithItsMistakesWhereTheyStand) {
    const TemporaryFolder folder;
    const auto mistake_in = [&](const std::string& text) {
        return message_of([&] { check_file(folder.write("accounting.yaml", text)); });
    };
    const std::string rest =
        "operations_per_second: 1e9, units: 1, accesses_of_a_word: 4, speaks_for: [], speaks_against: []}\n";
    EXPECT_EQ(mistake_in("accounting: {title: \"a rule\", source: \"a paper\", passes: 3, " + rest), "");
    EXPECT_THAT(mistake_in("accounting: {title: \"a rule\", source: \"a paper\", passes: 0, " + rest),
                HasSubstr("accounting.yaml:1:58: accounting.passes: expected a number above 0, not 0"));
    EXPECT_THAT(mistake_in("accounting: {title: \"a rule\", source: \"a paper\", " + rest),
                HasSubstr("missing key \"passes\""));
    EXPECT_THAT(mistake_in("accounting: {titel: \"a rule\"}\n"), HasSubstr("unknown key \"titel\""));
}

}  // namespace
}  // namespace hypar
