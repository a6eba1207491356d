#include "report/silicon/compared.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiment/loading.h"

namespace hypar {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Two layers of one convolution each; of `measured` microseconds those that are measured, none where 0.
Measurements measurements_with(const std::vector<double>& measured, ExpectedError::Kind kind, double bound) {
    Measurements measurements;
    measurements.name = "test";
    measurements.title = "a test";
    measurements.source = "none";
    measurements.keys = {"row"};
    measurements.columns = {{"fwd", MeasuredWork::Forward, MeasuredUnit::Microseconds},
                            {"sums", MeasuredWork::Collectives, MeasuredUnit::ClockCycles}};
    measurements.ratios = {{"ratio", 1, 0}};
    measurements.errors = {{"fwd", 0, {}, kind, bound}, {"ratio", 2, {}, ExpectedError::Kind::None, 0}};
    for (std::size_t index = 0; index < measured.size(); ++index) {
        MeasuredRow row{load_experiment("lenet-c"), "one", "", {std::to_string(index + 1)}, {}, false, ""};
        row.measured = {measured[index], 100.0};
        measurements.rows.push_back(row);
    }
    return measurements;
}

/// At 1 GHz: forward phases of 2,000 and 3,000 cycles, and collectives of 40 and 60.
RunReport five_microseconds() {
    RunReport report;
    report.array.clock.period = 1000;
    report.layers.resize(2);
    report.layers[0].name = "conv1";
    report.layers[0].phases[0].compute_cycles = 2000;
    report.layers[1].phases[0].compute_cycles = 3000;
    report.collectives.resize(2);
    report.collectives[0].cycles = 40;
    report.collectives[1].cycles = 60;
    return report;
}

ComparedMeasurements compared_with(const Measurements& measurements) {
    return compare(measurements, [](const MeasuredRow&) { return five_microseconds(); });
}

TEST(Silicon, ComparesTheSameWorkInTheSameUnit) {
    const Measurements measurements = measurements_with({4}, ExpectedError::Kind::None, 0);
    const ComparedMeasurements compared = compared_with(measurements);
    EXPECT_DOUBLE_EQ(compared.rows[0].compared[0]->ours, 5);
    EXPECT_DOUBLE_EQ(compared.rows[0].compared[0]->difference(), 0.25);
    EXPECT_DOUBLE_EQ(compared.rows[0].compared[1]->ours, 100);
    EXPECT_DOUBLE_EQ(compared.rows[0].compared[2]->measured, 25);
    EXPECT_DOUBLE_EQ(compared.rows[0].compared[2]->ours, 20);
}

TEST(Silicon, ComparesTheLayerThatARowNames) {
    Measurements measurements = measurements_with({4}, ExpectedError::Kind::None, 0);
    measurements.rows[0].layer = "conv1";
    EXPECT_DOUBLE_EQ(compared_with(measurements).rows[0].compared[0]->ours, 2);
}

TEST(Silicon, RunsEqualRowsOnce) {
    const Measurements measurements = measurements_with({4, 5, 6}, ExpectedError::Kind::None, 0);
    std::size_t runs = 0;
    compare(measurements, [&](const MeasuredRow&) {
        ++runs;
        return five_microseconds();
    });
    EXPECT_EQ(runs, 1U);
}

TEST(Silicon, JudgesByMedianAndWorstOfAbsoluteDifferences) {
    // 5 against 4, 10, 5, 8: +25 %, -50 %, 0, -37.5 %; in order 0, 25, 37.5, 50.
    Measurements measurements = measurements_with({4, 10, 5, 8}, ExpectedError::Kind::Each, 0.49);
    ComparedError error = compared_with(measurements).errors[0];
    EXPECT_EQ(error.judged.rows, 4U);
    EXPECT_DOUBLE_EQ(error.judged.median, 0.3125);
    EXPECT_DOUBLE_EQ(error.judged.worst, -0.5);
    EXPECT_EQ(error.is_met(), false);
    measurements.errors[0].kind = ExpectedError::Kind::Median;
    EXPECT_EQ(compared_with(measurements).errors[0].is_met(), true);
    measurements.errors[0].bound = 0.31;
    EXPECT_EQ(compared_with(measurements).errors[0].is_met(), false);
    EXPECT_EQ(compared_with(measurements).errors[1].is_met(), std::nullopt);
}

TEST(Silicon, JudgesNoRowThatParametersWereFittedTo) {
    Measurements measurements = measurements_with({4, 10, 5}, ExpectedError::Kind::Each, 0.3);
    measurements.rows[1].is_fitted = true;
    const ComparedError error = compared_with(measurements).errors[0];
    EXPECT_EQ(error.judged.rows, 2U);
    EXPECT_DOUBLE_EQ(error.judged.median, 0.125);
    EXPECT_EQ(error.is_met(), true);
    EXPECT_DOUBLE_EQ(error.fitted->worst, -0.5);
}

TEST(Silicon, SaysWhatIsMissingWhereARowIsTooFarOff) {
    Measurements measurements = measurements_with({4, 10}, ExpectedError::Kind::Each, 0.3);
    measurements.rows[0].miss = "nothing";
    measurements.rows[1].miss = "something";
    const std::string text = silicon_text({compared_with(measurements)});
    EXPECT_THAT(text, HasSubstr("missing  row 2: something"));
    EXPECT_THAT(text, testing::Not(HasSubstr("row 1: nothing")));
    EXPECT_THAT(text, HasSubstr("NOT MET  fwd: each row within 30 %; it is -50.0 % at most"));
    EXPECT_THAT(text, HasSubstr("silicon: 1 machines, 0 of 1 goals met"));
}

TEST(Silicon, HasTheSameNumbersInJsonAndCsv) {
    const Measurements measurements = measurements_with({4}, ExpectedError::Kind::Median, 0.3);
    const std::vector<ComparedMeasurements> all{compared_with(measurements)};
    const json report = json::parse(silicon_json(all))["silicon"]["test"];
    EXPECT_EQ(report["rows"][0]["compared"]["fwd"], json({{"measured", 4}, {"ours", 5}, {"difference", 0.25}}));
    EXPECT_EQ(report["errors"][0]["judged"]["median"], 0.25);
    EXPECT_EQ(report["errors"][0]["met"], true);
    EXPECT_THAT(silicon_csv(all), HasSubstr("\ntest,row=1,fwd,us,4,5,0.25,false\n"));
}

}  // namespace
}  // namespace hypar
