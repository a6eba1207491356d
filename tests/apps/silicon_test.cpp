// What docs/silicon.md claims: `hypar reproduce silicon`.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiment/silicon/measurements.h"
#include "report/silicon/compared.h"
#include "sim/run.h"
#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;

RunReport simulate(const MeasuredRow& row) {
    const Experiment& experiment = row.experiment;
    return run_step({experiment.network, experiment.array, experiment.make_plan(), experiment.strategy.title(),
                     experiment.step(), experiment.phases, experiment.capacity, false, experiment.schedule});
}

/// The median of |1 / measured - 1|: how far off a ratio of 1 is for every row.
double median_of_one(const json& rows, const std::string& ratio) {
    std::vector<double> differences;
    for (const json& row : rows) {
        const json& value = row["compared"][ratio];
        if (!value.is_null()) differences.push_back(std::abs(1 / value["measured"].get<double>() - 1));
    }
    std::sort(differences.begin(), differences.end());
    const std::size_t half = differences.size() / 2;  // of an even number
    return (differences[half - 1] + differences[half]) / 2;
}

TEST(ReproduceSilicon, ComesAsNearAsItsPageSays) {
    const TemporaryFolder folder;
    const Outcome outcome = run_program({"reproduce", "silicon", "--format", "json", "-o", "results"}, folder.path());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json sets = json::parse(outcome.output)["silicon"];
    struct Claim {
        const char* set;
        std::size_t error;
        std::size_t rows;
        double median;
        bool is_met;
    };
    // As printed: to a tenth of a per cent.
    const std::vector<Claim> claims{{"deepbench-v100", 0, 84, 0.221, false}, {"deepbench-v100", 1, 94, 0.218, false},
                                    {"eyeriss-alexnet", 0, 5, 0.069, false}, {"nccl-a100", 0, 3, 0.086, true},
                                    {"nccl-a100", 1, 3, 0.137, true},        {"tpu-v3-products", 0, 4, 0.056, true}};
    for (const Claim& claim : claims) {
        const json& error = sets[claim.set]["errors"][claim.error];
        EXPECT_EQ(error["judged"]["rows"], claim.rows) << claim.set;
        EXPECT_NEAR(error["judged"]["median"].get<double>(), claim.median, 0.0005) << claim.set;
        EXPECT_EQ(error["met"], claim.is_met) << claim.set;
    }
    EXPECT_NEAR(sets["triosim-h100"]["errors"][0]["judged"]["median"].get<double>(), 0.091, 0.0005);
    const json& convolutions = sets["deepbench-v100"]["rows"];
    EXPECT_NEAR(median_of_one(convolutions, "bwd/fwd"), 0.212, 0.0005);
    EXPECT_NEAR(median_of_one(convolutions, "grad/fwd"), 0.303, 0.0005);
    for (const char* file : {"silicon.txt", "silicon.csv", "silicon.json"}) {
        EXPECT_FALSE(read_file(folder.path() / "results" / file).empty()) << file;
    }
}

TEST(ReproduceSilicon, HasNoChoices) {
    const Outcome outcome = run_program({"reproduce", "silicon", "--choices", "overlap"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.errors, "hypar: --choices: silicon has no choices to turn\n");
}

/// The sum of the squares of ln(ours / measured) over the rows that parameters were fitted to, with `from` in the
/// file replaced by `to`.
double misfit(const std::string& name, const std::string& from, const std::string& to) {
    const std::filesystem::path path =
        std::filesystem::path(HYPAR_SOURCE_DIR) / "configs" / "reproduce" / "silicon" / (name + ".yaml");
    std::string text = read_file(path);
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
    const TemporaryFolder folder;
    const std::string copy = folder.write("copy.yaml", text).string();
    const Measurements measurements = measurements_of(read_yaml_file(copy, copy), {copy, copy});
    double sum = 0;
    for (const ComparedRow& row : compare(measurements, simulate).rows) {
        if (row.row->is_fitted) sum += std::pow(std::log(row.compared[0]->ours / row.compared[0]->measured), 2);
    }
    return sum;
}

TEST(ReproduceSiliconLong, WhatIsFittedIsTheLeastOfItsNeighbours) {
    const std::string efficiency = "efficiency: 0.69";
    const std::string latency = "link_latency: \"3.35 us\"";
    const double least = misfit("nccl-a100", efficiency, efficiency);
    EXPECT_GT(misfit("nccl-a100", efficiency, "efficiency: 0.68"), least);
    EXPECT_GT(misfit("nccl-a100", efficiency, "efficiency: 0.7"), least);
    EXPECT_GT(misfit("nccl-a100", latency, "link_latency: \"3.3 us\""), least);
    EXPECT_GT(misfit("nccl-a100", latency, "link_latency: \"3.4 us\""), least);
    const std::string clock = "clock: \"1281 MHz\"";
    const double least_clock = misfit("triosim-h100", clock, clock);
    EXPECT_GT(misfit("triosim-h100", clock, "clock: \"1244 MHz\""), least_clock);
    EXPECT_GT(misfit("triosim-h100", clock, "clock: \"1318 MHz\""), least_clock);
}

}  // namespace
}  // namespace hypar::test
