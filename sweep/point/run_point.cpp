#include "sweep/point/run_point.h"

#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "sim/run.h"

namespace hypar {
namespace {

PointResult result_of(const RunReport& report) {
    PointResult result;
    result.column_values = point_column_values(report);
    for (std::size_t layer = 0; layer < report.layers.size(); ++layer) {
        for (const Phase phase : kPhases) {
            const PhaseReport& part = report.layers[layer].phases[static_cast<std::size_t>(phase)];
            result.phases.push_back(
                {layer, report.layers[layer].name, name_of(phase), phase_column_values(report, part)});
        }
    }
    return result;
}

/// Without the place in a file: the same inputs may come from another one.
PointResult refused(const ConfigError& error) {
    return PointResult::failed(PointStatus::Refused, ConfigError(error.key(), error.problem()).what());
}

PointResult simulate(const Experiment& experiment, Remembered& remembered) {
    ReplayOptions options;
    options.remembered = &remembered;
    try {
        const Plan plan = experiment.make_plan();
        return result_of(
            run_step({experiment.network, experiment.array, plan, experiment.strategy.title(), experiment.step(),
                      experiment.phases, experiment.capacity, false, experiment.schedule},
                     options));
    } catch (const ConfigError& error) {
        return refused(error);
    }
}

}  // namespace

PointResult run_point(const Sweep& sweep, std::size_t point, Remembered& remembered) {
    try {
        return simulate(sweep.experiment(point), remembered);
    } catch (const ConfigError& error) {
        return refused(error);
    } catch (const std::overflow_error& error) {
        return PointResult::failed(PointStatus::Refused, fmt::format("the sizes are too large: {}", error.what()));
    } catch (const std::bad_alloc&) {
        return PointResult::failed(PointStatus::OutOfMemory, "needs more memory than a worker may take");
    } catch (const std::exception& error) {
        return PointResult::failed(PointStatus::Failed, error.what());
    }
}

}  // namespace hypar
