#include "sweep/engine/local_engine.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <new>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <nlohmann/json.hpp>

#include "report/run_render.h"
#include "sim/run.h"
#include "sweep/engine/point_queue.h"
#include "sweep/engine/shared_news.h"
#include "tests/sweep/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

using Results = std::map<std::size_t, PointResult>;

std::vector<std::size_t> numbers(std::size_t count) {
    std::vector<std::size_t> points(count);
    std::iota(points.begin(), points.end(), std::size_t{0});
    return points;
}

Results run(const RunPoint& run_point, std::size_t points, LocalOptions options) {
    Results results;
    LocalEngine(run_point, options).run(numbers(points), [&](const std::vector<FinishedPoint>& finished) {
        for (const FinishedPoint& point : finished) {
            EXPECT_TRUE(results.emplace(point.point, point.result).second) << "twice: " << point.point;
        }
        return true;
    });
    return results;
}

PointResult squared(std::size_t point) {
    PointResult result;
    result.column_values = {static_cast<std::uint64_t>(point * point)};
    return result;
}

TEST(LocalEngine, RunsEveryPointOnceWhateverTheNumberOfWorkers) {
    for (const std::size_t jobs : std::vector<std::size_t>{1, 2, 5, 100}) {
        const Results results = run([](std::size_t point, Remembered&) { return squared(point); }, 40, {jobs});
        ASSERT_EQ(results.size(), 40U) << jobs;
        for (const auto& [point, result] : results)
            EXPECT_EQ(std::get<0>(result.column_values.front()), point * point);
    }
}

TEST(LocalEngine, CrashHarmsNoOtherPoint) {
    const Results results = run(
        [](std::size_t point, Remembered&) {
            if (point == 3) {
                std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would end it with an exit status
                std::raise(SIGSEGV);
            }
            if (point == 5) ::_exit(7);
            return squared(point);
        },
        8, {2});
    ASSERT_EQ(results.size(), 8U);
    for (const auto& [point, result] : results) {
        EXPECT_EQ(result.status, point == 3 || point == 5 ? PointStatus::Crashed : PointStatus::Done);
    }
    EXPECT_THAT(results.at(3).error, HasSubstr("signal 11"));
    EXPECT_THAT(results.at(5).error, HasSubstr("exit status 7"));
}

TEST(LocalEngine, TriesAPointAgainThatCrashedOnce) {
    const SweepFolder folder;
    const std::string trace = (folder.path() / "trace").string();
    const Results results = run(
        [&](std::size_t point, Remembered&) {
            if (point == 2 && !std::filesystem::exists(trace)) {
                std::ofstream(trace) << "here";
                ::raise(SIGKILL);
            }
            return squared(point);
        },
        4, {2});
    EXPECT_EQ(results.at(2).status, PointStatus::Done);
}

TEST(LocalEngine, EndsAPointThatTakesTooLong) {
    const Results results = run(
        [](std::size_t point, Remembered&) {
            while (point == 1) ::pause();
            return squared(point);
        },
        3, {1, 1});
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results.at(1).status, PointStatus::TimeLimit);
    EXPECT_EQ(results.at(1).error, "took longer than 1 s");
    EXPECT_EQ(results.at(2).status, PointStatus::Done);
}

TEST(LocalEngine, PointThatNeedsTooMuchMemoryIsAResult) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "with an address sanitizer memory has no limit";
#endif
    const Results results = run(
        [](std::size_t point, Remembered&) {
            if (point != 1) return squared(point);
            try {
                const std::vector<char> large(std::size_t{2} << 30U);  // twice the limit
                return squared(large.size());
            } catch (const std::bad_alloc&) {
                return PointResult::failed(PointStatus::OutOfMemory, "too much");
            }
        },
        3, {1, 60, std::uint64_t{1} << 30U});
    EXPECT_EQ(results.at(1).status, PointStatus::OutOfMemory);
    EXPECT_EQ(results.at(2).status, PointStatus::Done);
}

TEST(LocalEngine, StopsWhenNoMoreIsWanted) {
    std::size_t heard = 0;
    LocalEngine([](std::size_t point, Remembered&) { return squared(point); }, {2})
        .run(numbers(1000), [&](const std::vector<FinishedPoint>& finished) {
            heard += finished.size();
            return heard < 10;
        });
    EXPECT_GE(heard, 10U);
    EXPECT_LT(heard, 1000U);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // nobody is left
}

/// All that a report tells of what was simulated.
nlohmann::json json_but_simulation(const RunReport& report) {
    nlohmann::json json = nlohmann::json::parse(run_json(report));
    json.erase("simulation");
    return json;
}

TEST(LocalEngine, WorkersTellEachOtherWhatTheyFound) {
    // Whoever runs the same experiment again simulates nothing, if told.
    const SweepFolder folder;
    const Sweep sweep = folder.sweep("base: lenet-c\nvary: {batch: [256]}\n");
    const Experiment experiment = sweep.experiment(0);
    const Plan plan = experiment.make_plan();
    Remembered first;
    ReplayOptions options;
    options.remembered = &first;
    const RunInput input{experiment.network, experiment.array,   plan, experiment.strategy.title(), experiment.step(),
                         experiment.phases,  experiment.capacity};
    const RunReport alone = run_step(input, options);
    EXPECT_GT(alone.simulation.use.simulated_pieces, 0U);

    Remembered second;
    second.learn(first.take_news());
    EXPECT_TRUE(first.take_news().empty());
    EXPECT_TRUE(second.take_news().empty());
    options.remembered = &second;
    const RunReport told = run_step(input, options);
    EXPECT_EQ(told.simulation.use.simulated_pieces, 0U);
    EXPECT_EQ(point_column_values(told), point_column_values(alone));
    EXPECT_EQ(json_but_simulation(told), json_but_simulation(alone));
    EXPECT_TRUE(second.take_news().empty());  // no mapping was searched either
}

TEST(PointQueue, GivesNeighboursAndSharesWhatIsLeft) {
    PointQueue queue({10, 11, 12, 13, 14, 15, 16, 17}, 2);
    EXPECT_EQ(queue.next(0), 10U);
    EXPECT_EQ(queue.next(1), 14U);
    EXPECT_EQ(queue.next(0), 11U);
    EXPECT_EQ(queue.next(0), 12U);
    EXPECT_EQ(queue.next(0), 13U);
    EXPECT_EQ(queue.next(0), 16U);  // of 15, 16, 17 the second half
    queue.give_back(14);
    EXPECT_EQ(queue.next(0), 14U);
    EXPECT_EQ(queue.next(1), 15U);
    EXPECT_EQ(queue.next(1), 17U);
    EXPECT_EQ(queue.next(0), std::nullopt);
    EXPECT_EQ(queue.next(1), std::nullopt);
}

TEST(SharedNews, TellsOthersAndForgetsTheOldest) {
    SharedNews news(5);
    news.add(1, {11, 12});
    news.add(2, {21, 22});
    std::uint64_t heard = 0;
    EXPECT_EQ(news.behind(heard, 1).size(), 1U);
    EXPECT_EQ(news.behind(heard, 1).size(), 0U);
    news.add(2, {23, 24});  // the first two words are forgotten
    EXPECT_EQ(*news.behind(heard, 1).at(0), (Words{23, 24}));
    std::uint64_t nothing = 0;
    EXPECT_EQ(news.behind(nothing, 3).size(), 2U);
    news.add(3, {1, 2, 3, 4, 5, 6});  // more than there is room for
    EXPECT_EQ(news.behind(heard, 1).size(), 0U);
}

}  // namespace
}  // namespace hypar
