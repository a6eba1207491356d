#include "sweep/results/results_store.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "sweep/results/folder_lock.h"
#include "sweep/results/query.h"
#include "sweep/results/results_csv.h"
#include "sweep/results/sensitivity.h"
#include "sweep/results/sweep_json.h"
#include "tests/sweep/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSweep =
    "base: lenet-c\n"
    "vary: {strategy: [data, hypar], batch: [64, 256]}\n";

/// A result whose integers are `integer`, reals `real`.
PointResult result_with(std::uint64_t integer, double real) {
    PointResult result;
    for (const ResultColumn& column : point_columns()) {
        switch (column.type) {
            case ResultColumn::Type::Integer: result.column_values.emplace_back(integer); break;
            case ResultColumn::Type::Real: result.column_values.emplace_back(real); break;
            case ResultColumn::Type::Text: result.column_values.emplace_back("0011/\"<script>\",'"); break;
        }
    }
    PhaseRow phase{0, "conv1", "forward", {}};
    for (const ResultColumn& column : phase_columns()) {
        if (column.type == ResultColumn::Type::Real) phase.column_values.emplace_back(real);
        if (column.type == ResultColumn::Type::Integer) phase.column_values.emplace_back(integer);
    }
    result.phases.push_back(phase);
    return result;
}

void set(PointResult& result, const std::string& column, const ColumnValue& value) {
    for (std::size_t index = 0; index < point_columns().size(); ++index) {
        if (point_columns()[index].name == column) result.column_values[index] = value;
    }
}

std::string csv_of(const ResultsStore& store) {
    std::string text;
    results_csv(store, [&](const std::string& more) { text += more; });
    return text;
}

TEST(ResultsStore, RunsEqualPointsOnce) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep(
        "base: lenet-c\n"
        "vary:\n"
        "  strategy: [data, hypar]\n"
        "  batch, accelerators, array.accelerators: [[64, 16, 8], [256, 16, 8], [64, 8, 8]]\n");  // the last is set
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    store.enrol(sweep);
    EXPECT_THAT(store.to_run(), ElementsAre(0U, 1U, 3U, 4U));  // 2 is 0 again, 5 is 3
    store.keep(sweep, {{0, result_with(7, 0.5)}, {4, PointResult::failed(PointStatus::Refused, "no")}});
    EXPECT_THAT(store.to_run(), ElementsAre(1U, 3U));
    EXPECT_EQ(store.tally(), (std::map<std::string, std::size_t>{{"done", 2}, {"refused", 1}, {kMissing, 3}}));
}

TEST(ResultsStore, KeepsWhatItHasForAnotherSweep) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep(kSweep);
    {
        ResultsStore store = ResultsStore::open_or_make(folder.path());
        store.enrol(sweep);
        store.keep(sweep, {{0, result_with(7, 0.1)}, {1, PointResult::failed(PointStatus::Crashed, "signal 9")}});
    }
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    const Sweep wider = folder.sweep("base: lenet-c\nvary: {batch: [256, 64, 128], strategy: [data]}\n");
    EXPECT_THAT(unknown_points(wider, store.lasting()), ElementsAre(0U, 2U));  // the crashed one is tried again
    EXPECT_THAT(store.keys(), ElementsAre("strategy", "batch"));               // asking changes nothing
    store.enrol(wider);
    EXPECT_THAT(store.keys(), ElementsAre("batch", "strategy"));
    EXPECT_THAT(csv_of(store), HasSubstr("\n64,data,done,7,0.1,"));
    EXPECT_THAT(csv_of(store), HasSubstr("\n256,data,crashed,,"));
    EXPECT_THAT(csv_of(store), HasSubstr("\n128,data,missing,,"));
}

TEST(ResultsStore, CsvQuotesTexts) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep("base: lenet-c\nvary: {batch: [64, 256]}\n");
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    store.enrol(sweep);
    store.keep(sweep, {{0, result_with(1, 2)}, {1, PointResult::failed(PointStatus::Failed, "a \"b\"\nc, d")}});
    const std::string csv = csv_of(store);
    EXPECT_THAT(csv, HasSubstr(",\"0011/\"\"<script>\"\",'\",\n"));
    EXPECT_THAT(csv, HasSubstr(",\"a \"\"b\"\"\nc, d\"\n"));
    EXPECT_EQ(csv.substr(0, 63), "batch,status,cycles,seconds,compute_seconds,communication_secon");
}

