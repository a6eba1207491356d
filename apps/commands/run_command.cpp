#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/commands/commands.h"
#include "apps/commands/experiment_options.h"
#include "apps/commands/run_experiment.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "base/error.h"
#include "report/chakra/chakra.h"
#include "report/energy.h"
#include "report/explain.h"
#include "report/path_render.h"
#include "report/plan_render.h"
#include "report/run_render.h"
#include "report/timeline/trace.h"
#include "sim/plan_time.h"

namespace hypar {
namespace {

struct Options {
    std::string experiment;
    ExperimentOptions changes;
    std::string folder;
    std::string format = "text";
    std::string explain;
    std::string fidelity = "fast";
    std::string trace;
    std::string chakra;
};

RunReport run_with_bar(const Experiment& experiment, Fidelity fidelity, Remembered& remembered,
                       const RunDetails& details) {
    constexpr double kPercent = 100;
    ProgressBar bar(kPercent, "%");
    return run_experiment(
        experiment, fidelity, remembered,
        [&](double fraction) { bar.show(kPercent * fraction, experiment.network.name()); }, details);
}

/// What --explain names; nothing if it is left out.
std::set<std::string> read_topics(const std::string& value) {
    if (value.empty()) return {};
    const std::string option = "--explain " + value;
    std::set<std::string> topics;
    for (const std::string& topic : read_list(option, value)) {
        topics.insert(choose(option, topic, {"mapping", "energy", "plan", "path"}));
    }
    return topics;
}

/// Nothing but a trace is replaced.
void check_trace_file(const std::string& file) {
    const std::string option = "--trace " + file;
    check_output_file(option, file);
    std::ifstream old(file, std::ios::binary);
    std::string beginning(std::string_view(kTraceBeginning).size(), '\0');
    old.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    if (old.gcount() > 0 && beginning != kTraceBeginning) {
        throw ConfigError("", "is there already and no trace: it is not replaced", option);
    }
}

/// The file of an accelerator's execution trace, and that of the groups of its collectives.
std::string trace_file(std::uint64_t accelerator) { return "step." + std::to_string(accelerator) + ".et"; }
constexpr const char* kGroupsFile = "groups.json";

/// In a folder that has no trace of accelerators that are none.
void write_chakra(const std::filesystem::path& folder, const Experiment& experiment, const RunReport& report,
                  Remembered& remembered) {
    const Execution execution(input_of(experiment, report.plan), remembered);
    for (std::uint64_t i = 0; i < execution.accelerators(); ++i) {
        write_file(folder / trace_file(i), chakra_trace(execution, i));
    }
    for (std::uint64_t i = execution.accelerators(); std::filesystem::remove(folder / trace_file(i)); ++i) {
    }
    write_file(folder / kGroupsFile, chakra_groups(execution));
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json"});
    const Fidelity fidelity = read_fidelity(options.fidelity);
    const std::set<std::string> topics = read_topics(options.explain);
    const Experiment experiment = load_experiment(options.experiment, overrides_of(options.changes));
    const ResultFolder folder(options.folder, PageKind::Run);
    if (!options.trace.empty()) check_trace_file(options.trace);
    if (!options.chakra.empty()) make_output_folder(options.chakra, {kGroupsFile}, "--chakra");

    const bool asks_for_path = topics.count("path") != 0 || !options.folder.empty();
    Remembered remembered;
    const RunReport report =
        run_with_bar(experiment, fidelity, remembered, {asks_for_path, options.trace.empty() ? 0 : kTimelineSlices});
    std::vector<CellAlternative> alternatives;
    const StepShape step = experiment.step();
    if (topics.count("plan") != 0) {
        alternatives = timed_alternatives(experiment.network, report.plan, step, experiment.phases, experiment.array);
    }
    const auto text = [&](const TextStyle& style) {
        std::string result = run_text(report, style);
        if (topics.count("mapping") != 0) result += explain_mapping(report, style);
        if (topics.count("energy") != 0) result += explain_energy(report, style);
        if (topics.count("path") != 0) result += explain_path(report, style);
        if (topics.count("plan") == 0) return result;
        const PlanReport plan = report_plan(experiment.network, SearchResult{report.plan}, experiment.strategy, step);
        return result + explain_plan(plan, alternatives, style);
    };
    const Renderings result{text, run_json(report, alternatives), ""};
    folder.write(result);  // before whoever reads what is printed can go away
    if (!options.trace.empty()) write_file(options.trace, trace_json(report));
    if (!options.chakra.empty() && !report.is_partial()) write_chakra(options.chakra, experiment, report, remembered);
    print_result(result.of(options.format));
    if (report.is_partial()) throw RunError("stopped early: the report covers " + partial_note(report));
    if (asks_for_path && !report.critical_path) throw RunError("stopped early: the critical path was not found");
}

}  // namespace

void add_run_command(CommandLine& line) {
    Command command = line.add_command("run", "simulate one training step of an experiment");
    const auto options = std::make_shared<Options>();
    command.add_argument("EXPERIMENT", options->experiment,
                         "a file, or a name that `hypar list experiments` or `hypar list networks` shows");
    add_experiment_options(command, options->changes, false);
    command.add_value("-o", options->folder, "DIR", "folder for report.json, report.txt and the page index.html");
    command.add_value("--format", options->format, "text|json", "how it is printed; text if left out");
    command.add_value(
        "--fidelity", options->fidelity, "fast|full",
        "fast (if left out) skips what repeats itself, full replays every event; the results are the same");
    command.add_value("--explain", options->explain, "mapping|energy|plan|path,...",
                      "mapping: how phases are laid on the units; energy: counts, prices, where it goes; plan: each "
                      "cell's other choice; "
                      "path: what the step waits for, and what it would take without");
    command.add_value("--trace", options->trace, "FILE", "file for the step's timeline, which Perfetto opens");
    command.add_value("--chakra", options->chakra, "DIR",
                      "folder for an execution trace of each accelerator, which ASTRA-sim replays");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
