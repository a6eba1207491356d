#include "report/comparison.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/format.h"

namespace hypar {
namespace {

using json = nlohmann::ordered_json;

/// A layer on a clock of 4 ns that computes forward, exchanges its gradient and makes one multiply-accumulate.
RunReport report_of(const std::string& strategy, Cycles exchange) {
    RunReport report;
    report.network = "net";
    report.strategy = strategy;
    report.array.clock.period = 4000;
    report.array.energy = {};
    report.array.energy.add = 1;
    report.array.energy.multiply = 3;
    report.layers.resize(1);
    report.layers[0].name = "fc";
    const auto phase = [&](Phase of) -> PhaseReport& {
        return report.layers[0].phases[static_cast<std::size_t>(of)];
    };
    phase(Phase::Forward).compute_cycles = 100;
    phase(Phase::Forward).counts.macs = 1;
    phase(Phase::Gradient).communication_cycles = exchange;
    phase(Phase::Gradient).exchange = {exchange - 20, 0, 20};
    return report;
}

std::vector<ComparisonRow> rows_of(const std::vector<RunReport>& reports) {
    std::vector<ComparisonRow> rows;
    for (const RunReport& report : reports) rows.push_back(comparison_row(0, "net", report));
    relate_to_baseline(rows);
    return rows;
}

TEST(ComparisonJson, SaysWhatEachRunsTimeAndEnergyAreMadeOf) {
    const json row = json::parse(comparison_json(rows_of({report_of("data", 300)}), 1))["rows"][0];
    EXPECT_EQ(row["cycles"], 400);  // 100 + 300
    EXPECT_EQ(row["clock_picoseconds"], 4000);
    // Phases and counts of nothing are left out; those that are there add up to the cycles: 100 + 280 + 20.
    EXPECT_EQ(row["layers"], json::parse(R"([{"name": "fc", "phases": {
        "forward": {"compute_cycles": 100}, "gradient": {"bandwidth_cycles": 280, "latency_cycles": 20}}}])"));
    const json components = row["energy_components"];
    EXPECT_DOUBLE_EQ(components["multiply_accumulate"], 4e-12);  // an addition of 1 pJ, a multiplication of 3 pJ
    double sum = 0;
    for (const json& joules : components) sum += joules.get<double>();
    EXPECT_DOUBLE_EQ(sum, row["energy_joules"]);
}

TEST(ComparisonJson, NamesTheRowThatEachOneIsRelatedTo) {
    const auto rows = rows_of({report_of("model", 700), report_of("data", 300), report_of("hypar", 100)});
    const json all = json::parse(comparison_json(rows, 3))["rows"];
    for (const json& row : all) EXPECT_EQ(row["baseline"], 1);
    EXPECT_DOUBLE_EQ(all[0]["speedup"], 400.0 / 800);
    EXPECT_DOUBLE_EQ(all[2]["speedup"], 400.0 / 200);
}

TEST(ComparisonCsv, QuotesTextsAndKeepsSpreadsheetsFromTakingThemForFormulas) {
    const std::string csv = comparison_csv(rows_of({report_of("=1+1", 300), report_of("a \"b\", c", 300)}));
    EXPECT_NE(csv.find(",'=1+1,"), std::string::npos) << csv;
    EXPECT_NE(csv.find(",\"a \"\"b\"\", c\","), std::string::npos) << csv;
}

TEST(CsvText, IsSafeWhateverItBeginsWith) {
    EXPECT_EQ(csv_text("plain text"), "plain text");
    EXPECT_EQ(csv_text(""), "");
    for (const char* text : {"=A1", "+1", "-1", "@A1"}) EXPECT_EQ(csv_text(text), std::string("'") + text);
    EXPECT_EQ(csv_text("=A1,B1"), "\"'=A1,B1\"");
    EXPECT_EQ(csv_text("two\nlines"), "\"two\nlines\"");
}

TEST(ComparisonCsv, HasNoneOfTheParts) {
    const std::string csv = comparison_csv(rows_of({report_of("data", 300)}));
    EXPECT_EQ(csv.find("fc"), std::string::npos);
    EXPECT_EQ(csv.find("baseline"), std::string::npos);
}

}  // namespace
}  // namespace hypar
