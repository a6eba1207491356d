#include "apps/commands/run_experiment.h"

#include "apps/terminal/interrupt.h"
#include "apps/terminal/options.h"
#include "sim/run.h"

namespace hypar {

RunInput input_of(const Experiment& experiment, const Plan& plan) {
    return {experiment.network, experiment.array,    plan,  experiment.strategy.title(), experiment.step(),
            experiment.phases,  experiment.capacity, false, experiment.schedule};
}

RunReport run_experiment(const Experiment& experiment, Fidelity fidelity, Remembered& remembered,
                         const std::function<void(double)>& progress, const RunDetails& details) {
    const SearchResult found = experiment.search_plan();
    const Interrupt interrupt;
    ReplayOptions options;
    options.fidelity = fidelity;
    options.remembered = &remembered;
    options.timeline_slices = details.timeline_slices;
    options.progress = [&progress](double fraction) {
        progress(fraction);
        return !Interrupt::is_requested();
    };
    try {
        RunInput input = input_of(experiment, found.plan);
        input.asks_for_path = details.critical_path;
        RunReport report = run_step(input, options);
        report.plan_was_cut = found.was_cut;
        return report;
    } catch (const ConfigError& error) {
        throw experiment.located(error);
    }
}

Fidelity read_fidelity(const std::string& value) {
    choose("--fidelity " + value, value, {name_of(Fidelity::Fast), name_of(Fidelity::Full)});
    return value == name_of(Fidelity::Full) ? Fidelity::Full : Fidelity::Fast;
}

}  // namespace hypar
