#include "experiment/listing/listing.h"

#include <fmt/format.h>

#include "arch/array/flow_limits.h"
#include "arch/network/topology.h"
#include "base/names.h"
#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/loading.h"
#include "experiment/paper/figure.h"
#include "experiment/silicon/measurements.h"
#include "experiment/sweep/sweep_reader.h"
#include "experiment/yaml/yaml.h"

namespace hypar {
namespace {

std::string summary(const Network& network) {
    return fmt::format("{}, {} layers, {} parameters", network.name(), network.size(), network.parameters());
}

std::string accelerators(const ArraySpec& array) {
    return fmt::format("{} accelerator{}", array.accelerators, array.accelerators == 1 ? "" : "s");
}

std::string summary(const ArraySpec& array) {
    return fmt::format("{}, {}, {}", array.name, accelerators(array), name_of(array.interconnect.topology.kind));
}

std::string summary(const Experiment& experiment) {
    return fmt::format("{}, batch {}, {} on {} ({}, {})", experiment.network.name(), experiment.batch,
                       experiment.strategy.name.empty() ? "an explicit plan" : experiment.strategy.title(),
                       accelerators(experiment.array), experiment.array.name,
                       name_of(experiment.array.interconnect.topology.kind));
}

/// A line for each of what its topology has to note.
std::string notes_on(const ArraySpec& array) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    std::string text;
    for (const std::string& note : notes_on_feeding(array, topology)) text += "\n  note: " + note;
    for (const std::string& note : topology.family().notes(topology, array.interconnect)) text += "\n  note: " + note;
    return text;
}

template <typename Describe>
std::vector<Named> list(FileKind kind, const Describe& describe) {
    std::vector<Named> files;
    for (const std::string& name : catalogue_names(kind)) {
        std::string description;
        try {
            description = describe(name);
        } catch (const ConfigError&) {
            description = "(cannot be read)";
        }
        files.push_back({name, description});
    }
    return files;
}

}  // namespace

std::string check_file(const std::string& path) {
    const YamlValue root = read_yaml_file(path, path);
    if (root.find("figure") != nullptr) {
        const Figure figure = figure_of(root, {path, path});
        std::string text = fmt::format("figure: {}, {}, {} rows", figure.number, figure.title, figure.rows.size());
        if (!figure.choices.empty()) text += ", choices: " + comma_separated(names_of(figure.choices));
        return text;
    }
    if (root.find("accounting") != nullptr) return "accounting: " + accounting_of(root).title;
    if (root.find("choices") != nullptr) {
        return "choices: " + comma_separated(names_of(choices_of(root, {path, path})));
    }
    if (root.find("measurements") != nullptr) {
        const Measurements measurements = measurements_of(root, {path, path});
        return fmt::format("measurements: {}, {}, {} rows", measurements.name, measurements.title,
                           measurements.rows.size());
    }
    switch (kind_of(root)) {
        case FileKind::Network: return "network: " + summary(network_of(root));
        case FileKind::Array: {
            const ArraySpec array = array_of(root, {path, path});
            return "array: " + summary(array) + notes_on(array);
        }
        case FileKind::Sweep: {
            const Sweep sweep = sweep_of(root, {path, path});
            std::string text = "sweep: " + summary(sweep);
            for (const std::string& line : dropped_lines(sweep)) text += "\n  " + line;
            return text;
        }
        case FileKind::Experiment: break;
    }
    const Experiment experiment = experiment_of(root, {path, path});
    const bool takes_replays = experiment.strategy.minimise == Minimise::Seconds;
    if (!takes_replays) experiment.make_plan();
    return "experiment: " + summary(experiment) + notes_on(experiment.array);
}

std::vector<Named> list_networks() {
    return list(FileKind::Network, [](const std::string& name) { return load_network(name).source(); });
}

std::vector<Named> list_arrays() {
    return list(FileKind::Array, [](const std::string& name) { return load_array(name).source; });
}

std::vector<Named> list_experiments() {
    return list(FileKind::Experiment, [](const std::string& name) { return summary(load_experiment(name)); });
}

std::vector<Named> list_sweeps() {
    return list(FileKind::Sweep, [](const std::string& name) { return summary(load_sweep(name)); });
}

}  // namespace hypar