TEST(SweepJson, HasTheFirstPointsAndTheirReasons) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep("base: lenet-c\nvary: {batch: [64, 256, 128]}\n");
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    store.enrol(sweep);
    store.keep(sweep, {{0, result_with(7, 0.5)}, {1, PointResult::failed(PointStatus::Failed, "\xff <b>")}});
    const nlohmann::json json = nlohmann::json::parse(sweep_json(store, 2));
    EXPECT_EQ(json["sweep"], sweep.name());
    EXPECT_EQ(json["tally"], (nlohmann::json{{"done", 1}, {"failed", 1}, {"missing", 1}}));
    EXPECT_EQ(json["keys"], nlohmann::json::parse(R"([{"name": "batch", "values": ["64", "256"]}])"));
    ASSERT_EQ(json["results"].size(), 2U);
    EXPECT_EQ(json["figures"][0]["name"], "seconds");
    EXPECT_EQ(json["results"][0][1], 0.5);
    EXPECT_EQ(json["results"][1], nlohmann::json::parse(R"([1, "failed", 0])"));
    EXPECT_EQ(json["errors"][0], "\xef\xbf\xbd <b>");  // U+FFFD for what is no UTF-8
    EXPECT_TRUE(json["around"].is_null());             // one key alone is no sweep around a point
}

TEST(SweepJson, RanksTheNumbersOfASweepAroundAPoint) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep(
        "base: lenet-c\nvary: {batch: [64, 128], accelerators: [4, 8]}\n"
        "where: batch == 64 or accelerators == 4\n");
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    store.enrol(sweep);
    PointResult base = result_with(1, 1);
    set(base, "energy_joules", 1.0);
    PointResult halved = result_with(1, 0.5);
    set(halved, "energy_joules", 2.0);
    store.keep(sweep, {{0, base}, {1, halved}, {2, base}});  // (64, 4), (64, 8), (128, 4)
    const nlohmann::json around = nlohmann::json::parse(sweep_json(store))["around"];
    ASSERT_EQ(around.size(), 2U);
    EXPECT_EQ(around[0]["key"], "accelerators");
    EXPECT_EQ(around[0]["changes"][0]["seconds"], -1.0);  // ln(1/2) / ln 2
    EXPECT_EQ(around[0]["changes"][0]["joules"], 1.0);
    EXPECT_EQ(around[1]["changes"][0]["seconds"], 0.0);
}

TEST(ResultsStore, SaysThatThereAreNoResults) {
    const SweepFolder folder;
    EXPECT_THROW(ResultsStore::open(folder.path()), ConfigError);
    std::ofstream(folder.path() / kResultsFile) << "this is no database, but it is long enough to look at";
    EXPECT_THROW(ResultsStore::open(folder.path()), ConfigError);
}

/// What is wrong with results in which `statement` has changed something.
std::string problem_after(const std::string& statement) {
    const SweepFolder folder;
    const Sweep sweep = folder.sweep("base: lenet-c\nvary: {batch: [64, 256]}\n");
    {
        ResultsStore store = ResultsStore::open_or_make(folder.path());
        store.enrol(sweep);
        store.keep(sweep, {{0, result_with(7, 0.5)}, {1, result_with(8, 1.5)}});
    }
    Database(folder.path() / kResultsFile, false, {}).execute(statement);
    try {
        ResultsStore::open(folder.path()).for_each([](const StoredPoint&) {});
    } catch (const ConfigError& error) {
        return error.problem();
    }
    return "";
}

TEST(ResultsStore, RefusesWhatItCannotHaveWritten) {
    EXPECT_EQ(problem_after("UPDATE points SET error = ''"), "");
    const std::string what = "holds no results of a sweep: ";
    EXPECT_EQ(problem_after("UPDATE sweep_points SET key_values = '[]'"),
              what + "point 0 has no value for each of 1 keys");
    EXPECT_EQ(problem_after("UPDATE sweep_points SET key_values = '}'"),
              what + "point 0 has no value for each of 1 keys");
    EXPECT_EQ(problem_after("DELETE FROM sweep_keys"), what + "point 0 has no value for each of 0 keys");
    EXPECT_EQ(problem_after("UPDATE points SET seconds = NULL"), what + "point 0 is done and has no seconds");
}

