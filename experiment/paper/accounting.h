#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// How the simulator of a paper counts, as far as its figures tell: one rule and one rate for all networks, figures
/// and sizes. Nothing is simulated in it.
struct Accounting {
    std::string title;                    ///< a sentence: the rule
    std::string source;                   ///< where it is from, and how it was found
    double passes = 0;                    ///< that each take the multiply-accumulates of `counted_macs`
    double operations_per_second = 0;     ///< of one unit
    double units = 0;                     ///< an accelerator
    double accesses_of_a_word = 0;        ///< to memory, for each word communicated
    std::vector<std::string> speaks_for;  ///< what of the figures does, a sentence each
    std::vector<std::string> speaks_against;

    /// Of all samples and passes.
    double macs(const Experiment& experiment) const;
    /// Of a step that moves these bytes: computing, then each accelerator's share of them over one of its links.
    double seconds(const Experiment& experiment, double traffic_bytes) const;
    /// Multiply-accumulates and what is communicated, and nothing else.
    double joules(const Experiment& experiment, double traffic_bytes) const;
};

/// Multiply-accumulates of one sample in one pass, those of convolutions counted over the input map: kernel elements
/// x input channels / groups x output channels x input height x width, whatever the stride and the padding.
double counted_macs(const Network& network);

/// The file of a paper's accounting, beside its figures.
constexpr const char* kAccountingFile = "accounting.yaml";

/// What such a file describes. Throws ConfigError with place and key.
Accounting accounting_of(const YamlValue& root);

/// The accounting in `folder`; none if it has no such file.
std::optional<Accounting> load_accounting(const std::filesystem::path& folder);

}  // namespace hypar
