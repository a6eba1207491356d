// What vector units do for each kind of layer, worked out by hand, and what they share with the operators before
// them.

#include "sim/program/vector_lowering.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run.h"
#include "tests/sim/support.h"

namespace hypar {

std::ostream& operator<<(std::ostream& out, const VectorWork& work) {
    return out << work.operations << " operations, " << work.read_elements << " read, " << work.written_elements
               << " written";
}

namespace {

LayerSpec layer(const std::string& name, LayerType type, std::vector<std::string> inputs = {}) {
    LayerSpec spec;
    spec.name = name;
    spec.type = type;
    if (!inputs.empty()) spec.inputs = std::move(inputs);
    return spec;
}

/// A step of two samples on accelerators with vector units.
class VectorStep {
public:
    VectorStep(const FeatureShape& input, const std::vector<LayerSpec>& layers, bool fuse,
               const std::vector<LevelPlan>& levels = {})
        : network_(tests::network_of(input, layers)), plan_(levels) {
        ArraySpec array = tests::hpca19(TopologyKind::HTree, plan_.accelerators());
        array.vector_unit = {64, 65536, fuse};
        step_.batch = 2;
        program_ = lower(network_, plan_, step_, {kPhases.begin(), kPhases.end()}, array);
    }

    /// Of the first accelerator in the segment of a phase of a layer; none where there is no such segment.
    std::optional<VectorWork> work(const std::string& name, Phase phase) const {
        for (const Segment& segment : program_.segments) {
            if (network_.layer(segment.layer).name != name || segment.phase != phase || !segment.is_compute())
                continue;
            return segment.vector_work.empty() ? VectorWork{}
                                               : program_.vector_schedules[segment.vector_work.front()].work();
        }
        return std::nullopt;
    }

private:
    Network network_;
    Plan plan_;
    StepShape step_;
    Program program_;
};

using Work = std::optional<VectorWork>;

/// Of one layer by itself, forward and backward.
void expect_works(const FeatureShape& input, const LayerSpec& spec, const Work& forward, const Work& backward) {
    const VectorStep step(input, {spec}, false);
    EXPECT_EQ(step.work(spec.name, Phase::Forward), forward) << spec.name;
    EXPECT_EQ(step.work(spec.name, Phase::Backward), backward) << spec.name;
}

// 2 samples x 8 tokens x 16 features: 256 elements.
TEST(VectorWorks, OfRowsPassOverEachElementSeveralTimesAndReadItOnce) {
    const FeatureShape tokens = FeatureShape::sequence(8, 16);
    // statistics, then scale and shift; backward by the input and the error
    expect_works(tokens, layer("norm", LayerType::LayerNorm), VectorWork{512, 256, 256}, VectorWork{512, 512, 256});
    expect_works(tokens, layer("rms", LayerType::RmsNorm), VectorWork{512, 256, 256}, VectorWork{512, 512, 256});
    // largest, sum of exponents, quotient; backward by the output and the error
    expect_works(tokens, layer("soft", LayerType::Softmax), VectorWork{768, 256, 256}, VectorWork{512, 512, 256});
    expect_works(tokens, layer("loss", LayerType::Loss), VectorWork{768, 256, 256}, std::nullopt);
}

// 2 x 4 x 6 x 6 = 288 elements; the statistics of a channel are those of all samples, so each pass reads memory.
TEST(VectorWorks, OfABatchNormReadItsInputTwice) {
    expect_works({4, 6, 6}, layer("norm", LayerType::BatchNorm), VectorWork{576, 576, 288},
                 VectorWork{576, 1152, 288});
}

TEST(VectorWorks, OfFunctionsAreAnElementEach) {
    for (const LayerType type : {LayerType::Relu, LayerType::Gelu, LayerType::Tanh}) {
        expect_works({4, 6, 6}, layer("function", type), VectorWork{288, 288, 288}, VectorWork{288, 576, 288});
    }
}

// 2 x 4 x 8 x 8 = 512 elements in windows of four, 128 results.
TEST(VectorWorks, OfPoolsLookAtEachWindow) {
    LayerSpec pool = layer("pool", LayerType::Pool);
    pool.pool = Pool{PoolKind::Max, 2, 2};
    expect_works({4, 8, 8}, pool, VectorWork{512, 512, 128}, VectorWork{512, 256, 512});
    pool.pool->kind = PoolKind::Average;
    expect_works({4, 8, 8}, pool, VectorWork{512, 512, 128}, VectorWork{512, 128, 512});
}

TEST(VectorWorks, OfSumsAddAndOfSharedFeaturesAddTheirErrors) {
    const VectorStep step({4, 6, 6},
                          {layer("first", LayerType::Relu), layer("second", LayerType::Tanh, {"first"}),
                           layer("sum", LayerType::Add, {"first", "second"})},
                          false);
    EXPECT_EQ(step.work("sum", Phase::Forward), (VectorWork{288, 576, 288}));
    EXPECT_EQ(step.work("sum", Phase::Backward), std::nullopt);
    EXPECT_EQ(step.work("first", Phase::Backward), (VectorWork{288, 576, 288}));  // of two errors
}

TEST(VectorWorks, OfEmbeddingsMoveRowsOfTheTable) {
    LayerSpec embedding = layer("table", LayerType::Embedding);
    embedding.vocabulary = 100;
    embedding.out_channels = 16;
    const VectorStep step(FeatureShape::sequence(8, 1), {embedding}, false);
    EXPECT_EQ(step.work("table", Phase::Forward), (VectorWork{0, 256, 256}));
    EXPECT_EQ(step.work("table", Phase::Backward), std::nullopt);
    EXPECT_EQ(step.work("table", Phase::Gradient), (VectorWork{256, 512, 256}));
}

/// conv1 -> function -> conv2, of 2 x 4 x 6 x 6 = 288 elements between.
VectorStep between_convolutions(LayerType type, bool fuse, const std::vector<LevelPlan>& levels = {}) {
    return {{2, 6, 6},
            {tests::convolution("conv1", 4, 3, 1), layer("function", type), tests::convolution("conv2", 4, 3, 1)},
            fuse,
            levels};
}

TEST(Fusion, WorksOnElementsAsTheyAreMade) {
    const VectorStep step = between_convolutions(LayerType::Relu, true);
    EXPECT_EQ(step.work("function", Phase::Forward), std::nullopt);
    EXPECT_EQ(step.work("conv1", Phase::Forward), (VectorWork{288, 0, 0}));
    EXPECT_EQ(step.work("function", Phase::Backward), std::nullopt);
    EXPECT_EQ(step.work("conv2", Phase::Backward), (VectorWork{288, 288, 0}));  // its output is read

    const VectorStep apart = between_convolutions(LayerType::Relu, false);
    EXPECT_EQ(apart.work("function", Phase::Forward), (VectorWork{288, 288, 288}));
    EXPECT_EQ(apart.work("conv1", Phase::Forward), VectorWork{});
}

TEST(Fusion, WritesWhatIsKeptForTheBackwardPhase) {
    const VectorStep step = between_convolutions(LayerType::Gelu, true);
    EXPECT_EQ(step.work("conv1", Phase::Forward), (VectorWork{288, 0, 288}));
    EXPECT_EQ(step.work("conv2", Phase::Backward), (VectorWork{288, 288, 0}));
}

TEST(Fusion, ReadsTheOtherInputs) {
    const VectorStep step({4, 6, 6},
                          {tests::convolution("conv1", 4, 3, 1), layer("sum", LayerType::Add, {"conv1", "input"}),
                           layer("function", LayerType::Relu)},
                          true);
    EXPECT_EQ(step.work("sum", Phase::Forward), std::nullopt);
    EXPECT_EQ(step.work("conv1", Phase::Forward), (VectorWork{576, 288, 0}));  // sum and function
}

// Sums of input channels are complete only after they have moved; halves of the batch lie as they were made.
TEST(Fusion, IsNotWhereSomethingMovesBetween) {
    using P = Parallelism;
    const VectorStep moved = between_convolutions(LayerType::Relu, true, {{P::Model, P::Data, P::Data}});
    EXPECT_EQ(moved.work("function", Phase::Forward), (VectorWork{144, 144, 144}));
    const VectorStep still = between_convolutions(LayerType::Relu, true, {{P::Data, P::Data, P::Data}});
    EXPECT_EQ(still.work("conv1", Phase::Forward), (VectorWork{144, 0, 0}));
}

TEST(Fusion, IsNotOfWhatOthersReadOrOfRows) {
    const VectorStep shared({4, 6, 6},
                            {tests::convolution("conv1", 4, 3, 1), layer("one", LayerType::Relu, {"conv1"}),
                             layer("other", LayerType::Tanh, {"conv1"})},
                            true);
    EXPECT_EQ(shared.work("one", Phase::Forward), (VectorWork{288, 288, 288}));
    EXPECT_EQ(shared.work("other", Phase::Forward), (VectorWork{288, 288, 288}));
    EXPECT_EQ(between_convolutions(LayerType::BatchNorm, true).work("function", Phase::Forward),
              (VectorWork{576, 576, 288}));
}

// A function of 2 x 64 x 32 x 32 elements after a convolution: where lanes are few they take elements / lanes.
TEST(Fusion, TakesTheLanesTimeWhereTheyAreFewAndNoneWhereTheyAreMany) {
    const Network network =
        tests::network_of({16, 32, 32}, {tests::convolution("conv1", 64, 3, 1), layer("function", LayerType::Relu)});
    const auto forward_cycles = [&](std::uint64_t lanes) {
        ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
        array.vector_unit = {lanes, 65536, true};
        const Plan plan;
        StepShape step;
        step.batch = 2;
        return run_step({network, array, plan, "data", step, {Phase::Forward}}).cycles();
    };
    const Cycles many = forward_cycles(4096);
    const Cycles one = forward_cycles(1);
    constexpr Cycles kElements = 2 * 64 * 32 * 32;
    EXPECT_GE(one, kElements);
    EXPECT_LE(one, kElements + kElements / 100);
    EXPECT_LT(many, kElements / 4);
}

}  // namespace
}  // namespace hypar
