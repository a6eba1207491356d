#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/commands/run_experiment.h"
#include "apps/terminal/command_line.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/terminal.h"
#include "base/error.h"
#include "partition/search/plan_space.h"
#include "report/plan_diff.h"

namespace hypar {
namespace {

struct Options {
    std::vector<std::string> plans;
    std::vector<std::string> settings;
    std::string format = "text";
    std::string fidelity = "fast";
};

/// Plans can be compared cell by cell where their layers and levels are the same.
void check_alike(const Experiment& first, const Experiment& second) {
    const Network& network = second.network;
    if (network.name() != first.network.name() || network.layer_names() != first.network.layer_names() ||
        network.weights() != first.network.weights() || network.macs() != first.network.macs()) {
        throw second.located(ConfigError(
            "network", fmt::format("expected the same layers as the first plan's {}, not those of this {}",
                                   first.network.name(), network.name())));
    }
    const auto words = [](const Levels& levels) { return fmt::format("[{}]", fmt::join(levels.sizes(), ", ")); };
    if (second.division() == first.division()) return;
    throw second.located(ConfigError("levels", fmt::format("expected {} as the first plan has them, not {}",
                                                           words(first.division()), words(second.division()))));
}

/// Simulates steps of one experiment under many plans, until Ctrl-C ends it.
class Steps {
public:
    Steps(Experiment experiment, Fidelity fidelity, std::size_t runs)
        : experiment_(std::move(experiment)), fidelity_(fidelity), bar_(static_cast<double>(runs), "runs") {}

    /// None once it was ended.
    std::optional<StepCost> run(const Plan& plan, const std::string& label) {
        if (Interrupt::is_requested()) return std::nullopt;
        experiment_.strategy = StrategyChoice::of(plan);
        const RunReport report = run_experiment(experiment_, fidelity_, remembered_, [&](double fraction) {
            bar_.show(static_cast<double>(done_) + fraction, label);
        });
        if (report.is_partial()) return std::nullopt;
        ++done_;
        return cost_of(report);
    }

private:
    Interrupt interrupt_;
    Experiment experiment_;
    Fidelity fidelity_;
    Remembered remembered_;
    ProgressBar bar_;
    std::size_t done_ = 0;
};

void run_all(PlanDiff& diff, const Experiment& experiment, Fidelity fidelity) {
    for (CellChange& cell : diff.cells) {
        const Parallelism choice = diff.second.plan.at(cell.level, cell.layer);
        const LayerPlan choices = diff.first.plan.with(cell.level, cell.layer, choice).layer(cell.layer);
        const auto problem = why_impossible(experiment.network, cell.layer, choices, diff.first.plan.division());
        cell.problem = problem.value_or("");
    }
    Steps steps(experiment, fidelity, diff.runs());
    diff.first.cost = steps.run(diff.first.plan, diff.first.reference);
    diff.second.cost = steps.run(diff.second.plan, diff.second.reference);
    for (CellChange& cell : diff.cells) {
        if (!cell.problem.empty()) continue;
        const Plan plan = diff.first.plan.with(cell.level, cell.layer, diff.second.plan.at(cell.level, cell.layer));
        try {
            cell.cost = steps.run(plan, diff.layers[cell.layer]);
        } catch (const ConfigError& error) {
            cell.problem = error.problem();
        }
    }
}

NamedPlan named_plan(const std::string& reference, const Experiment& experiment) {
    return {reference, experiment.strategy.title(), experiment.make_plan(), std::nullopt};
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json"});
    const Fidelity fidelity = read_fidelity(options.fidelity);
    if (options.plans.size() != 2) throw CommandLineError("diff takes two plans");
    const std::vector<Override> overrides = read_overrides(options.settings);
    const Experiment first = load_experiment(options.plans[0], overrides);
    const Experiment second = load_experiment(options.plans[1], overrides);
    check_alike(first, second);
    PlanDiff diff = diff_of(first.network.name(), first.batch, first.network.layer_names(),
                            named_plan(options.plans[0], first), named_plan(options.plans[1], second));
    run_all(diff, first, fidelity);
    print_result(options.format == "json" ? plan_diff_json(diff) : plan_diff_text(diff, style_of(STDOUT_FILENO)));
    if (diff.runs_done() < diff.runs()) {
        throw RunError(fmt::format("stopped early: {} of {} runs were done", diff.runs_done(), diff.runs()));
    }
}

}  // namespace

void add_diff_command(CommandLine& line) {
    Command command = line.add_command("diff", "show where two plans differ, and what each difference costs");
    const auto options = std::make_shared<Options>();
    command.add_arguments("PLAN", options->plans, "two experiments of the same network and levels, files or names");
    command.add_values("--set", options->settings, "KEY=VALUE", "KEY=VALUE in place of the files'");
    command.add_value("--fidelity", options->fidelity, "fast|full", "as for run; fast if left out");
    command.add_value("--format", options->format, "text|json", "how it is printed; text if left out");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