TEST(ResultsStore, IsReadAsItWasWhenItWasOpened) {
    const SweepFolder folder;
    const Sweep first = folder.sweep("base: lenet-c\nvary: {batch: [64, 256]}\n");
    const Sweep second = folder.sweep("base: lenet-c\nvary: {accelerators: [4, 8, 16], batch: [64]}\n");
    ResultsStore::open_or_make(folder.path()).enrol(first);
    std::size_t asked = 0;
    ResultsStore writer =
        ResultsStore::open_or_make(folder.path(), [&](std::chrono::milliseconds) { return ++asked < 3; });
    {
        const ResultsStore reader = ResultsStore::open(folder.path());
        EXPECT_THROW(writer.enrol(second), RunError);
        EXPECT_EQ(asked, 3U);
        EXPECT_THAT(reader.keys(), ElementsAre("batch"));
    }
    writer.enrol(second);
    EXPECT_THAT(ResultsStore::open(folder.path()).keys(), ElementsAre("accelerators", "batch"));
}

TEST(FolderLock, IsHeldByOneAtATimeAndGoesWithItsHolder) {
    const SweepFolder folder;
    { const FolderLock lock(folder.path()); }
    EXPECT_NO_THROW(FolderLock(folder.path()));
}

/// Points with seconds and joules: (1, 9), (2, 4), (2, 4), (3, 5), (9, 1), failed.
class SweepQuery : public testing::Test {
protected:
    SweepQuery()
        : sweep_(folder_.sweep("base: lenet-c\nvary: {batch: {from: 1, to: 6, step: 1}}\n")),
          store_(ResultsStore::open_or_make(folder_.path())) {
        store_.enrol(sweep_);
        const std::vector<std::pair<double, double>> figures = {{1, 9}, {2, 4}, {2, 4}, {3, 5}, {9, 1}};
        for (std::size_t point = 0; point < figures.size(); ++point) {
            PointResult result = result_with(0, 0);
            set(result, "seconds", figures[point].first);
            set(result, "energy_joules", figures[point].second);
            store_.keep(sweep_, {{point, result}});
        }
        store_.keep(sweep_, {{5, PointResult::failed(PointStatus::Refused, "no")}});
    }

    /// The batches of the rows.
    std::vector<std::string> batches(Query query) const {
        query.columns = {{"batch", ""}};
        std::vector<std::string> batches;
        for (const auto& row : run_query(store_, query).rows) batches.push_back(row.front()->text);
        return batches;
    }

    SweepFolder folder_;
    Sweep sweep_;
    ResultsStore store_;
};

TEST_F(SweepQuery, FiltersSortsAndCutsOff) {
    Query query;
    EXPECT_THAT(batches(query), ElementsAre("1", "2", "3", "4", "5", "6"));
    query.sort = QueryOrder{{"energy_joules", "--sort"}, false};
    EXPECT_THAT(batches(query), ElementsAre("5", "2", "3", "4", "1", "6"));  // without a figure comes last
    query.sort->is_descending = true;
    query.top = 2;
    EXPECT_THAT(batches(query), ElementsAre("1", "4"));
    query.top.reset();
    query.where = {{"seconds < 3 and network == lenet-c", "--where"}};
    EXPECT_THAT(batches(query), ElementsAre("1", "2", "3"));
    query.where = {{"status == refused", "--where"}};
    EXPECT_THAT(batches(query), ElementsAre("6"));
}

TEST_F(SweepQuery, FrontHasWhatNoOtherDominates) {
    Query query;
    query.front = {{{"seconds", ""}, false}, {{"energy_joules", ""}, false}};
    EXPECT_THAT(batches(query), ElementsAre("1", "2", "3", "5"));            // (3, 5) is worse than (2, 4) in both
    query.front = {{{"seconds", ""}, true}, {{"energy_joules", ""}, true}};  // the most of both
    EXPECT_THAT(batches(query), ElementsAre("5", "4", "1"));
}

