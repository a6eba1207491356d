// Pages as a person would see them: in a browser.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/browser.h"
#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr int kPhone = 390;
constexpr int kDesktop = 1280;

/// One browser for all tests.
class PageTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() { browser_ = std::make_unique<Browser>(); }
    static void TearDownTestSuite() { browser_.reset(); }

    static Browser& browser() { return *browser_; }

    /// Runs a command with -o and returns the page.
    std::filesystem::path page_of(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"-o", folder_.path().string()});
        const Outcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        return folder_.path() / "index.html";
    }

    json result(const std::string& name = "report.json") const {
        return json::parse(read_file(folder_.path() / name));
    }

    TemporaryFolder folder_;

private:
    static std::unique_ptr<Browser> browser_;
};

std::unique_ptr<Browser> PageTest::browser_;

/// Waits until all charts are drawn; says which are not.
void expect_all_drawn(Page& page) {
    EXPECT_TRUE(
        page.becomes_true("document.querySelectorAll('.chart').length > 0 && "
                          "document.querySelectorAll('.chart:not([data-drawn])').length === 0"));
    // A chart without a single bar, line or cell has its axes alone: fewer than eight shapes.
    EXPECT_EQ(
        page.value("[...document.querySelectorAll('.chart')].filter((chart) => !chart.querySelector('canvas') &&"
                   " chart.querySelectorAll('svg path, svg rect, svg circle').length < 8)"
                   ".map((chart) => chart.getAttribute('aria-label'))"),
        json::array());
}

/// Opens the tables behind all charts; each must have rows.
void expect_table_behind_every_chart(Page& page) {
    page.value("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    EXPECT_TRUE(
        page.becomes_true("[...document.querySelectorAll('details')].every("
                          "(details) => details.querySelectorAll('tbody tr').length > 0)"));
    EXPECT_EQ(page.value("[...document.querySelectorAll('figure')].filter((figure) => "
                         "!figure.querySelector('.chart') || !figure.querySelector('details table')).length"),
              0);
}

/// Every chart can be saved, as it is drawn and as the table behind it.
void expect_savable_charts(Page& page) {
    EXPECT_EQ(page.value("document.querySelectorAll('figure [data-save]').length"),
              page.value("2 * document.querySelectorAll('figure').length"));
    EXPECT_EQ(page.value("charts.filter((chart) => !/^<svg [^]*<(path|rect|circle)[^]*<\\/svg>$/.test(svgOf(chart)))"
                         ".map(({box}) => box.getAttribute('aria-label'))"),
              json::array());
    // What is handed over is kept, and not saved.
    page.value("window.saved = []; URL.createObjectURL = (blob) => { saved.push(blob.type); return '#'; }");
    page.value("document.querySelectorAll('figure [data-save]').forEach((button) => button.click())");
    EXPECT_EQ(page.value("saved.filter((type) => type === 'image/svg+xml').length"), page.value("charts.length"));
    EXPECT_EQ(page.value("saved.filter((type) => type === 'text/csv').length"), page.value("charts.length"));
}

/// What holds for every page, at both widths and in both themes.
void expect_sound_page(Browser& browser, const std::filesystem::path& file) {
    for (const int width : {kPhone, kDesktop}) {
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            SCOPED_TRACE(file.string() + " at " + std::to_string(width));
            Page page(browser, file, width, scheme);
            expect_all_drawn(page);
            EXPECT_EQ(page.value("document.documentElement.dataset.theme"),
                      scheme == Scheme::Dark ? "dark" : "light");
            EXPECT_LE(page.value("document.documentElement.scrollWidth").get<int>(), width);
            EXPECT_EQ(page.value("[...document.querySelectorAll('.chart')].filter("
                                 "(chart) => (chart.getAttribute('aria-label') ?? '').length < 10).length"),
                      0);
            if (width == kDesktop) expect_table_behind_every_chart(page);
            if (width == kDesktop && scheme == Scheme::Light) expect_savable_charts(page);
            EXPECT_THAT(page.complaints(), IsEmpty());
            EXPECT_THAT(page.requests(), ElementsAre("file://" + file.string()));
        }
    }
}

