#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
#include "apps/commands/experiment_options.h"
#include "apps/commands/run_experiment.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "base/error.h"
#include "report/comparison.h"

namespace hypar {
namespace {

struct Options {
    std::vector<std::string> experiments;
    ExperimentOptions changes;
    std::string baseline = "data";
    std::string with;
    std::string folder;
    std::string format = "text";
    std::string fidelity = "fast";
};

/// One run to come.
struct Point {
    std::size_t argument;  ///< which of the experiments on the command line
    Experiment experiment;
};

/// Every experiment with every variant of it.
std::vector<Point> load_points(const Options& options) {
    std::vector<Point> points;
    const std::vector<std::vector<Override>> variants = variants_of(options.changes);
    for (std::size_t argument = 0; argument < options.experiments.size(); ++argument) {
        for (const std::vector<Override>& variant : variants) {
            points.push_back({argument, load_experiment(options.experiments[argument], variant)});
        }
    }
    return points;
}

void check_baseline(const std::string& baseline, const std::vector<Point>& points) {
    if (baseline == "data") return;
    std::vector<std::string> titles;
    for (const Point& point : points) {
        const std::string title = point.experiment.strategy.title();
        if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
    }
    choose("--baseline " + baseline, baseline, titles);
}

/// A row for each point that is not refused, or for those that were done when Ctrl-C ended it.
Comparison simulate(const std::vector<Point>& points, const Options& options, Fidelity fidelity) {
    Comparison comparison{{}, {}, points.size(), options.baseline, options.with == "estimate"};
    Remembered remembered;
    ProgressBar bar(static_cast<double>(points.size()), "runs");
    const Interrupt interrupt;
    for (const auto& [argument, experiment] : points) {
        if (Interrupt::is_requested()) break;
        const auto done = static_cast<double>(comparison.done());
        const std::string network = experiment.network.name();
        const std::string strategy = experiment.strategy.title();
        const std::string topology = name_of(experiment.array.interconnect.topology.kind);
        const std::string label = fmt::format("{}, {}, {}", network, strategy, topology);
        try {
            const RunReport report = run_experiment(experiment, fidelity, remembered,
                                                    [&](double fraction) { bar.show(done + fraction, label); });
            if (report.is_partial()) break;
            comparison.rows.push_back(comparison_row(argument, experiment.name, report));
        } catch (const ConfigError& error) {
            comparison.refused.push_back({experiment.name, network, topology, strategy, error.what()});
        }
    }
    relate_to_baseline(comparison);
    return comparison;
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "csv"});
    if (!options.with.empty()) choose("--with " + options.with, options.with, {"estimate"});
    const Fidelity fidelity = read_fidelity(options.fidelity);
    const std::vector<Point> points = load_points(options);
    check_baseline(options.baseline, points);
    const ResultFolder folder(options.folder, PageKind::Comparison);
    const Comparison comparison = simulate(points, options, fidelity);
    const std::vector<RefusedRun>& refused = comparison.refused;
    if (refused.size() == points.size()) throw ConfigError({}, refused.front().problem);
    const auto text = [&](const TextStyle& style) { return comparison_text(comparison, style); };
    const Renderings result{text, comparison_json(comparison), comparison_csv(comparison)};
    folder.write(result);
    print_result(result.of(options.format));
    if (comparison.is_partial()) {
        throw RunError(fmt::format("stopped early: {} of {} runs were done", comparison.done(), points.size()));
    }
    if (!refused.empty()) {
        throw ConfigError({}, fmt::format("{} of {} runs were refused, the first one by {}", refused.size(),
                                          points.size(), refused.front().problem));
    }
}

}  // namespace

void add_compare_command(CommandLine& line) {
    Command command = line.add_command("compare", "simulate several variants and set them side by side");
    const auto options = std::make_shared<Options>();
    command.add_arguments("EXPERIMENT", options->experiments,
                          "files, or names that `hypar list experiments` or `hypar list networks` shows");
    add_experiment_options(command, options->changes, true);
    command.add_value("--baseline", options->baseline, "STRATEGY",
                      "whose runs the others are compared with, one of the strategies; data if left out");
    command.add_value("--with", options->with, "estimate",
                      "a closed form of the step beside what is simulated, and their ratio");
    command.add_value("--fidelity", options->fidelity, "fast|full", "as for run; fast if left out");
    command.add_value("-o", options->folder, "DIR",
                      "folder for report.json, report.txt, report.csv and the page index.html");
    command.add_value("--format", options->format, "text|json|csv", "how it is printed; text if left out");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
