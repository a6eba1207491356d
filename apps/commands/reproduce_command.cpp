#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
#include "apps/commands/reproduce_silicon.h"
#include "apps/commands/run_experiment.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "base/error.h"
#include "experiment/paper/paper.h"
#include "experiment/silicon/measurements.h"
#include "report/reproduction/figure_drawing.h"
#include "report/reproduction/reproduction.h"

namespace hypar {
namespace {

struct Options {
    std::string paper;
    std::string folder;
    std::string format = "text";
    std::string choices = kAllChoices;
};

std::vector<Figure> load(const Options& options) {
    std::vector<std::string> choices;
    std::string place = "reproduce " + options.paper;
    if (options.choices != kNoChoices) {
        const std::string option = "--choices " + options.choices;
        choices = read_list(option, options.choices);
        if (options.choices != kAllChoices) place += " " + option;
    }
    try {
        return load_figures(options.paper, choices);
    } catch (const ConfigError& error) {
        throw error.place().empty() ? error.at(place) : error;
    }
}

/// Runs every experiment once; what they have in common is simulated once.
class Runs {
public:
    explicit Runs(std::size_t count) : bar_(static_cast<double>(count), "runs") {}

    RunFacts find(const Experiment& experiment, const std::string& identity, const std::string& figure) {
        const auto found = facts_.find(identity);
        if (found != facts_.end()) return found->second;
        const std::string label = fmt::format("figure {}: {}, {}, {} accelerators", figure, experiment.network.name(),
                                              experiment.strategy.title(), experiment.array.accelerators);
        const RunReport report = run_experiment(experiment, Fidelity::Fast, remembered_, [&](double fraction) {
            bar_.show(static_cast<double>(facts_.size()) + fraction, label);
        });
        if (report.is_partial()) throw RunError("stopped early: nothing is written");
        return facts_.emplace(identity, facts_of(report)).first->second;
    }

private:
    ProgressBar bar_;
    Remembered remembered_;
    std::map<std::string, RunFacts> facts_;
};

std::vector<ReproducedFigure> reproduce_all(const std::vector<Figure>& figures) {
    Runs runs(identities_of(figures).size());
    std::vector<ReproducedFigure> reproduced;
    reproduced.reserve(figures.size());
    for (const Figure& figure : figures) {
        reproduced.push_back(reproduce(figure, [&](const Experiment& experiment, const std::string& identity) {
            return runs.find(experiment, identity, figure.number);
        }));
    }
    return reproduced;
}

std::string drawing_of(const Figure& figure) { return fmt::format("figure-{}.svg", figure.number); }
std::string table_of(const Figure& figure) { return fmt::format("figure-{}.csv", figure.number); }

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "csv"});
    if (options.paper == kSilicon) {
        if (options.choices != kAllChoices) throw ConfigError("", "silicon has no choices to turn", "--choices");
        reproduce_silicon(options.format, options.folder);
        return;
    }
    const std::vector<Figure> figures = load(options);
    std::vector<std::string> names;
    for (const Figure& figure : figures) names.insert(names.end(), {drawing_of(figure), table_of(figure)});
    const ResultFolder folder(options.folder, PageKind::Reproduction, names);
    const std::vector<ReproducedFigure> reproduced = reproduce_all(figures);
    const auto text = [&](const TextStyle& style) { return reproduction_text(options.paper, reproduced, style); };
    Renderings result{text, reproduction_json(options.paper, reproduced), reproduction_csv(reproduced)};
    for (const ReproducedFigure& figure : reproduced) {
        result.more.emplace_back(drawing_of(*figure.figure), figure_svg(figure));
        result.more.emplace_back(table_of(*figure.figure), figure_csv(figure));
    }
    folder.write(result);
    print_result(result.of(options.format));
}

}  // namespace

void add_reproduce_command(CommandLine& line) {
    Command command = line.add_command("reproduce", "every figure of a paper, or what machines took, beside ours");
    const auto options = std::make_shared<Options>();
    command.add_argument("PAPER", options->paper,
                         "a folder of configs/reproduce: hpca19, or silicon, which has measurements of machines");
    command.add_value("-o", options->folder, "DIR",
                      "writes reproduce.json, reproduce.txt, reproduce.csv, a drawing and a table of each figure "
                      "(figure-6.svg, figure-6.csv, ...) and the page index.html there; of silicon silicon.json, "
                      "silicon.txt, silicon.csv and the page");
    command.add_value("--format", options->format, "text|json|csv", "how it is printed; text if left out");
    command.add_value(
        "--choices", options->choices, "NAME,...",
        "which of the model's choices are turned to see what the figures owe to them: all (the default; "
        "each, and all together), none (quicker), or names of the paper's choices.yaml");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
