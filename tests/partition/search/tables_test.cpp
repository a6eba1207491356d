#include "partition/search/tables.h"

#include <random>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

constexpr std::size_t kData = 0;
constexpr std::size_t kModel = 1;
constexpr std::size_t kOutput = 2;

/// conv of 6 x 4 x 3 x 3 = 216 weights, 6 x 3 x 3 = 54 outputs a sample after pooling, 4 x 8 x 8 = 256 inputs; fc of
/// 54 x 10 = 540 weights.
Network conv_and_fc() {
    return network_of({4, 8, 8}, {pooled(convolution("conv", 6, 3), 2, 2), fully_connected("fc", 10)});
}

constexpr std::uint64_t kBatch = 8;

TEST(SharesBelow, DivideWhatTheLevelSplits) {
    const std::vector<Shares> shares = shares_below({{1, 1, 1}, {0.5, 0.25, 1}, {1, 1, 0.5}},
                                                    {Parallelism::Data, Parallelism::Model, Parallelism::Output}, 2);
    EXPECT_EQ(shares[0].batch, 0.5);
    EXPECT_EQ(shares[0].in, 1);
    EXPECT_EQ(shares[0].out, 1);
    EXPECT_EQ(shares[1].batch, 0.5);
    EXPECT_EQ(shares[1].in, 0.125);
    EXPECT_EQ(shares[2].in, 1);
    EXPECT_EQ(shares[2].out, 0.25);
    EXPECT_EQ(shares_below({{1, 1, 1}}, {Parallelism::Model}, 4)[0].in, 0.25);
}

// ---- HyPar -----------------------------------------------------------------------------------------------------

// Song et al., HPCA 2019, Table 1, twice: 2 W c and 2 F b.
TEST(HyparTableCosts, InsideALayerAreTable1Twice) {
    const TableCosts costs = hypar_table_costs(conv_and_fc(), kBatch, {{}, {}}, 2);
    EXPECT_THAT(costs.layers[0], ElementsAre(2 * 216, 2 * 54 * 8));
    EXPECT_THAT(costs.layers[1], ElementsAre(2 * 540, 2 * 10 * 8));
}

// Table 2, twice: 2 (0.25 F + 0.25 E), 2 x 0.5 E; with F = E = 54 x 8 = 432.
TEST(HyparTableCosts, AtABoundaryAreTable2Twice) {
    const TableCosts costs = hypar_table_costs(conv_and_fc(), kBatch, {{}, {}}, 2);
    ASSERT_EQ(costs.edges.size(), 1U);
    EXPECT_EQ(costs.edges[0].from, 0U);
    EXPECT_EQ(costs.edges[0].to, 1U);
    EXPECT_THAT(costs.edges[0].elements[kData], ElementsAre(0, 432, 0, 0, 0));
    EXPECT_THAT(costs.edges[0].elements[kModel], ElementsAre(432, 432, 0, 0, 0));
}

TEST(HyparTableCosts, TakeTheSharesOfTheLevelsAbove) {
    // conv: b = 1/2, c = 1/4; fc: b = 1/8, c = 1/2.
    const TableCosts costs = hypar_table_costs(conv_and_fc(), kBatch, {{0.5, 0.25, 1}, {0.125, 0.5, 1}}, 2);
    EXPECT_THAT(costs.layers[0], ElementsAre(2 * 216 * 0.25, 2 * 432 * 0.5));
    EXPECT_THAT(costs.layers[1], ElementsAre(2 * 540 * 0.5, 2 * 80 * 0.125));
    // Rows of conv's share, 216 elements of F, whole columns; half the columns of E, 108, are fc's.
    EXPECT_THAT(costs.edges[0].elements[kData], ElementsAre(0, 2 * (0.25 * 216 + 0.25 * 108), 0, 0, 0));
    EXPECT_THAT(costs.edges[0].elements[kModel], ElementsAre(2 * 0.5 * 108, 2 * 0.5 * 108, 0, 0, 0));
}

