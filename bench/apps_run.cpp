// Whole runs and plans of the experiments that come with the program.

#include <cstdint>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "experiment/experiment.h"
#include "partition/exchange.h"
#include "sim/program/lowering.h"
#include "sim/run.h"

namespace {

using hypar::Experiment;
using hypar::Plan;

Experiment load(const std::string& name, const std::string& strategy, const std::string& topology = "htree") {
    return hypar::load_experiment(name, {{"strategy", strategy, ""}, {"topology", topology, ""}});
}

void run(benchmark::State& state, const std::string& name, const std::string& strategy, const std::string& topology,
         hypar::Fidelity fidelity) {
    const Experiment experiment = load(name, strategy, topology);
    const Plan plan = experiment.make_plan();
    std::uint64_t events = 0;
    std::uint64_t cycles = 0;
    hypar::ReplayOptions options;
    options.fidelity = fidelity;
    for (auto _ : state) {
        const auto report = hypar::run_step({experiment.network, experiment.array, plan, strategy, experiment.step(),
                                             experiment.phases, experiment.capacity},
                                            options);
        events += report.simulation.use.events;
        cycles += report.cycles();
    }
    state.counters["events"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
    state.counters["cycles"] = benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
}

void plan(benchmark::State& state, const std::string& name, const std::string& strategy) {
    const Experiment experiment = load(name, strategy);
    for (auto _ : state) benchmark::DoNotOptimize(experiment.make_plan());
}

void transfers(benchmark::State& state, const std::string& name) {
    const Experiment experiment = load(name, "hypar");
    const Plan chosen = experiment.make_plan();
    for (auto _ : state) benchmark::DoNotOptimize(plan_exchanges(experiment.network, chosen, experiment.step()));
}

void lower(benchmark::State& state, const std::string& name) {
    const Experiment experiment = load(name, "hypar");
    const Plan chosen = experiment.make_plan();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            hypar::lower(experiment.network, chosen, experiment.step(), experiment.phases, experiment.array));
    }
}

/// A program of 1,024 accelerators taken apart into pieces.
void collapse(benchmark::State& state) {
    const Experiment experiment =
        hypar::load_experiment("vgg-e", {{"accelerators", "1024", ""}, {"batch", "4096", ""}});
    const auto program = hypar::lower(experiment.network, experiment.make_plan(), experiment.step(),
                                      experiment.phases, experiment.array);
    const auto topology = hypar::Topology::make(experiment.array.interconnect, 1024);
    for (auto _ : state) benchmark::DoNotOptimize(hypar::collapse(program, topology));
}

/// How far all tiles of a shard of a million samples repeat themselves.
void repeats(benchmark::State& state) {
    hypar::LoopNest nest;
    nest.samples = 1'000'000;
    nest.in_channels = 64;
    nest.out_channels = 64;
    nest.in_height = nest.out_height = 56;
    nest.stored_out_plane = 56;
    hypar::Mapping mapping;
    const auto block = [&](hypar::Loop loop) -> std::uint64_t& {
        return mapping.block[static_cast<std::size_t>(loop)];
    };
    block(hypar::Loop::Rows) = 4;
    block(hypar::Loop::InChannels) = 5;
    block(hypar::Loop::OutChannels) = 16;
    std::swap(mapping.order[3], mapping.order[4]);  // input channels innermost
    const hypar::TileSchedule schedule(nest, mapping, 4);
    for (auto _ : state) benchmark::DoNotOptimize(schedule.repeats(7, 26, schedule.size()));
}

constexpr auto kFast = hypar::Fidelity::Fast;
constexpr auto kFull = hypar::Fidelity::Full;
BENCHMARK_CAPTURE(plan, vgg_e_hypar, "vgg-e", "hypar")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(plan, sfc_exhaustive, "sfc", "exhaustive")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(transfers, vgg_e, "vgg-e")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(lower, vgg_e, "vgg-e")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, vgg_e_htree, "vgg-e", "hypar", "htree", kFast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, vgg_e_torus, "vgg-e", "hypar", "torus", kFast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, lenet_c_htree, "lenet-c", "hypar", "htree", kFast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, lenet_c_htree_full, "lenet-c", "hypar", "htree", kFull)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, lenet_c_torus_full, "lenet-c", "hypar", "torus", kFull)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, alexnet_htree_full, "alexnet", "hypar", "htree", kFull)->Unit(benchmark::kMillisecond);
BENCHMARK(collapse)->Unit(benchmark::kMillisecond);
BENCHMARK(repeats)->Unit(benchmark::kMicrosecond);

}  // namespace