/// The exact number that a tile of the page's head stands for.
double tile(Page& page, const std::string& name) {
    return std::stod(
        page.value("document.querySelector('dd[data-name=\"" + name + "\"]').dataset.value").get<std::string>());
}

/// The exact numbers of a row of the table behind a chart, by the row's first cells.
json table_row(Page& page, const std::string& chart, std::size_t row) {
    page.value("document.querySelector('details[data-table=\"" + chart + "\"]').open = true");
    const std::string rows = "document.querySelectorAll('details[data-table=\"" + chart + "\"] tbody tr')";
    EXPECT_TRUE(page.becomes_true(rows + ".length > " + std::to_string(row)));
    return page.value("[..." + rows + "[" + std::to_string(row) +
                      "].children].map((cell) => cell.dataset.value === undefined ? cell.textContent : "
                      "Number(cell.dataset.value))");
}

TEST_F(PageTest, OfARunIsSoundAndHoldsTheNumbersOfItsReport) {
    const std::filesystem::path file = page_of({"run", HYPAR_SOURCE_DIR "/configs/experiments/vgg-e.yaml"});
    expect_sound_page(browser(), file);
    const json report = result();
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(tile(page, "step"), report["step"]["cycles"]);
    EXPECT_EQ(tile(page, "communication"), report["step"]["communication_seconds"]);
    EXPECT_EQ(tile(page, "traffic"), report["traffic_bytes"]);
    EXPECT_EQ(tile(page, "memory"), report["memory"]["needed_bytes"]);
    EXPECT_EQ(tile(page, "energy"), report["energy_joules"]["total"]);
    EXPECT_EQ(page.value("document.querySelectorAll('table.plan .mp').length"), 13);  // fc1 to fc3, conv5_4 at H4

    const json gradient = report["layers"][1]["phases"]["gradient"];
    const json row = table_row(page, "Time of each layer", 6);  // conv1_1 has four phases before conv1_2's third
    EXPECT_EQ(row[0], "conv1_2");
    EXPECT_EQ(row[1], "gradient");
    EXPECT_EQ(row[2], gradient["cycles"]);
    EXPECT_EQ(row[3], gradient["compute_seconds"]);
    const json link = table_row(page, "Load of the links", 7);
    EXPECT_EQ(link[0], report["links"][7]["from"].get<std::string>() + " \u2192 " +
                           report["links"][7]["to"].get<std::string>());
    EXPECT_EQ(link[1], report["links"][7]["group"]);
    EXPECT_EQ(link[3], report["links"][7]["bytes"]);
    EXPECT_EQ(link[5], report["links"][7]["busy_seconds"]);
    const json leaves = table_row(page, "Links by group", 0);
    EXPECT_EQ(leaves[0], "links acc-switch1");
    EXPECT_EQ(leaves[1], 32);                                           // both ways of 16
    const json used = table_row(page, "Utilisation of each layer", 5);  // three phases of a layer: no update
    EXPECT_EQ(used[0], "conv1_2");
    EXPECT_EQ(used[1], "gradient");
    EXPECT_EQ(used[2], gradient["mapping"]["bound"]);
    EXPECT_EQ(used[3], gradient["utilisation"]);
    const json segment = table_row(page, "Phases of layers, one after the other", 5);
    EXPECT_EQ(segment[3], report["timeline"][5]["cycles"]);
    const json memory = table_row(page, "In use in the memory of acc0", 3);
    EXPECT_EQ(memory[1], report["memory"]["over_step"][3]["weights"]);
    const json layer = table_row(page, "By layer", 2);
    EXPECT_EQ(layer[1], report["critical_path"]["layers"][2]["cycles"]);
    EXPECT_DOUBLE_EQ(layer[4], report["critical_path"]["layers"][2]["step_cycles_without"].get<double>() / 250e6);
}

