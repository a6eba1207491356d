#include "apps/commands/experiment_options.h"

#include "apps/terminal/options.h"

namespace hypar {
namespace {

struct OptionEntry {
    const char* option;
    const char* key;
    std::string ExperimentOptions::*value;
    const char* type;
    const char* help;
};

/// From the outermost loop of a comparison to the innermost.
constexpr OptionEntry kOptions[] = {
    {"--network", "network", &ExperimentOptions::network, "NETWORK", "`hypar list networks` shows names; or a file"},
    {"--topology", "topology", &ExperimentOptions::topology, "TOPOLOGY",
     "`hypar list topologies` shows names; or a map"},
    {"--accelerators", "accelerators", &ExperimentOptions::accelerators, "N", "their number"},
    {"--batch", "batch", &ExperimentOptions::batch, "N", "samples in one training step"},
    {"--strategy", "strategy", &ExperimentOptions::strategy, "STRATEGY",
     "`hypar list strategies` shows names; a file with a plan; or a map"},
};

Override override_of(const OptionEntry& entry, const std::string& value) {
    return {entry.key, value, std::string(entry.option) + " " + value};
}

}  // namespace

void add_experiment_options(Command& command, ExperimentOptions& options, bool have_lists) {
    for (const OptionEntry& entry : kOptions) {
        const std::string list = have_lists ? ",..." : "";
        command.add_value(entry.option, options.*entry.value, entry.type + list,
                          std::string(entry.help) + (have_lists ? "; several with commas between them" : ""));
    }
    command.add_values("--set", options.settings, "KEY=VALUE",
                       "KEY=VALUE in place of the file's, such as array.clock=\"500 MHz\"");
}

std::vector<Override> overrides_of(const ExperimentOptions& options) {
    std::vector<Override> overrides = read_overrides(options.settings);
    for (const OptionEntry& entry : kOptions) {
        const std::string& value = options.*entry.value;
        if (!value.empty()) overrides.push_back(override_of(entry, value));
    }
    return overrides;
}

std::vector<std::vector<Override>> variants_of(const ExperimentOptions& options) {
    std::vector<std::vector<Override>> variants = {read_overrides(options.settings)};
    for (const OptionEntry& entry : kOptions) {
        const std::string& values = options.*entry.value;
        if (values.empty()) continue;
        std::vector<std::vector<Override>> longer;
        for (const std::vector<Override>& variant : variants) {
            for (const std::string& value : read_list(std::string(entry.option) + " " + values, values)) {
                longer.push_back(variant);
                longer.back().push_back(override_of(entry, value));
            }
        }
        variants = std::move(longer);
    }
    return variants;
}

}  // namespace hypar