// Groups of four: each of them has parts of all, so that 3 instead of 1 are added to each; of a re-layout 3/4 instead
// of 1/2 of what a group holds is another's.
TEST(HyparTableCosts, CountTheOthersOfAGroup) {
    const TableCosts costs = hypar_table_costs(conv_and_fc(), kBatch, {{}, {}}, 4);
    EXPECT_THAT(costs.layers[0], ElementsAre(3 * 2 * 216, 3 * 2 * 432));
    EXPECT_THAT(costs.edges[0].elements[kData], ElementsAre(0, 2 * 0.75 * 432, 0, 0, 0));
    EXPECT_THAT(costs.edges[0].elements[kModel], ElementsAre(3 * 432, 3 * 432, 0, 0, 0));
}

TEST(HyparTableCosts, HaveATermForEveryEdgeOfABranch) {
    const Network network = network_of(
        {3, 4, 4}, {convolution("a", 2, 1), reading(convolution("b", 3, 1), {"a"}),
                    reading(convolution("c", 5, 1), {"a", "input"}), reading(fully_connected("d", 7), {"b", "c"})});
    const TableCosts costs = hypar_table_costs(network, 1, std::vector<Shares>(4), 2);
    ASSERT_EQ(costs.edges.size(), 4U);  // a-b, a-c, b-d, c-d; the network's input costs nothing
    EXPECT_EQ(costs.edges[0].elements[kModel][kData], 2 * 16);
    EXPECT_EQ(costs.edges[1].elements[kModel][kData], 2 * 16);
    EXPECT_EQ(costs.edges[2].elements[kModel][kData], 3 * 16);
    EXPECT_EQ(costs.edges[3].elements[kModel][kData], 5 * 16);
}

// ---- AccPar ----------------------------------------------------------------------------------------------------

// Song et al., HPCA 2020, Table 4: what one group has of dW, of F_{l+1}, of E_l.
TEST(AccparTableCosts, InsideALayerAreTheTensorsThatAreSums) {
    const TableCosts costs = accpar_table_costs(conv_and_fc(), kBatch, {{}, {}}, 2);
    EXPECT_THAT(costs.layers[0], ElementsAre(216, 54 * 8, 256 * 8, 0, 0));
    EXPECT_THAT(costs.layers[1], ElementsAre(540, 10 * 8, 54 * 8, 0, 0));
}

TEST(AccparTableCosts, InsideALayerTakeItsOwnShares) {
    const TableCosts costs = accpar_table_costs(conv_and_fc(), kBatch, {{0.5, 0.25, 0.125}, {}}, 2);
    EXPECT_THAT(costs.layers[0], ElementsAre(216 * 0.25 * 0.125, 432 * 0.5 * 0.125, 2048 * 0.5 * 0.25, 0, 0));
}

// Half of what the reader has, or nothing: X = 432 elements of F, of which fc has X b c.
TEST(AccparTableCosts, AtABoundaryAreHalvesOfWhatTheReaderHas) {
    const auto edge = [](const Shares& reader) {
        const TableCosts costs = accpar_table_costs(conv_and_fc(), kBatch, {{}, reader}, 2);
        return costs.edges.at(0).elements;
    };
    const auto whole = edge({});
    EXPECT_THAT(whole[kData], ElementsAre(0, 216, 216, 0, 0));
    EXPECT_THAT(whole[kModel], ElementsAre(216, 216, 0, 0, 0));
    EXPECT_THAT(whole[kOutput], ElementsAre(216, 0, 216, 0, 0));
    const auto shared = edge({0.5, 0.25, 0.125});
    EXPECT_THAT(shared[kData], ElementsAre(0, 27, 27, 0, 0));
    EXPECT_THAT(shared[kOutput], ElementsAre(27, 0, 27, 0, 0));
}

// ---- Whole plans -----------------------------------------------------------------------------------------------

