#include "report/comparison.h"

#include <algorithm>

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
    report.topology = Topology::make(report.array.interconnect, report.array.accelerators);
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
    phase(Phase::Gradient).exchange = {exchange - 20, 0, 0, 0, 0, 20};
    ProgramCollective reduce;
    reduce.bound = 500'000;
    report.collectives = {{reduce, exchange}};
    return report;
}

Comparison comparison_of(const std::vector<RunReport>& reports) {
    Comparison comparison;
    comparison.planned = reports.size();
    for (const RunReport& report : reports) comparison.rows.push_back(comparison_row(0, "net", report));
    relate_to_baseline(comparison);
    return comparison;
}

TEST(ComparisonJson, SaysWhatEachRunsTimeAndEnergyAreMadeOf) {
    const json row = json::parse(comparison_json(comparison_of({report_of("data", 300)})))["rows"][0];
    EXPECT_EQ(row["cycles"], 400);  // 100 + 300
    EXPECT_EQ(row["clock_picoseconds"], 4000);
    // Phases and counts of nothing are left out; those that are there add up to the cycles: 100 + 280 + 20.
    EXPECT_EQ(row["layers"], json::parse(R"([{"name": "fc", "phases": {
        "forward": {"compute_cycles": 100}, "gradient": {"bandwidth_cycles": 280, "latency_cycles": 20}}}])"));
    const json& components = row["energy_components"];
    EXPECT_DOUBLE_EQ(components["multiply_accumulate"], 4e-12);  // an addition of 1 pJ, a multiplication of 3 pJ
    double sum = 0;
    for (const json& joules : components) sum += joules.get<double>();
    EXPECT_DOUBLE_EQ(sum, row["energy_joules"]);
}

/// 16 accelerators of 2 units with 3 x 5 elements on a clock of 4 ns, on an H-tree with leaf links of 1.6 Gb/s.
RunReport measured(Cycles compute, std::uint64_t macs, std::uint64_t traffic_bytes) {
    RunReport report = report_of("data", 20);
    report.array.accelerators = 16;
    report.array.processing_units = 2;
    report.array.pe_array.rows = 3;
    report.array.pe_array.columns = 5;
    report.array.interconnect.bits_per_second = 25'600'000'000;
    report.topology = Topology::make(report.array.interconnect, report.array.accelerators);
    PhaseReport& forward = report.layers[0].phases[static_cast<std::size_t>(Phase::Forward)];
    forward.compute_cycles = compute;
    forward.counts.macs = macs;
    report.traffic_bytes = traffic_bytes;
    return report;
}

TEST(Comparison, HasAClosedFormBesideTheStepWhereThatIsAskedFor) {
    Comparison comparison = comparison_of({measured(980, 384'000, 3'200'000)});
    // 480 elements make 384,000 multiply-accumulates in 800 cycles, at 80 % in 1,000 of 4 ns; 200,000 bytes of each
    // accelerator take 1 ms on a link of 1.6 Gb/s. The step: 980 and 20 cycles.
    EXPECT_DOUBLE_EQ(comparison.rows[0].estimate.compute_seconds, 4e-6);
    EXPECT_DOUBLE_EQ(comparison.rows[0].estimate.communication_seconds, 1e-3);
    EXPECT_DOUBLE_EQ(comparison.rows[0].estimate_over_step(), (4e-6 + 1e-3) / 4e-6);
    EXPECT_EQ(json::parse(comparison_json(comparison))["rows"][0].count("estimate"), 0U);
    EXPECT_EQ(comparison_text(comparison).find("est./step"), std::string::npos);
    comparison.has_estimates = true;
    const json report = json::parse(comparison_json(comparison));
    EXPECT_EQ(report["estimated_utilisation"], 0.8);
    EXPECT_DOUBLE_EQ(report["rows"][0]["estimate"]["seconds"], 1.004e-3);
    EXPECT_DOUBLE_EQ(report["rows"][0]["estimate"]["over_step"], 251);
    EXPECT_NE(comparison_text(comparison).find("251.000"), std::string::npos) << comparison_text(comparison);
    const std::string csv = comparison_csv(comparison);
    EXPECT_NE(csv.find(",estimated_seconds,estimate_over_step\n"), std::string::npos);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), ',') % 2, 0);  // as many in the header as in the row
}

