#include "report/reproduction/figure_drawing.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/paper/paper.h"
#include "report/reproduction/svg.h"

namespace hypar {
namespace {

using testing::HasSubstr;

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// A figure of runs that all take as long, but those of data parallelism, which take twice as long.
ReproducedFigure reproduced(const std::string& number) {
    static const std::vector<Figure> figures = load_figures("hpca19");
    const auto figure = std::find_if(figures.begin(), figures.end(),
                                     [&](const Figure& candidate) { return candidate.number == number; });
    return reproduce(*figure, [](const Experiment& experiment, const std::string&) {
        return RunFacts{experiment.strategy.name == "data" ? 2.0 : 1.0, 1, 1e9, {}};
    });
}

TEST(FigureDrawing, HasABarOfOursAndAHatchedOneOfThePapersForEachRow) {
    const std::string drawing = figure_svg(reproduced("6"));
    // Eleven networks and their mean, two strategies; a mark in the legend each.
    EXPECT_EQ(count(drawing, "fill=\"#e69f00\"/>"), 12 + 1U + 1U);  // and in the pattern
    EXPECT_EQ(count(drawing, "fill=\"url(#hatch-e69f00)\""), 12 + 1U);
    EXPECT_EQ(count(drawing, "<pattern "), 2U);
    EXPECT_THAT(drawing, HasSubstr(">alexnet-hpca19</text>"));
    EXPECT_THAT(drawing, HasSubstr(">3.27</text>"));
    EXPECT_THAT(drawing, HasSubstr(">3.39</text>"));  // the paper's own mean of hypar: alexnet is in it once
    EXPECT_EQ(drawing, figure_svg(reproduced("6")));
}

TEST(FigureDrawing, HasPlansCellByCellAndMarksTheBestOfAll) {
    const std::string plans = figure_svg(reproduced("5"));
    // lenet-c's are 0011, 0010, 0000, 0011: all model parallel cells of eleven plans, ours and the paper's.
    const ReproducedFigure figure = reproduced("5");
    std::size_t ones = 0;
    for (const ReproducedRow& row : figure.rows) {
        for (const std::string& level : row.plan) ones += count(level, "1");
    }
    EXPECT_EQ(count(plans, "fill=\"url(#hatch-0072b2)\""), ones);
    const std::string map = figure_svg(reproduced("10"));
    EXPECT_EQ(count(map, ">2.00</text>"), 256U);
    EXPECT_EQ(count(map, "fill=\"none\" stroke=\"#d55e00\""), 2U);  // of the paper
    EXPECT_EQ(count(map, "fill=\"none\" stroke=\"#333333\""), 1U);
}

TEST(FigureDrawing, HasItsRowsAsCsv) {
    const std::string table = figure_csv(reproduced("6"));
    EXPECT_EQ(table.substr(0, table.find('\n')), "network,strategy,ours,papers_way,paper,difference");
    EXPECT_EQ(count(table, "\n"), 1 + 22U);
    EXPECT_THAT(table, HasSubstr("\nvgg-e,hypar,2,1,2.73,"));
    EXPECT_THAT(figure_csv(reproduced("5")), HasSubstr("\nlenet-c,0011 0010 0000 0011,,0011 0010 0000 0011,\n"));
}

TEST(Svg, EscapesWhatIsNoMarkup) {
    Svg svg(10, 10, "a < b & c");
    svg.text(1, 2, "x > y", "end", 8, 90);
    EXPECT_THAT(svg.finish(), HasSubstr("<title>a &lt; b &amp; c</title>"));
    EXPECT_THAT(svg.finish(), HasSubstr("<text x=\"1.0\" y=\"2.0\" font-size=\"8\" text-anchor=\"end\" "
                                        "transform=\"rotate(-90 1.0 2.0)\">x &gt; y</text>"));
}

}  // namespace
}  // namespace hypar
