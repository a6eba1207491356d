#include "partition/search/least_sum.h"

#include <cstdint>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

constexpr SearchLimits kEnough{std::size_t{1} << 20, std::size_t{1} << 20};

/// Terms of random costs over one to three of some variables.
SumProblem<std::int64_t> random_problem(std::mt19937& random, std::uint64_t most_cost) {
    SumProblem<std::int64_t> problem;
    for (std::uint64_t left = random_between(random, 1, 6); left > 0; --left) {
        problem.options.push_back(random_between(random, 1, 4));
    }
    const std::size_t variables = problem.options.size();
    for (std::uint64_t left = random_between(random, 1, 8); left > 0; --left) {
        std::vector<std::size_t> scope;
        for (std::size_t variable = 0; variable < variables; ++variable) {
            if (scope.size() < 3 && random() % 3 == 0)
                scope.insert(scope.begin() + static_cast<std::ptrdiff_t>(random() % (scope.size() + 1)), variable);
        }
        if (scope.empty()) scope.push_back(random() % variables);
        std::vector<std::int64_t> costs(64);
        for (std::int64_t& cost : costs) cost = static_cast<std::int64_t>(random_between(random, 0, most_cost));
        problem.terms.push_back({scope, [costs](const std::vector<std::size_t>& options) {
                                     std::size_t index = 0;
                                     for (const std::size_t option : options) index = index * 4 + option;
                                     return costs[index];
                                 }});
    }
    return problem;
}

/// All choices, the last variable's changing first.
template <typename Visit>
void for_each_choice(const SumProblem<std::int64_t>& problem, const Visit& visit) {
    std::vector<std::size_t> choice(problem.options.size());
    while (true) {
        visit(choice);
        std::size_t variable = choice.size();
        while (variable-- > 0) {
            if (++choice[variable] < problem.options[variable]) break;
            choice[variable] = 0;
        }
        if (variable == static_cast<std::size_t>(-1)) return;
    }
}

TEST(LeastSum, EqualsTryingAll) {
    std::mt19937 random(17);
    for (int trial = 0; trial < 300; ++trial) {
        const SumProblem<std::int64_t> problem = random_problem(random, trial % 2 == 0 ? 100 : 2);
        const auto found = least_sum(problem, kEnough);
        ASSERT_TRUE(found);
        std::int64_t least = problem.of(*found);
        for_each_choice(problem, [&](const auto& choice) { ASSERT_LE(least, problem.of(choice)) << trial; });
    }
}

TEST(LeastSum, TakesTheLowerOptionOfATie) {
    SumProblem<std::int64_t> problem;
    problem.options = {3, 3};
    problem.terms.push_back({{0, 1}, [](const auto& options) {
                                 return static_cast<std::int64_t>(options[0] == 2 && options[1] == 1 ? 0 : 5);
                             }});
    EXPECT_EQ(least_sum(problem, kEnough), (std::vector<std::size_t>{2, 1}));
    problem.terms.clear();
    problem.terms.push_back(
        {{0}, [](const auto& options) { return static_cast<std::int64_t>(options[0] == 0 ? 1 : 0); }});
    problem.terms.push_back({{1}, [](const auto&) { return std::int64_t{4}; }});
    EXPECT_EQ(least_sum(problem, kEnough), (std::vector<std::size_t>{1, 0}));
}

// A term of 3 x 4 values, then a table of 4.
TEST(LeastSum, KeepsToItsLimits) {
    SumProblem<std::int64_t> problem;
    problem.options = {3, 4};
    problem.terms.push_back({{0, 1}, [](const auto&) { return std::int64_t{1}; }});
    EXPECT_TRUE(least_sum(problem, {12, 12}));
    EXPECT_FALSE(least_sum(problem, {11, 12}));
    EXPECT_FALSE(least_sum(problem, {12, 11}));
}

TEST(Descend, EndsWhereNoOneVariableIsBetter) {
    std::mt19937 random(18);
    for (int trial = 0; trial < 300; ++trial) {
        const SumProblem<std::int64_t> problem = random_problem(random, 100);
        const std::vector<std::size_t> start(problem.options.size());
        const std::vector<std::size_t> end = descend(problem, start);
        ASSERT_LE(problem.of(end), problem.of(start));
        for (std::size_t variable = 0; variable < end.size(); ++variable) {
            std::vector<std::size_t> other = end;
            for (other[variable] = 0; other[variable] < problem.options[variable]; ++other[variable]) {
                ASSERT_LE(problem.of(end), problem.of(other)) << trial;
            }
        }
    }
}

}  // namespace
}  // namespace hypar