TEST(TableCosts, OfAPlanAddUpItsCells) {
    TableCosts costs;
    costs.layers = {{1, 2}, {4, 8}, {16, 32}};
    costs.edges = {{0, 1, {{64, 128}, {256, 512}}}, {0, 2, {{1024, 2048}, {4096, 8192}}}};
    EXPECT_EQ(costs.of(level_plan_of(0b000, 3)), 1 + 4 + 16 + 64 + 1024);
    EXPECT_EQ(costs.of(level_plan_of(0b011, 3)), 1 + 8 + 32 + 128 + 2048);
    EXPECT_EQ(costs.of(level_plan_of(0b101, 3)), 2 + 4 + 32 + 256 + 8192);
}

TEST(TableBytes, CountEveryPairOfALevel) {
    // H1 dp, H2 mp for both layers. H1: 2 x 216 + 2 x 540 elements in one pair. H2, b = 1/2: 2 x 216 + 2 x 40 inside,
    // 2 x 0.5 x 216 between, in each of two pairs.
    const Plan plan = Plan::from_strings({"00", "11"}, 2);
    EXPECT_THAT(table_bytes(conv_and_fc(), plan, {kBatch, 4}, Objective::HyparTables),
                ElementsAre(4 * 1512, 4 * 2 * (432 + 80 + 216)));
    // AccPar: one group of two, then of four: H1 216 + 540; H2, b = 1/2, 216 + 40 inside and 432 / 2 / 2 between.
    EXPECT_THAT(table_bytes(conv_and_fc(), plan, {kBatch, 4}, Objective::AccparTables),
                ElementsAre(4 * 2 * 756, 4 * 4 * (216 + 40 + 108)));
}

TEST(TableBytes, FollowTheSizeOfAnElement) {
    std::mt19937 random(3);
    const Network network = RandomNetworks(random, Branches::Some).next(5);
    const Plan plan = random_plan(random, network, Levels({2, 3, 2}), kBatchIn);
    for (const Objective objective : {Objective::HyparTables, Objective::AccparTables}) {
        const std::vector<double> of_two = table_bytes(network, plan, {7, 2}, objective);
        const std::vector<double> of_four = table_bytes(network, plan, {7, 4}, objective);
        for (std::size_t level = 0; level < 3; ++level) EXPECT_EQ(2 * of_two[level], of_four[level]);
    }
}

TEST(TableBytes, OfOneAcceleratorAreNone) {
    EXPECT_TRUE(table_bytes(conv_and_fc(), Plan(), {kBatch, 4}, Objective::HyparTables).empty());
}

TEST(TableCosts, Beyond64BitsAreAnError) {
    const std::uint64_t large = std::uint64_t{1} << 31;
    const Network network = network_of({1, 1, 1}, {fully_connected("fc", large)});
    EXPECT_THROW(hypar_table_costs(network, large * 8, {{}}, 2), std::overflow_error);  // 2^31 x 2^34
    EXPECT_THROW(accpar_table_costs(network, large * 8, {{}}, 2), std::overflow_error);
}

// ---- Searches --------------------------------------------------------------------------------------------------

/// Whether no other level's plan costs less, given those above.
void expect_least_at_every_level(const Network& network, const Plan& plan, std::uint64_t batch, std::size_t splits,
                                 TableCosts (*costs_of)(const Network&, std::uint64_t, const std::vector<Shares>&,
                                                        std::uint64_t)) {
    std::vector<Shares> shares(network.size());
    std::size_t plans = 1;
    for (std::size_t layer = 0; layer < network.size(); ++layer) plans *= splits;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        const std::uint64_t size = plan.division().size(level);
        const TableCosts costs = costs_of(network, batch, shares, size);
        for (std::size_t digits = 0; digits < plans; ++digits) {
            ASSERT_LE(costs.of(plan.level(level)), costs.of(level_plan_of(digits, network.size(), splits)))
                << "level " << level << " plan " << digits;
        }
        shares = shares_below(shares, plan.level(level), size);
    }
}

