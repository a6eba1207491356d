#include "apps/run_experiment.h"

#include "apps/progress_bar.h"
#include "sim/run.h"

namespace hypar {

RunReport run_experiment(const Experiment& experiment, const std::string& label) {
    const Plan plan = experiment.make_plan();
    ProgressBar bar(label);
    try {
        return run_step({experiment.network, experiment.array, plan, experiment.strategy, experiment.step(),
                         experiment.phases, experiment.capacity},
                        [&bar](double fraction) { bar.show(fraction); });
    } catch (const ConfigError& error) {
        throw experiment.located(error);
    }
}

}  // namespace hypar
