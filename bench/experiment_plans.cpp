// Searches for plans of the networks that come with the program.

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "experiment/experiment.h"
#include "partition/search/strategy.h"

namespace {

constexpr const char* kNetworks[] = {"sfc",   "sconv", "lenet-c", "cifar-c", "alexnet",
                                     "vgg-a", "vgg-b", "vgg-c",   "vgg-d",   "vgg-e"};

/// All networks in turn, on 2^levels accelerators.
void all_networks(benchmark::State& state, const std::string& strategy, std::uint64_t batch) {
    std::vector<hypar::Network> networks;
    for (const char* name : kNetworks) networks.push_back(hypar::load_network(name));
    const hypar::StrategyEntry& entry = hypar::find_strategy(strategy);
    const hypar::Levels levels = hypar::Levels::halving(static_cast<std::size_t>(state.range(0)));
    hypar::StepShape step;
    step.batch = batch;
    for (auto _ : state) {
        for (const hypar::Network& network : networks) {
            hypar::PlanSpace space(network, step, levels);
            space.restrict_to(entry.splits);
            benchmark::DoNotOptimize(entry.search(space));
        }
    }
}

BENCHMARK_CAPTURE(all_networks, optimal, "optimal", 4096)->Arg(4)->Arg(6)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(all_networks, hypar, "hypar", 4096)->Arg(4)->Arg(6)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(all_networks, accpar, "accpar", 4096)->Arg(4)->Arg(6)->Arg(10)->Unit(benchmark::kMillisecond);

}  // namespace