TEST_F(SweepQuery, CalculatesFigures) {
    Query query;
    query.sort = QueryOrder{{"seconds * energy_joules", "--best"}, false};
    EXPECT_THAT(batches(query), ElementsAre("2", "3", "1", "5", "4", "6"));  // 8, 8, 9, 9, 15, none
    query.columns = {{"batch", ""}, {"energy_joules / seconds", ""}, {"1 / (batch - 2)", ""}};
    EXPECT_THAT(query_csv(run_query(store_, query)),
                testing::StartsWith("batch,energy_joules / seconds,1 / (batch - 2)\n2,2,\n3,2,1\n1,9,-1\n"));
    query.front = {{{"seconds", ""}, false}, {{"0 - energy_joules", ""}, false}};
    EXPECT_THAT(batches(query), ElementsAre("1"));  // the least seconds and the most joules
}

TEST_F(SweepQuery, RefusesUnknownColumns) {
    Query query;
    query.sort = QueryOrder{{"secnds", "--sort secnds"}, false};
    EXPECT_THROW(batches(query), ConfigError);
    for (const auto& [text, message] :
         {std::pair{"secnds", "--sort it: unknown key \"secnds\"; known: point"},
          {"seconds *", "--sort it: expected a key or a value, not the end"},
          {"seconds < 1", "--sort it: expected an operator of arithmetic or the end, not \"<\""},
          {"seconds seconds", "--sort it: expected an operator of arithmetic or the end, not \"seconds\""}}) {
        query.sort = QueryOrder{{text, "--sort it"}, false};
        try {
            batches(query);
            ADD_FAILURE() << text;
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.what(), testing::StartsWith(message));
        }
    }
    query.sort.reset();
    query.where = {{"secnds < 1", "--where secnds < 1"}};
    EXPECT_THROW(batches(query), ConfigError);
}

TEST_F(SweepQuery, RendersInThreeForms) {
    Query query;
    query.sort = QueryOrder{{"seconds", "--sort"}, false};
    query.top = 1;
    query.columns = {{"batch", ""}, {"seconds", ""}, {"array.clock", ""}, {"error", ""}};
    const QueryTable table = run_query(store_, query);
    EXPECT_EQ(query_csv(table), "batch,seconds,array.clock,error\n1,1,250 MHz,\n");
    EXPECT_EQ(query_json(table),
              "[\n  {\n    \"batch\": 1,\n    \"seconds\": 1,\n    \"array.clock\": \"250 MHz\",\n    \"error\": "
              "\"\"\n  }\n]\n");
    EXPECT_THAT(query_text(table), HasSubstr("  1       1.00 s  250 MHz\n"));
}

TEST(Sensitivity, RanksByElasticity) {
    const SweepFolder folder;
    const Sweep sweep = sweep_around("lenet-c");
    ResultsStore store = ResultsStore::open_or_make(folder.path());
    store.enrol(sweep);
    std::vector<FinishedPoint> finished;
    for (std::size_t point = 0; point < sweep.size(); ++point) {
        PointResult result = result_with(0, 8);
        for (std::size_t key = 0; key < sweep.keys().size(); ++key) {
            const std::string setting = sweep.keys()[key] + "=" + sweep.values(point)[key];
            if (setting == "array.memory.vaults=16") set(result, "seconds", 16.0);  // half of 32: elasticity -1
            if (setting == "array.dma.outstanding_requests=32") set(result, "energy_joules", 32.0);  // twice: 2
        }
        finished.push_back({point, result});
    }
    store.keep(sweep, finished);
    const std::vector<Sensitivity> ranked = sensitivities(store);
    EXPECT_EQ(ranked[0].key, "array.memory.vaults");
    EXPECT_DOUBLE_EQ(ranked[0].seconds_elasticity(), -1);
    EXPECT_EQ(ranked[1].key, "array.dma.outstanding_requests");
    EXPECT_DOUBLE_EQ(ranked[1].joules_elasticity(), 2);
    EXPECT_DOUBLE_EQ(ranked[2].joules_elasticity(), 0);
    EXPECT_THAT(sensitivity_text(ranked), HasSubstr("memory.vaults"));
}

}  // namespace
}  // namespace hypar