TEST(TableSearches, EqualBruteForceLevelByLevel) {
    std::mt19937 random(13);
    for (int trial = 0; trial < 120; ++trial) {
        RandomNetworks networks(random, trial % 2 == 0 ? Branches::None : Branches::Some);
        const Network network = networks.next(5);
        bool is_grouped = false;  // whose plan may turn out impossible
        for (const Layer& layer : network.layers()) is_grouped = is_grouped || layer.groups > 1;
        if (is_grouped) continue;
        const StepShape step{random_between(random, 1, 40)};
        const Levels levels = random_levels(random, 36);
        const PlanSpace space(network, step, levels);
        expect_least_at_every_level(network, plan_by_hypar_tables(space).plan, step.batch, 2, hypar_table_costs);
        expect_least_at_every_level(network, plan_by_accpar_tables(space).plan, step.batch, 3, accpar_table_costs);
        if (HasFatalFailure()) return;
    }
}

std::vector<std::string> hypar_plan(std::uint64_t batch, std::size_t levels) {
    const Network network = network_of({6, 1, 1}, {fully_connected("fc", 4)});
    const StepShape step{batch};
    const Levels halves = Levels::halving(levels);
    return plan_by_hypar_tables(PlanSpace(network, step, halves)).plan.to_strings();
}

// With c = b = 1 and one layer of 6 -> 4: dp 2 W = 48, mp 2 F = 2 x 4 x batch.
TEST(HyparTables, TakeWhatCostsLessForOneLayer) {
    EXPECT_THAT(hypar_plan(5, 1), ElementsAre("1"));  // 40
    EXPECT_THAT(hypar_plan(7, 1), ElementsAre("0"));  // 56
}

TEST(HyparTables, TakeDataParallelismForATie) {
    EXPECT_THAT(hypar_plan(6, 1), ElementsAre("0"));  // 48 either way
    // H2, c = 1, b = 1/2: dp 48, mp 24. H3, c = b = 1/2: 24 either way.
    EXPECT_THAT(hypar_plan(6, 3), ElementsAre("0", "1", "0"));
}

TEST(HyparTables, LeaveNoCellModelParallelThatCouldBeDataParallelAtTheSameCost) {
    std::mt19937 random(14);
    std::size_t ties = 0;
    for (int trial = 0; trial < 400; ++trial) {
        // Features of 1 to 4 and batches to match: many plans cost the same.
        NetworkSpec spec{"ties", "", {random_between(random, 1, 3), 1, 1}, {}};
        for (std::uint64_t layer = random_between(random, 1, 6); layer > 0; --layer) {
            spec.layers.push_back(fully_connected("fc" + std::to_string(layer), random_between(random, 1, 4)));
            if (spec.layers.size() > 2 && random() % 2 == 0) {
                spec.layers.back().inputs = {spec.layers[spec.layers.size() - 3].name,
                                             spec.layers[spec.layers.size() - 2].name};
            }
        }
        const Network network(spec);
        const StepShape step{random_between(random, 1, 4)};
        const Levels levels({2});
        const Plan plan = plan_by_hypar_tables(PlanSpace(network, step, levels)).plan;
        const TableCosts costs = hypar_table_costs(network, step.batch, std::vector<Shares>(network.size()), 2);
        const double least = costs.of(plan.level(0));
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            const bool is_model = plan.at(0, layer) == Parallelism::Model;
            const Plan flipped = plan.with(0, layer, is_model ? Parallelism::Data : Parallelism::Model);
            const double other = costs.of(flipped.level(0));
            const bool ties_with_data = is_model && other == least;
            ASSERT_FALSE(ties_with_data) << trial << " layer " << layer;
            if (other == least) ++ties;
        }
    }
    EXPECT_GT(ties, 50U);  // the networks do have ties
}

}  // namespace
}  // namespace hypar
