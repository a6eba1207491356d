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
#include "partition/search/plan_report.h"
#include "partition/search/strategy.h"
#include "report/plan_render.h"

namespace hypar {
namespace {

struct Options {
    std::string network;
    std::string strategy = "hypar";
    std::string accelerators = "16";
    std::string batch = "256";
    std::string plan_file;
    std::string format = "text";
    std::string explain;
};

/// A ConfigError of the search or of the number of accelerators, told by the option that it comes from.
ConfigError at_option(const ConfigError& error, const Options& options) {
    if (error.key() == "accelerators") return {"", error.problem(), "--accelerators " + options.accelerators};
    if (error.key() == "strategy") return {"", error.problem(), "--strategy " + options.strategy};
    return error;
}

PlanReport make_report(const Network& network, const Options& options, const StepShape& step) {
    const std::uint64_t accelerators = read_count("--accelerators " + options.accelerators, options.accelerators, 1);
    try {
        const StrategyEntry& strategy = find_strategy(options.strategy);
        const Levels levels = default_levels(accelerators);
        PlanSpace space(network, step, levels);
        space.restrict_to(strategy.splits);
        return report_plan(space, strategy.search(space), options.strategy, strategy.objective);
    } catch (const ConfigError& error) {
        throw at_option(error, options);
    }
}

/// How the plan's file refers to the network: by its name, or by its path from there.
std::string network_reference(const Options& options) {
    if (!is_path(options.network)) return options.network;
    const auto folder = std::filesystem::absolute(options.plan_file).parent_path();
    const std::string path = std::filesystem::absolute(options.network).lexically_proximate(folder).string();
    return is_path(path) ? path : "./" + path;
}

/// The plan as an experiment that runs it.
std::string plan_yaml(const Options& options, const PlanReport& report) {
    std::string levels;
    for (const std::string& level : report.plan.to_strings()) {
        levels += fmt::format("{}\"{}\"", levels.empty() ? "" : ", ", level);
    }
    return fmt::format(
        "# The {} plan, H1 first: 0 is data, 1 is model parallelism.\n"
        "network: \"{}\"\naccelerators: {}\nbatch: {}\nstrategy: {{plan: [{}]}}\n",
        report.strategy, network_reference(options), report.plan.accelerators(), report.batch, levels);
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
    const Network network = load_network(options.network);
    if (!options.plan_file.empty()) check_plan_file(options);
    StepShape step;
    step.batch = read_count("--batch " + options.batch, options.batch, 1);
    const PlanReport report = make_report(network, options, step);
    if (!options.plan_file.empty()) write_file(options.plan_file, plan_yaml(options, report));
    std::vector<CellAlternative> alternatives;
    if (!options.explain.empty()) alternatives = cell_alternatives(network, report.plan, step);
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
    command.add_value("--strategy", options->strategy, "NAME",
                      "a name that `hypar list strategies` shows; hypar if left out");
    command.add_value("--accelerators", options->accelerators, "N", "a power of two; 16 if left out");
    command.add_value("--batch", options->batch, "N", "samples in one training step; 256 if left out");
    command.add_value("-o", options->plan_file, "FILE", "file for the plan, as an experiment");
    command.add_value("--format", options->format, "FORMAT", "text (the default) or json");
    command.add_value("--explain", options->explain, "TOPIC", "plan: what every cell's other choice would cost");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