TEST_F(PageTest, OfAComparisonIsSoundAndHoldsTheNumbersOfItsReport) {
    const std::filesystem::path file = page_of({"compare", "lenet-c", "vgg-a", "--strategy", "data,trick,hypar"});
    expect_sound_page(browser(), file);
    const json rows = result()["rows"];
    ASSERT_EQ(rows.size(), 6);
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(tile(page, "runs"), 6);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const json cells = table_row(page, "Runs", row);
        EXPECT_EQ(cells[1], rows[row]["cycles"]);
        EXPECT_EQ(cells[5], rows[row]["communication_bound_seconds"]);
        EXPECT_EQ(cells[6], rows[row]["traffic_bytes"]);
        EXPECT_EQ(cells[7], rows[row]["energy_joules"]);
        EXPECT_EQ(cells[8], rows[row]["speedup"]);
    }
}

TEST_F(PageTest, OfAReproductionIsSoundAndHoldsTheNumbersOfItsReport) {
    const std::filesystem::path file = page_of({"reproduce", "hpca19", "--choices", "plan"});
    expect_sound_page(browser(), file);
    const json figures = result("reproduce.json")["figures"];
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(page.value("document.querySelectorAll('section').length"),
              2 + figures.size());  // a summary, the paper's way
    for (const std::string figure : {"6", "7", "8", "12"}) {
        for (const std::size_t row : {std::size_t{0}, std::size_t{7}}) {
            const json cells = table_row(page, figures[figure]["title"], row);
            EXPECT_EQ(cells[0], figures[figure]["rows"][row]["network"]);
            EXPECT_EQ(cells[2], figures[figure]["rows"][row]["paper"]);
            EXPECT_EQ(cells[3], figures[figure]["rows"][row]["ours"]);
        }
    }
    for (const std::string figure : {"9", "10"}) {  // a heat map's table begins with the peak
        EXPECT_EQ(table_row(page, figures[figure]["title"], 0)[2], figures[figure]["peak"]["ours"]);
    }
    EXPECT_EQ(page.value("csvOf({head: ['a', 'b'], rows: [['x, y', {text: '1.0', value: 1}], [null, 'z']]})"),
              "a,b\n\"x, y\",1\n,z\n");
    const std::string title = figures["8"]["title"];
    const json cells = table_row(page, title + ": Each choice turned by itself, and all of them", 0);
    EXPECT_EQ(cells[4], figures["8"]["rows"][22]["choices"]["plan"]);  // of sfc under hypar, behind paper and ours
}

TEST_F(PageTest, OfMeasurementsIsSoundAndHoldsTheNumbersOfItsReport) {
    const std::filesystem::path file = page_of({"reproduce", "silicon"});
    expect_sound_page(browser(), file);
    const json sets = result("silicon.json")["silicon"];
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(page.value("document.querySelectorAll('section').length"), sets.size());
    EXPECT_EQ(tile(page, "eyeriss-alexnet"), sets["eyeriss-alexnet"]["errors"][0]["judged"]["median"]);
    const json row = sets["tpu-v3-products"]["rows"][2]["compared"]["product"];
    const json cells = table_row(page, "product, cycles", 2);
    EXPECT_EQ(cells[1], row["measured"]);
    EXPECT_EQ(cells[2], row["ours"]);
}

TEST_F(PageTest, OfANocIsSoundAndHoldsTheNumbersOfItsReport) {
    // Of the uniform traffic of an 8x8 mesh half a flit for each node and cycle is the most that it can deliver.
    const std::filesystem::path file =
        page_of({"noc", "--topology", "mesh", "--size", "8x8", "--rate", "0.1,0.3,0.9", "--cycles", "2000"});
    expect_sound_page(browser(), file);
    const json points = result()["points"];
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(tile(page, "hops"), points[0]["hops_mean"]);
    for (std::size_t row = 0; row < points.size(); ++row) {
        const json cells = table_row(page, "Latency of packets", row);
        EXPECT_EQ(std::stod(cells[0].get<std::string>()), points[row]["rate"]);
        EXPECT_EQ(cells[1], points[row]["latency_cycles"]["mean"]);
        EXPECT_EQ(cells[3], points[row]["latency_cycles"]["p99"]);
    }
    EXPECT_EQ(table_row(page, "Latency of packets", 2).back(), "unstable");
}

