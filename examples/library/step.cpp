// One training step of VGG-A by data parallelism and by HyPar's plan, simulated through the installed libraries.
#include <cstdio>

#include "base/error.h"
#include "experiment/experiment.h"
#include "sim/run.h"

extern "C" int sc_main(int, char**) { return 0; }  // SystemC's library asks for it

int main() {
    try {
        for (const char* strategy : {"data", "hypar"}) {
            const hypar::Experiment experiment =
                hypar::load_experiment("vgg-a", {{"strategy", strategy, "strategy"}});
            const hypar::Plan plan = experiment.make_plan();
            const hypar::RunReport report = hypar::run_step(
                {experiment.network, experiment.array, plan, strategy, experiment.step(), experiment.phases});
            const double seconds = 1e-12 * static_cast<double>(experiment.array.clock.duration(report.cycles()));
            std::printf("%-6s %.3f s\n", strategy, seconds);
        }
    } catch (const hypar::ConfigError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