TEST(Comparison, EstimatesNoExchangeWhereNothingMoves) {
    EXPECT_DOUBLE_EQ(comparison_row(0, "net", measured(1000, 384'000, 0)).estimate.seconds(), 4e-6);
}

TEST(Comparison, HasTheBoundOfCommunicationBesideIt) {
    const auto comparison = comparison_of({report_of("data", 300)});
    const json row = json::parse(comparison_json(comparison))["rows"][0];
    EXPECT_DOUBLE_EQ(row["communication_seconds"], 1.2e-6);  // 300 cycles of 4 ns
    EXPECT_DOUBLE_EQ(row["communication_bound_seconds"], 5e-7);
    const std::string csv = comparison_csv(comparison);
    EXPECT_NE(
        csv.find("compute_seconds,communication_seconds,communication_bound_seconds,idle_seconds,bound_seconds,"),
        std::string::npos);
    EXPECT_NE(csv.find(",4e-07,1.2e-06,5e-07,0,9e-07,0,"), std::string::npos) << csv;
    const auto commas_in = [&](std::size_t begin, std::size_t end) {
        return std::count(csv.begin() + static_cast<std::ptrdiff_t>(begin),
                          csv.begin() + static_cast<std::ptrdiff_t>(end), ',');
    };
    EXPECT_EQ(commas_in(0, csv.find('\n')), commas_in(csv.find('\n'), csv.size()));
    TextStyle wide;
    wide.columns = 120;
    EXPECT_NE(comparison_text(comparison, wide).find("exchange   bound"), std::string::npos)
        << comparison_text(comparison, wide);
    EXPECT_EQ(comparison_text(comparison).find("bound"), std::string::npos);
}

TEST(Comparison, HasTheEnergyDelayProductOfEachRun) {
    const auto comparison = comparison_of({report_of("data", 300)});
    const json row = json::parse(comparison_json(comparison))["rows"][0];
    EXPECT_DOUBLE_EQ(row["energy_delay_product"], 4e-12 * 1.6e-6);  // 4 pJ, 400 cycles of 4 ns
    EXPECT_NE(comparison_csv(comparison).find(",energy_joules,energy_delay_product,speedup,"), std::string::npos);
    TextStyle wide;
    wide.columns = 120;
    EXPECT_NE(comparison_text(comparison, wide).find(" EDP "), std::string::npos)
        << comparison_text(comparison, wide);
    EXPECT_EQ(comparison_text(comparison).find("EDP"), std::string::npos);
}

TEST(ComparisonJson, NamesTheRowThatEachOneIsRelatedTo) {
    const auto comparison = comparison_of({report_of("model", 700), report_of("data", 300), report_of("hypar", 100)});
    const json all = json::parse(comparison_json(comparison))["rows"];
    for (const json& row : all) EXPECT_EQ(row["baseline"], 1);
    EXPECT_DOUBLE_EQ(all[0]["speedup"], 400.0 / 800);
    EXPECT_DOUBLE_EQ(all[2]["speedup"], 400.0 / 200);
}

TEST(Comparison, IsWithTheStrategyThatIsTheBaseline) {
    auto comparison = comparison_of({report_of("model", 700), report_of("data", 300), report_of("hypar", 100)});
    comparison.strategy = "hypar";
    relate_to_baseline(comparison);
    const json all = json::parse(comparison_json(comparison))["rows"];
    for (const json& row : all) EXPECT_EQ(row["baseline"], 2);
    EXPECT_NE(comparison_text(comparison).find("experiment's first row with hypar, without one its"),
              std::string::npos)
        << comparison_text(comparison);
}

TEST(Comparison, TellsWhichRunsWereRefusedAndWhy) {
    auto comparison = comparison_of({report_of("data", 300)});
    comparison.planned = 2;
    comparison.refused.push_back({"e", "net", "htree", "model", "e.yaml:1:1: it does not fit"});
    const json all = json::parse(comparison_json(comparison));
    EXPECT_EQ(all.count("partial"), 0U);
    EXPECT_EQ(all["refused"], json::parse(R"([{"experiment": "e", "network": "net", "topology": "htree",
        "strategy": "model", "problem": "e.yaml:1:1: it does not fit"}])"));
    EXPECT_NE(comparison_text(comparison).find("  refused: net, htree, model: e.yaml:1:1: it does not fit\n"),
              std::string::npos);
    comparison.planned = 3;
    EXPECT_EQ(json::parse(comparison_json(comparison))["partial"], json::parse(R"({"runs_done": 2, "runs": 3})"));
}

/// On a topology of 16 accelerators with a total of 25.6 Gb/s.
RunReport report_on(TopologyKind kind, BandwidthScope scope = BandwidthScope::Level) {
    RunReport report = report_of("data", 300);
    report.array.accelerators = 16;
    report.array.interconnect.topology.kind = kind;
    report.array.interconnect.bits_per_second = 25'600'000'000;
    report.array.interconnect.total_scope = scope;
    report.topology = Topology::make(report.array.interconnect, 16);
    return report;
}

TEST(ComparisonJson, SaysHowMuchWireEachTopologyHas) {
    const auto comparison = comparison_of({report_on(TopologyKind::HTree), report_on(TopologyKind::Torus)});
    const json all = json::parse(comparison_json(comparison));
    // Four levels of 25.6 Gb/s: links of 1.6, 3.2, 6.4 and 12.8, one of them into each accelerator.
    EXPECT_EQ(all["rows"][0]["wire_bits_per_second"], 102'400'000'000);
    EXPECT_EQ(all["rows"][0]["slowest_link_bits_per_second"], 1'600'000'000);
    EXPECT_EQ(all["rows"][0]["fastest_link_bits_per_second"], 12'800'000'000);
    EXPECT_EQ(all["rows"][0]["least_accelerator_bits_per_second"], 1'600'000'000);
    // 32 wires of 0.8 Gb/s, four of them into each.
    EXPECT_EQ(all["rows"][1]["wire_bits_per_second"], 25'600'000'000);
    EXPECT_EQ(all["rows"][1]["fastest_link_bits_per_second"], 800'000'000);
    EXPECT_EQ(all["rows"][1]["most_accelerator_bits_per_second"], 3'200'000'000);
    EXPECT_EQ(
        all["held_equal"],
        "total_bandwidth, over all wires, in a tree over those of each level; htree has 4 times the wire of torus");
    EXPECT_NE(comparison_csv(comparison).find(",102400000000,1600000000,12800000000,1600000000,1600000000\n"),
              std::string::npos);
}

TEST(ComparisonText, SaysWhatIsHeldEqualOfSeveralTopologies) {
    const auto text = [](const std::vector<RunReport>& reports) { return comparison_text(comparison_of(reports)); };
    const std::string by_level = text({report_on(TopologyKind::HTree), report_on(TopologyKind::Torus)});
    EXPECT_NE(by_level.find("  topology  accel.  total wire                  a link  into an accelerator\n"),
              std::string::npos)
        << by_level;
    EXPECT_NE(by_level.find("  htree         16    102 Gb/s  1.60 Gb/s to 12.8 Gb/s            1.60 Gb/s\n"),
              std::string::npos)
        << by_level;
    EXPECT_NE(by_level.find("held equal: total_bandwidth, over all wires, in a tree"), std::string::npos);
    const std::string of_all = text(
        {report_on(TopologyKind::HTree, BandwidthScope::All), report_on(TopologyKind::Torus, BandwidthScope::All)});
    EXPECT_NE(of_all.find("held equal: total_bandwidth, over all wires; all have the same wire"), std::string::npos)
        << of_all;
    // 120 wires of 213,333,333 b/s, and 24 of 1,066,666,667: a few bits a second less and more.
    const std::string rounded = text({report_on(TopologyKind::FullyConnected), report_on(TopologyKind::Mesh)});
    EXPECT_NE(rounded.find("all have the same wire"), std::string::npos) << rounded;
    EXPECT_EQ(text({report_on(TopologyKind::Torus), report_on(TopologyKind::Torus)}).find("held equal"),
              std::string::npos);
    RunReport each = report_on(TopologyKind::Ring);
    each.array.interconnect.is_per_link = true;
    const std::string mixed = text({report_on(TopologyKind::Torus), each});
    EXPECT_NE(mixed.find("held equal: nothing: some have link_bandwidth, of each link, in a tree"), std::string::npos)
        << mixed;
    RunReport own = report_on(TopologyKind::Mesh);
    own.array.interconnect.topology.edges = {{"acc0", "acc1", true, 1'000'000}};
    EXPECT_NE(text({report_on(TopologyKind::Torus), own}).find("but for links of a graph that have a bandwidth"),
              std::string::npos);
    each.array.interconnect.bits_per_second = 1;
    EXPECT_NE(text({report_on(TopologyKind::Torus), each}).find("held equal: nothing: the bandwidths that are given"),
              std::string::npos);
}

TEST(ComparisonCsv, QuotesTextsAndKeepsSpreadsheetsFromTakingThemForFormulas) {
    const std::string csv = comparison_csv(comparison_of({report_of("=1+1", 300), report_of("a \"b\", c", 300)}));
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
    const std::string csv = comparison_csv(comparison_of({report_of("data", 300)}));
    EXPECT_EQ(csv.find("fc"), std::string::npos);
    EXPECT_EQ(csv.find("baseline"), std::string::npos);
}

}  // namespace
}  // namespace hypar