/// Lines of a CSV whose fields have no commas, each as {column: text}.
std::vector<std::map<std::string, std::string>> csv_rows(const std::string& text) {
    std::vector<std::vector<std::string>> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) {
        lines.emplace_back();
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, ',');) lines.back().push_back(field);
    }
    std::vector<std::map<std::string, std::string>> rows;
    for (std::size_t line = 1; line < lines.size(); ++line) {
        rows.emplace_back();
        for (std::size_t column = 0; column < lines[line].size(); ++column) {
            rows.back()[lines[0][column]] = lines[line][column];
        }
    }
    return rows;
}

/// Chooses `value` in a section's select, as a user would.
void choose(Page& page, const std::string& section, std::size_t select, const std::string& value) {
    const std::string found = "document.querySelectorAll('#" + section + " select')[" + std::to_string(select) + "]";
    page.value(found + ".value = '" + value + "'");
    EXPECT_EQ(page.value(found + ".value"), value);
    page.value(found + ".dispatchEvent(new Event('change'))");
}

constexpr const char* kMarkup = "<img src=x onerror=alert(2)>";

/// Ten points of three networks, one of which is refused: too many plans.
class SweepPageTest : public PageTest {
protected:
    SweepPageTest() {
        folder_.write(std::string(kMarkup) + ".yaml",
                      "name: <b>\ninput: {channels: 1, height: 28, width: 28}\n"
                      "layers: [{name: fc1, type: fc, out_features: 10}]\n");
        folder_.write("s.yaml", std::string("base: {network: lenet-c, capacity: report}\n"
                                            "vary:\n"
                                            "  network: [lenet-c, alexnet, './") +
                                    kMarkup +
                                    ".yaml']\n"
                                    "  strategy: [data, exhaustive]\n"
                                    "  accelerators: [4, 16]\n"
                                    "where: not (network == alexnet and accelerators == 4)\n");
        const Outcome outcome = run_program({"sweep", "s.yaml", "-o", "out"}, folder_.path());
        EXPECT_EQ(outcome.status, 3) << outcome.errors;
        points_ = csv_rows(read_file(folder_.path() / "out/results.csv"));
        EXPECT_EQ(points_.size(), 10U);
    }

    /// A figure of the point with these values of the keys.
    double figure(const std::string& network, const std::string& strategy, const std::string& accelerators,
                  const std::string& column) const {
        for (auto row : points_) {
            if (row["network"] == network && row["strategy"] == strategy && row["accelerators"] == accelerators) {
                return std::stod(row[column]);
            }
        }
        throw std::out_of_range("no such point");
    }

    std::filesystem::path file() const { return folder_.path() / "out/index.html"; }

    std::vector<std::map<std::string, std::string>> points_;
};

TEST_F(SweepPageTest, IsSoundAndHoldsTheNumbersOfTheCsv) {
    expect_sound_page(browser(), file());
    Page page(browser(), file(), kDesktop);
    EXPECT_EQ(tile(page, "points"), 10);
    EXPECT_EQ(tile(page, "done"), 9);
    EXPECT_EQ(tile(page, "failed"), 1);
    double fastest = 1e9;
    double least_energy = 1e9;
    for (std::size_t point = 0; point < points_.size(); ++point) {
        const json cells = table_row(page, "All points", point);
        EXPECT_EQ(cells[0], std::to_string(point));
        EXPECT_EQ(cells[1], points_[point]["network"]);
        EXPECT_EQ(cells[2], points_[point]["strategy"]);
        EXPECT_EQ(cells[3], points_[point]["accelerators"]);
        EXPECT_EQ(cells[4], points_[point]["status"]);
        if (cells[4] != "done") continue;
        EXPECT_EQ(cells[5], std::stod(points_[point]["seconds"]));
        EXPECT_EQ(cells[6], std::stod(points_[point]["energy_joules"]));
        EXPECT_EQ(cells[7], std::stod(points_[point]["traffic_bytes"]));
        EXPECT_EQ(cells[8], std::stod(points_[point]["cycles"]));
        fastest = std::min(fastest, cells[5].get<double>());
        least_energy = std::min(least_energy, cells[6].get<double>());
    }
    EXPECT_EQ(tile(page, "fastest"), fastest);
    EXPECT_EQ(tile(page, "least energy"), least_energy);
    EXPECT_EQ(table_row(page, "Pareto front", 0)[4], fastest);
    const json failed = table_row(page, "Failed points", 0);
    EXPECT_EQ(failed[1], "network=alexnet strategy=exhaustive accelerators=16");
    EXPECT_EQ(failed[2], "refused");
    EXPECT_THAT(failed[3].get<std::string>(), HasSubstr("exhaustive"));
}

