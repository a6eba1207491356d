#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/terminal.h"
#include "experiment/catalogue.h"
#include "experiment/loading.h"
#include "partition/search/plan_report.h"
#include "report/plan_render.h"
#include "sim/plan_time.h"

namespace hypar {
namespace {

struct Options {
    std::string network;
    std::string strategy;
    std::string splits;
    std::string accelerators;
    std::string levels;
    std::string batch;
    std::string partial_sums;
    std::string plan;
    std::string plan_file;
    std::string format = "text";
    std::string explain;
};

/// How many accelerators levels make together; what is no number is told where they are read.
std::string accelerators_of(const std::vector<std::string>& levels) {
    std::uint64_t product = 1;
    for (const std::string& level : levels) {
        const bool is_number = level.size() < 8 && level.find_first_not_of("0123456789") == std::string::npos;
        product = std::min<std::uint64_t>(kLargestCount, product * (is_number ? std::stoull(level) : 1));
    }
    return std::to_string(product);
}

/// The network and the options in place of what a file says.
std::vector<Setting> settings_of(const Options& options) {
    YamlValue network;
    network.kind = YamlValue::Kind::Scalar;
    network.text = options.network;
    std::vector<Setting> settings{{"network", {}, std::move(network), {}}};
    const auto add = [&](const std::string& key, const std::string& value, const std::string& option) {
        if (!value.empty()) settings.push_back(setting_of({key, value, option}));
    };
    const auto add_list = [&](const std::string& key, const std::string& values, const std::string& option) {
        if (!values.empty()) add(key, "[" + values + "]", option);
    };
    const std::string levels = "--levels " + options.levels;
    if (!options.levels.empty() && options.accelerators.empty()) {
        add("accelerators", accelerators_of(read_list(levels, options.levels)), levels);
    }
    add("accelerators", options.accelerators, "--accelerators " + options.accelerators);
    add_list("levels", options.levels, levels);
    add("batch", options.batch, "--batch " + options.batch);
    add("partial_sums", options.partial_sums, "--partial-sums " + options.partial_sums);
    const std::string splits = "--splits " + options.splits;
    if (options.splits.empty() && options.plan.empty()) {
        add("strategy", options.strategy, "--strategy " + options.strategy);
    } else {
        if (options.strategy.empty() && options.plan.empty()) add("strategy.name", StrategyChoice().name, splits);
        add("strategy.name", options.strategy, "--strategy " + options.strategy);
        add_list("strategy.splits", options.splits, splits);
    }
    return settings;
}

/// Without --plan an experiment that says nothing.
Experiment load(const Options& options) {
    YamlValue root;
    root.kind = YamlValue::Kind::Map;
    FileReference file;
    if (!options.plan.empty()) {
        try {
            file = resolve_reference(FileKind::Experiment, options.plan);
        } catch (const ConfigError& error) {
            throw error.at("--plan " + options.plan);
        }
        root = read_experiment_file(file);
        const YamlEntry* strategy = root.find("strategy");
        if (strategy == nullptr || strategy->value.find("plan") == nullptr) {
            const Place& place = strategy == nullptr ? root.place : strategy->value.place;
            throw ConfigError("strategy", "expected a map with a plan", place.text());
        }
    }
    return experiment_to_plan(root, file, settings_of(options));
}

/// How the plan's file refers to the network: by its name, or by its path from there.
std::string network_reference(const Options& options) {
    if (!is_path(options.network)) return options.network;
    const auto folder = std::filesystem::absolute(options.plan_file).parent_path();
    const std::string path = std::filesystem::absolute(options.network).lexically_proximate(folder).string();
    return is_path(path) ? path : "./" + path;
}

/// The plan as an experiment that runs it.
std::string plan_yaml(const Options& options, const Experiment& experiment, const PlanReport& report) {
    const Levels& division = report.plan.division();
    std::string plan;
    for (const std::string& level : report.plan.to_strings()) {
        plan += fmt::format("{}\"{}\"", plan.empty() ? "" : ", ", level);
    }
    std::string digits;
    for (const SplitEntry& split : kSplits) {
        digits += fmt::format("{}{} is {}", digits.empty() ? "" : ", ", split.digit, split.name);
    }
    std::string text =
        fmt::format("# The {} plan, H1 first: {} parallelism.\nnetwork: {}\naccelerators: {}\n", report.strategy,
                    digits, quoted_yaml(network_reference(options)), report.plan.accelerators());
    if (!(division == default_levels(division.accelerators()))) {
        text += fmt::format("levels: [{}]\n", fmt::join(division.sizes(), ", "));
    }
    text += fmt::format("batch: {}\n", report.batch);
    if (experiment.partial_sums != Training().partial_sums) {
        text += fmt::format("partial_sums: {}\n", name_in(Training::kPartialSums, experiment.partial_sums));
    }
    return text + fmt::format("strategy: {{plan: [{}]}}\n", plan);
}

void check_plan_file(const Options& options) {
    const std::string option = "-o " + options.plan_file;
    check_output_file(option, options.plan_file);
    std::error_code ignored;
    if (is_path(options.network) && std::filesystem::equivalent(options.network, options.plan_file, ignored)) {
        throw ConfigError("", "is the network's own file", option);
    }
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json"});
    if (!options.explain.empty()) choose("--explain " + options.explain, options.explain, {"plan"});
    const Experiment experiment = load(options);
    if (!options.plan_file.empty()) check_plan_file(options);
    const StepShape step = experiment.step();
    const StrategyChoice& choice = experiment.strategy;
    const PlanReport report = report_plan(experiment.network, experiment.search_plan(), choice, step);
    if (!options.plan_file.empty()) write_file(options.plan_file, plan_yaml(options, experiment, report));
    std::vector<CellAlternative> alternatives;
    if (!options.explain.empty()) {
        alternatives = timed_alternatives(experiment.network, report.plan, step, experiment.phases, experiment.array);
    }
    if (options.format == "json") {
        print_result(plan_json(report, alternatives));
    } else {
        const TextStyle style = style_of(STDOUT_FILENO);
        print_result(plan_text(report, style) + explain_plan(report, alternatives, style));
    }
}

}  // namespace

void add_partition_command(CommandLine& line) {
    Command command = line.add_command("partition", "plan how an array shares a network's layers");
    const auto options = std::make_shared<Options>();
    command.add_argument("NETWORK", options->network, "a file, or a name that `hypar list networks` shows");
    command.add_value("--strategy", options->strategy, "STRATEGY",
                      "a name that `hypar list strategies` shows; hypar if left out");
    command.add_value("--splits", options->splits, "SPLIT,...",
                      "what the strategy may choose among: batch, in, out, rows, heads; its own if left out");
    command.add_value("--accelerators", options->accelerators, "N", "their number; 16 if left out");
    command.add_value("--levels", options->levels, "N,...",
                      "into how many groups each level divides, the whole array first; prime factors if left out");
    command.add_value("--batch", options->batch, "N", "samples in one training step; 256 if left out");
    command.add_value("--partial-sums", options->partial_sums, "pooled|before-pooling",
                      "when partial sums travel; pooled if left out");
    command.add_value("--plan", options->plan, "FILE",
                      "an experiment whose plan is reported for this network; what it leaves free is searched");
    command.add_value("-o", options->plan_file, "FILE", "file for the plan, as an experiment");
    command.add_value("--format", options->format, "text|json", "how it is printed; text if left out");
    command.add_value("--explain", options->explain, "plan", "what every cell's other choice would cost");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
