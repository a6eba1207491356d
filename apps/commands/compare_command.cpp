#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
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
    std::string strategies;
    std::string topologies;
    std::string networks;
    std::vector<std::string> settings;
    std::string folder;
    std::string format = "text";
    std::string fidelity = "fast";
};

/// One override for each value of an option, or a single empty list where the option is absent.
std::vector<std::vector<Override>> variants(const std::string& option, const std::string& key,
                                            const std::string& values) {
    if (values.empty()) return {{}};
    std::vector<std::vector<Override>> overrides;
    for (const std::string& value : read_list(option + " " + values, values)) {
        overrides.push_back({{key, value, option + " " + value}});
    }
    return overrides;
}

/// One run to come.
struct Point {
    std::size_t argument;  ///< which of the experiments on the command line
    Experiment experiment;
};

/// Every experiment with every network, topology and strategy, in this order of loops.
std::vector<Point> load_points(const Options& options) {
    std::vector<Point> points;
    for (std::size_t argument = 0; argument < options.experiments.size(); ++argument) {
        const std::string& reference = options.experiments[argument];
        for (const auto& network : variants("--network", "network", options.networks)) {
            for (const auto& topology : variants("--topology", "topology", options.topologies)) {
                for (const auto& strategy : variants("--strategy", "strategy", options.strategies)) {
                    std::vector<Override> overrides = read_overrides(options.settings);
                    for (const auto* chosen : {&network, &topology, &strategy}) {
                        overrides.insert(overrides.end(), chosen->begin(), chosen->end());
                    }
                    points.push_back({argument, load_experiment(reference, overrides)});
                }
            }
        }
    }
    return points;
}

/// A row for each point, or for those that were done when Ctrl-C ended it.
std::vector<ComparisonRow> simulate(const std::vector<Point>& points, Fidelity fidelity) {
    std::vector<ComparisonRow> rows;
    Remembered remembered;
    ProgressBar bar(static_cast<double>(points.size()), "runs");
    const Interrupt interrupt;
    for (const auto& [argument, experiment] : points) {
        if (Interrupt::is_requested()) break;
        const std::string label = fmt::format("{}, {}, {}", experiment.network.name(), experiment.strategy.title(),
                                              name_of(experiment.array.interconnect.topology.kind));
        const RunReport report = run_experiment(experiment, fidelity, remembered, [&](double fraction) {
            bar.show(static_cast<double>(rows.size()) + fraction, label);
        });
        if (report.is_partial()) break;
        rows.push_back(comparison_row(argument, experiment.name, report));
    }
    relate_to_baseline(rows);
    return rows;
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "csv"});
    const Fidelity fidelity = read_fidelity(options.fidelity);
    const std::vector<Point> points = load_points(options);
    const ResultFolder folder(options.folder, PageKind::Comparison);
    const std::vector<ComparisonRow> rows = simulate(points, fidelity);
    const auto text = [&](const TextStyle& style) { return comparison_text(rows, points.size(), style); };
    const Renderings result{text, comparison_json(rows, points.size()), comparison_csv(rows)};
    folder.write(result);
    print_result(result.of(options.format));
    if (rows.size() < points.size()) {
        throw RunError(fmt::format("stopped early: {} of {} runs were done", rows.size(), points.size()));
    }
}

}  // namespace

void add_compare_command(CommandLine& line) {
    Command command = line.add_command("compare", "simulate several variants and set them side by side");
    const auto options = std::make_shared<Options>();
    command.add_arguments("EXPERIMENT", options->experiments, "files, or names that `hypar list experiments` shows");
    command.add_value("--strategy", options->strategies, "NAME,...",
                      "names, or maps as experiments have them, with commas between them");
    command.add_value("--topology", options->topologies, "NAME,...", "names with commas between them");
    command.add_value("--network", options->networks, "NAME,...", "names with commas between them");
    command.add_values("--set", options->settings, "KEY=VALUE", "KEY=VALUE in place of the files'");
    command.add_value("--fidelity", options->fidelity, "FIDELITY", "fast (the default) or full, as for run");
    command.add_value("-o", options->folder, "DIR",
                      "folder for report.json, report.txt, report.csv and the page index.html");
    command.add_value("--format", options->format, "FORMAT", "text (the default), json or csv");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
