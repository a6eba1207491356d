#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/energy.h"
#include "report/estimate.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What the links' bandwidths follow from.
struct BandwidthRule {
    std::uint64_t bits_per_second = 1;
    bool is_per_link = false;
    BandwidthScope total_scope = BandwidthScope::Level;
    bool has_own = false;  ///< some links of a graph have a bandwidth of their own

    explicit BandwidthRule(const InterconnectSpec& spec);
};

/// What is the same of topologies whose bandwidths follow from these rules with the same numbers, as the end of a
/// sentence.
std::string held_equal(const std::vector<BandwidthRule>& rules);

/// One run of a comparison, cut down to what is compared.
struct ComparisonRow {
    std::size_t argument = 0;  ///< number of its experiment among those compared
    std::string experiment;
    std::string network;
    std::string array;
    std::string topology;
    std::string strategy;
    std::uint64_t accelerators = 1;
    std::uint64_t batch = 0;
    BandwidthRule bandwidth_rule{InterconnectSpec()};
    Wiring wiring;
    std::vector<std::string> plan;
    Cycles cycles = 0;
    double seconds = 0;
    double compute_seconds = 0;
    double communication_seconds = 0;
    double communication_bound_seconds = 0;  ///< however its collectives are carried out
    double idle_seconds = 0;                 ///< where exchanges overlap: of the accelerator that ends last
    double bound_seconds = 0;                ///< of the step, in its schedule
    std::uint64_t traffic_bytes = 0;
    double energy_joules = 0;
    double energy_delay_product = 0;  ///< joule seconds
    Clock clock;
    std::vector<EnergyEntry> energy;  ///< adds up to energy_joules
    std::vector<LayerReport> layers;  ///< cycles and idle ones add up to `cycles`
    std::size_t baseline = 0;         ///< number of the row that it is compared with
    double speedup = 1;               ///< the baseline's time over this one's
    double energy_efficiency = 1;     ///< the baseline's energy over this one's
    Estimate estimate;

    double estimate_over_step() const { return seconds == 0 ? 1 : estimate.seconds() / seconds; }
};

ComparisonRow comparison_row(std::size_t argument, const std::string& experiment, const RunReport& report);

/// A run that was refused before it began.
struct RefusedRun {
    std::string experiment;
    std::string network;
    std::string topology;
    std::string strategy;
    std::string problem;  ///< with its place
};

struct Comparison {
    std::vector<ComparisonRow> rows;
    std::vector<RefusedRun> refused;
    std::size_t planned = 0;        ///< runs that were asked for: it is partial where neither is as many
    std::string strategy = "data";  ///< of baselines
    bool has_estimates = false;     ///< they stand beside what is simulated

    std::size_t done() const { return rows.size() + refused.size(); }
    bool is_partial() const { return done() < planned; }
};

/// Relates each row to its baseline among the rows of the same experiment and network: the first one with the
/// baselines' strategy; where there is none, the first one.
void relate_to_baseline(Comparison& comparison);

std::string comparison_text(const Comparison& comparison, const TextStyle& style = {});
std::string comparison_json(const Comparison& comparison);
/// One row a run, a header line first.
std::string comparison_csv(const Comparison& comparison);

}  // namespace hypar