TEST_F(SweepPageTest, ShowsWhatIsChosen) {
    Page page(browser(), file(), kDesktop);
    expect_all_drawn(page);
    const auto cells = [&](std::size_t row) { return table_row(page, "Heat map", row); };
    const auto seconds = [&](const char* network, const char* strategy, const char* accelerators) {
        return figure(network, strategy, accelerators, "seconds");
    };
    // The best over the number of accelerators; a row for each strategy of each network.
    EXPECT_EQ(cells(0)[2], std::min(seconds("lenet-c", "data", "4"), seconds("lenet-c", "data", "16")));
    EXPECT_EQ(cells(3)[2], "");  // alexnet, exhaustive
    EXPECT_EQ(cells(3)[4], 1);
    const json label = page.value("document.querySelector('#heat-map .chart').getAttribute('aria-label')");
    choose(page, "shown", 2, "v1");
    EXPECT_EQ(cells(0)[2], seconds("lenet-c", "data", "16"));
    EXPECT_NE(page.value("document.querySelector('#heat-map .chart').getAttribute('aria-label')"), label);
    EXPECT_EQ(page.value("charts.map(({drawing}) => drawing.getOption().series[0].data.length)[0]"), 5);
    choose(page, "heat-map", 3, "1:0");  // against data parallelism
    EXPECT_EQ(cells(0)[2], 1);
    EXPECT_EQ(cells(1)[2], seconds("lenet-c", "data", "16") / seconds("lenet-c", "exhaustive", "16"));
    choose(page, "heat-map", 3, "none");
    choose(page, "heat-map", 0, "1");
    EXPECT_EQ(cells(1)[2], figure("lenet-c", "exhaustive", "16", "energy_joules"));
    choose(page, "shown", 2, "all");
    choose(page, "heat-map", 0, "0");
    choose(page, "heat-map", 1, "0");  // network across: what was across goes down
    EXPECT_EQ(cells(2)[0], points_.back()["network"]);
    EXPECT_EQ(page.value("document.querySelectorAll('#heat-map select')[2].value"), "1");
    choose(page, "front", 0, "6");  // more utilisation is better
    EXPECT_EQ(table_row(page, "Pareto front", 0)[4], page.value("Math.max(...donePoints.map((p) => p.figures[6]))"));
    choose(page, "parallel", 1, "0.1");
    EXPECT_EQ(page.value("charts[1].drawing.getOption().series[0].data.length"), 1);  // of nine points
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(SweepPageTest, ShowsMarkupInNamesAsTextAndIsDrawnAgain) {
    {
        Page page(browser(), file(), kDesktop);
        expect_all_drawn(page);
        expect_table_behind_every_chart(page);
        EXPECT_EQ(page.value("document.querySelectorAll('script').length"), 3);
        for (const std::string chart : {"0", "2"}) {
            page.value("charts[" + chart +
                       "].drawing.getOption().series.forEach(({data}, seriesIndex) => "
                       "data.forEach((_, dataIndex) => charts[" +
                       chart + "].drawing.dispatchAction({type: 'showTip', seriesIndex, dataIndex})))");
        }
        EXPECT_EQ(page.value("document.querySelectorAll('img').length"), 0);
        EXPECT_THAT(page.value("document.getElementById('main').textContent").get<std::string>(), HasSubstr(kMarkup));
        EXPECT_THAT(page.complaints(), IsEmpty());
    }
    const std::string drawn = read_file(file());
    std::filesystem::remove(file());
    const Outcome outcome = run_program({"report", (folder_.path() / "out").string()});
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_EQ(read_file(file()), drawn);
}

TEST_F(PageTest, OfASweepAroundAnExperimentRanksItsNumbers) {
    const Outcome outcome = run_program({"sweep", "--around", "lenet-c", "-o", folder_.path().string()});
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const std::filesystem::path file = folder_.path() / "index.html";
    expect_sound_page(browser(), file);
    Page page(browser(), file, kDesktop);
    const json first = table_row(page, "Elasticities", 0);
    // The text's ranking begins with the same number and its elasticity of the step as it is doubled.
    const std::string ranking = outcome.output.substr(outcome.output.find("number "));
    const std::string line = ranking.substr(ranking.find(first[0].get<std::string>()));
    char doubled[32];
    std::snprintf(doubled, sizeof doubled, "%+.3f", first[2].get<double>());
    EXPECT_THAT(line.substr(0, line.find('\n')), HasSubstr(doubled));
    EXPECT_EQ(page.value("[...document.querySelectorAll('section')].map(({id}) => id)"),
              json({"around", "front", "points"}));
}

TEST_F(PageTest, OfANetworkHoldsTheNumbersOfItsReport) {
    const std::filesystem::path file = page_of({"show", "resnet-18"});
    expect_sound_page(browser(), file);
    const json report = result();
    Page page(browser(), file, kDesktop);
    EXPECT_EQ(tile(page, "parameters"), report["parameters"]);
    EXPECT_EQ(tile(page, "multiply-accumulates"), report["macs"]);
    const json cells = table_row(page, "What reads what", 0);
    EXPECT_EQ(cells[0], "conv1");
    EXPECT_EQ(cells[4], report["operators"][0]["weights"]);
    EXPECT_EQ(cells[6], report["operators"][0]["macs"]);
    // The input, 68 layers and the two corners of the drawing; a block of 7 with what it reads and what reads it.
    const std::string nodes = "charts[0].drawing.getOption().series[0].data.length";
    EXPECT_EQ(page.value(nodes), 1 + 68 + 2);
    choose(page, "graph", 0, "res2b1");
    EXPECT_EQ(page.value(nodes), 1 + 7 + 2 + 2);
    choose(page, "layers", 0, "weights");
    EXPECT_EQ(page.value("charts[1].drawing.getOption().series[0].data[0].value"), report["operators"][0]["weights"]);
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, OfATransformerIsDrawn) {
    Page page(browser(), page_of({"show", "gpt2-xl"}), kDesktop);
    expect_all_drawn(page);
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, OfARunHasEverySection) {
    Page page(browser(), page_of({"run", "lenet-c"}), kDesktop);
    EXPECT_EQ(page.value("[...document.querySelectorAll('section')].map(({id}) => id)"),
              json({"plan", "time", "timeline", "critical-path", "collectives", "links", "energy", "memory",
                    "roofline", "notes"}));
}

TEST_F(PageTest, OfARunSetsCollectivesBesideTheirBounds) {
    const std::filesystem::path file =
        page_of({"run", "lenet-c", "--set", "topology=torus", "--set", "array.interconnect.collectives=best"});
    expect_sound_page(browser(), file);
    const json collectives = result()["collectives"];
    Page page(browser(), file, kDesktop);
    for (std::size_t row = 0; row < collectives.size(); ++row) {
        const json cells = table_row(page, "Time of collectives", row);
        EXPECT_EQ(cells[0], collectives[row]["layer"]);
        EXPECT_EQ(cells[6], collectives[row]["algorithm"]);
        EXPECT_EQ(cells[8], collectives[row]["seconds"]);
        EXPECT_EQ(cells[9], collectives[row]["predicted_seconds"]);
        EXPECT_EQ(cells[10], collectives[row]["bound_seconds"]);
    }
}

TEST_F(PageTest, DrawsEveryKindOfTopologyAndASingleAccelerator) {
    for (const std::string topology : {"torus", "mesh", "ring", "fat-tree", "dragonfly", "fully-connected"}) {
        SCOPED_TRACE(topology);
        const std::filesystem::path file = page_of({"run", "lenet-c", "--set", "topology=" + topology});
        Page page(browser(), file, kDesktop);
        expect_all_drawn(page);
        EXPECT_THAT(page.complaints(), IsEmpty());
    }
    Page page(browser(), page_of({"run", "eyeriss-alexnet"}), kDesktop);
    expect_all_drawn(page);
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, OfSixtyFourAcceleratorsIsSmallerThanThreeMegabytes) {
    const std::filesystem::path file = page_of({"run", "vgg-a", "--set", "accelerators=64"});
    EXPECT_LT(std::filesystem::file_size(file), 3'000'000U);
    Page page(browser(), file, kDesktop);
    expect_all_drawn(page);
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, ShowsMarkupInNamesAsText) {
    const std::string name = "<script>alert(1)</script>";
    const std::string image = "<img src=x onerror=alert(2)>";
    std::ofstream(folder_.path() / "net.yaml")
        << "name: \"" << name << "\"\n"
        << "input: {channels: 1, height: 28, width: 28}\nlayers:\n"
        << "  - {name: \"" << image << "\", type: conv, out_channels: 4, kernel: 5}\n"
        << "  - {name: \"</script>{{report}}\", type: fc, out_features: 10}\n";
    const std::filesystem::path experiment = folder_.path() / (image + ".yaml");
    std::ofstream(experiment) << "network: ./net.yaml\n";
    const std::filesystem::path file = page_of({"run", experiment.string()});
    {
        Page page(browser(), file, kDesktop);
        expect_all_drawn(page);
        expect_table_behind_every_chart(page);
        EXPECT_THAT(page.value("document.querySelector('h1').textContent").get<std::string>(), StartsWith(name));
        EXPECT_THAT(page.value("document.title").get<std::string>(), StartsWith(name));
        EXPECT_EQ(page.value("document.querySelector('table.plan th[scope=col]').textContent"), image);
        EXPECT_EQ(page.value("document.querySelectorAll('script').length"), 3);
        EXPECT_EQ(page.value("document.querySelectorAll('img').length"), 0);
        // The tooltip of a bar, which takes markup.
        page.value("charts[0].drawing.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 0})");
        EXPECT_TRUE(page.becomes_true("document.getElementById('main').textContent.includes('" + image + "')"));
        EXPECT_EQ(page.value("document.querySelectorAll('img').length"), 0);
        EXPECT_THAT(page.complaints(), IsEmpty());
    }
    Page page(browser(), page_of({"compare", experiment.string(), "--strategy", "data,model"}), kDesktop);
    expect_all_drawn(page);
    expect_table_behind_every_chart(page);
    EXPECT_EQ(page.value("document.querySelectorAll('img').length"), 0);
    EXPECT_THAT(page.value("document.getElementById('main').textContent").get<std::string>(), HasSubstr(image));
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, ChangesItsThemeByKeyboardAndPrints) {
    Page page(browser(), page_of({"run", "lenet-c"}), kDesktop);
    expect_all_drawn(page);
    page.value("document.getElementById('theme').focus()");
    page.press("Enter", "\r");
    EXPECT_TRUE(page.becomes_true("document.documentElement.dataset.theme === 'dark'"));
    EXPECT_THAT(page.printed(), StartsWith("JVBERi"));  // %PDF- in base 64
    EXPECT_EQ(page.value("document.documentElement.dataset.theme"), "dark");
    EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(PageTest, IsDrawnAgainFromItsReport) {
    const std::filesystem::path file = page_of({"run", "lenet-c"});
    const std::string drawn = read_file(file);
    std::filesystem::remove(file);
    const Outcome outcome = run_program({"report", folder_.path().string()});
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_EQ(outcome.output, file.string() + "\n");
    EXPECT_EQ(read_file(file), drawn);
}

TEST(ReportCommand, RefusesWhatIsNoReport) {
    const TemporaryFolder folder;
    const Outcome nothing = run_program({"report", folder.path().string()});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_THAT(nothing.errors, HasSubstr("expected a folder with report.json, reproduce.json or results.sqlite"));
    folder.write("report.json", "{\"step\": ");
    const Outcome cut = run_program({"report", folder.path().string()});
    EXPECT_EQ(cut.status, 1);
    EXPECT_THAT(cut.errors, HasSubstr("report.json: no JSON that can be read"));
    folder.write("report.json", "{\"a\": 1}");
    EXPECT_EQ(run_program({"report", folder.path().string()}).status, 1);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "index.html"));
}

}  // namespace
}  // namespace hypar::test
