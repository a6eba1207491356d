// Whole runs and plans of the experiments that come with the program.

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "experiment/experiment.h"
#include "partition/exchange.h"
#include "sim/lowering.h"
#include "sim/run.h"

namespace {

using hypar::Experiment;
using hypar::Plan;

Experiment load(const std::string& name, const std::string& strategy, const std::string& topology = "htree") {
    return hypar::load_experiment(name, {{"strategy", strategy, ""}, {"topology", topology, ""}});
}

void run(benchmark::State& state, const std::string& name, const std::string& strategy, const std::string& topology) {
    const Experiment experiment = load(name, strategy, topology);
    const Plan plan = experiment.make_plan();
    std::uint64_t events = 0;
    std::uint64_t cycles = 0;
    for (auto _ : state) {
        const auto report = hypar::run_step({experiment.network, experiment.array, plan, strategy, experiment.step(),
                                             experiment.phases, experiment.capacity});
        events += report.simulation.events;
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

BENCHMARK_CAPTURE(plan, vgg_e_hypar, "vgg-e", "hypar")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(plan, sfc_exhaustive, "sfc", "exhaustive")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(transfers, vgg_e, "vgg-e")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(lower, vgg_e, "vgg-e")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, lenet_c_htree, "lenet-c", "hypar", "htree")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, lenet_c_torus, "lenet-c", "hypar", "torus")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, sfc_data_htree, "sfc", "data", "htree")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, alexnet_htree, "alexnet", "hypar", "htree")->Unit(benchmark::kMillisecond);

}  // namespace
