#include "experiment/paper/accounting.h"

#include <algorithm>

#include "arch/network/topology.h"
#include "experiment/paper/figure_check.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

constexpr double kOperationsOfAMac = 2;  // a multiplication and an addition
constexpr double kBitsOfAByte = 8;
constexpr double kJoulesPerPicojoule = 1e-12;

double counted_macs(const Layer& layer) {
    if (layer.type != LayerType::Convolution) return static_cast<double>(layer.macs());
    return static_cast<double>(layer.weights()) * static_cast<double>(layer.input.plane());
}

/// Of the widest link of an accelerator, in bits per second; all accelerators are taken to have one.
double link_of(const Experiment& experiment) {
    const Topology topology = Topology::make(experiment.array.interconnect, experiment.array.accelerators);
    std::uint64_t widest = 0;
    for (const std::size_t link : topology.graph().links_from(0)) {
        widest = std::max(widest, topology.graph().links()[link].bits_per_second);
    }
    return static_cast<double>(widest);
}

double read_positive(const Field& field) {
    const double number = read_number(field);
    if (number <= 0) throw field.expected("a number above 0");
    return number;
}

}  // namespace

double counted_macs(const Network& network) {
    double macs = 0;
    for (const Layer& layer : network.layers()) macs += counted_macs(layer);
    return macs;
}

double Accounting::macs(const Experiment& experiment) const {
    return passes * counted_macs(experiment.network) * static_cast<double>(experiment.batch);
}

double Accounting::seconds(const Experiment& experiment, double traffic_bytes) const {
    const double accelerators = static_cast<double>(experiment.array.accelerators);
    const double computing = kOperationsOfAMac * macs(experiment) / (operations_per_second * units * accelerators);
    if (traffic_bytes == 0) return computing;
    return computing + kBitsOfAByte * traffic_bytes / (accelerators * link_of(experiment));
}

double Accounting::joules(const Experiment& experiment, double traffic_bytes) const {
    const EnergyTable& table = experiment.array.energy;
    const double words = traffic_bytes / static_cast<double>(experiment.array.precision.bytes);
    return ((table.add + table.multiply) * macs(experiment) + accesses_of_a_word * table.dram_32bit * words) *
           kJoulesPerPicojoule;
}

Accounting accounting_of(const YamlValue& root_value) {
    const Field root(root_value, {});
    const MapReader map(MapReader(root, {"accounting"}).required("accounting", "a map"),
                        {"title", "source", "passes", "operations_per_second", "units", "accesses_of_a_word",
                         "speaks_for", "speaks_against"});
    Accounting accounting;
    accounting.title = read_text(map.required("title", "a sentence"));
    accounting.source = read_text(map.required("source", "where it is from"));
    accounting.passes = read_positive(map.required("passes", "a number"));
    accounting.operations_per_second = read_positive(map.required("operations_per_second", "a number"));
    accounting.units = read_positive(map.required("units", "a number"));
    accounting.accesses_of_a_word = read_positive(map.required("accesses_of_a_word", "a number"));
    const auto read_sentences = [&](const char* key, std::vector<std::string>& sentences) {
        for (const Field& item : read_list(map.required(key, "a list of sentences"), "a list of sentences")) {
            sentences.push_back(read_text(item));
        }
    };
    read_sentences("speaks_for", accounting.speaks_for);
    read_sentences("speaks_against", accounting.speaks_against);
    return accounting;
}

std::optional<Accounting> load_accounting(const fs::path& folder) {
    const fs::path path = folder / kAccountingFile;
    if (!fs::exists(path)) return std::nullopt;
    return accounting_of(read_yaml_file(path, path.string()));
}

}  // namespace hypar
