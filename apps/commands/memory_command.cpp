#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/terminal.h"
#include "base/error.h"
#include "base/units.h"
#include "experiment/yaml/quantity.h"
#include "report/probe/memory_render.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostRequests = 10'000'000;
constexpr std::uint64_t kMostBlockBytes = std::uint64_t{1024} * 1024;
constexpr std::uint64_t kMostAccesses = 1'000'000'000;  // to rows: a minute
constexpr QuantityRange kRates = {8 * kKilo, 8000 * kTera};

struct Options {
    std::string array = "hpca19";
    std::vector<std::string> settings;
    std::string pattern = "sequential";
    std::string read_fraction = "1";
    std::string rate = "max";
    std::string vaults = "1";
    std::string block_bytes = "64";
    std::string requests = "100000";
    std::string seed = "1";
    std::string format = "text";
};

ArraySpec read_array_option(const Options& options) {
    try {
        return load_array(options.array, read_overrides(options.settings));
    } catch (const ConfigError& error) {
        throw error.place().empty() ? error.at("--array " + options.array) : error;
    }
}

TrafficPattern read_pattern(const std::string& value) {
    std::vector<std::string> known;
    for (const TrafficPatternName& entry : traffic_patterns()) known.emplace_back(entry.name);
    choose("--pattern " + value, value, known);
    for (const TrafficPatternName& entry : traffic_patterns()) {
        if (entry.name == value) return entry.pattern;
    }
    return TrafficPattern::Sequential;
}

std::optional<std::uint64_t> read_rate(const std::string& value) {
    if (value == "max") return std::nullopt;
    const std::string option = "--rate " + value;
    const YamlValue scalar = read_yaml_option(value, option);
    return read_whole(Field(scalar, ""), Quantity::Bandwidth, kRates);
}

std::uint64_t read_block_bytes(const Options& options, const MemorySpec& memory, TrafficPattern pattern) {
    const std::string option = "--block-bytes " + options.block_bytes;
    const std::uint64_t bytes = read_count(option, options.block_bytes, 1, kMostBlockBytes);
    if (bytes % memory.burst_bytes != 0) {
        throw ConfigError("", fmt::format("expected a multiple of the array's burst, {} B", memory.burst_bytes),
                          option);
    }
    if (pattern == TrafficPattern::OneBank && bytes > memory.row_bytes) {
        throw ConfigError(
            "", fmt::format("expected no more than a row, {} B, where all lies in one bank", memory.row_bytes),
            option);
    }
    return bytes;
}

MemoryTraffic read_traffic(const Options& options, const ArraySpec& array) {
    MemoryTraffic traffic;
    traffic.pattern = read_pattern(options.pattern);
    traffic.read_fraction = read_fraction("--read-fraction " + options.read_fraction, options.read_fraction);
    traffic.bits_per_second = read_rate(options.rate);
    traffic.outstanding = array.dma.outstanding_requests;
    traffic.vaults = read_count("--vaults " + options.vaults, options.vaults, 1, array.memory.vaults);
    traffic.block_bytes = read_block_bytes(options, array.memory, traffic.pattern);
    traffic.requests = read_count("--requests " + options.requests, options.requests, 1, kMostRequests);
    traffic.seed = read_count("--seed " + options.seed, options.seed, 0);
    const std::uint64_t accesses = accesses_of_request(array.memory, traffic.block_bytes);
    if (traffic.requests > kMostAccesses / accesses) {
        throw ConfigError(
            "", fmt::format("expected at most {} requests of {} B", kMostAccesses / accesses, traffic.block_bytes),
            "--requests " + options.requests);
    }
    return traffic;
}

MemoryTrafficResult simulate(const MemoryProbeReport& report) {
    const double requests = static_cast<double>(report.traffic.requests);
    ProgressBar bar(requests, "requests");
    return run_memory_traffic(report.array.memory, report.traffic,
                              [&](double fraction) { bar.show(fraction * requests, ""); });
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json"});
    MemoryProbeReport report;
    report.array = read_array_option(options);
    report.traffic = read_traffic(options, report.array);
    report.result = simulate(report);
    print_result(options.format == "json" ? memory_probe_json(report)
                                          : memory_probe_text(report, style_of(STDOUT_FILENO)));
}

}  // namespace

void add_memory_command(CommandLine& line) {
    Command command = line.add_command("memory", "bandwidth and latency of an array's memory under traffic");
    const auto options = std::make_shared<Options>();
    command.add_value("--array", options->array, "ARRAY",
                      "a file, or a name that `hypar list arrays` shows; hpca19 if left out");
    command.add_values("--set", options->settings, "KEY=VALUE",
                       "KEY=VALUE in place of the array's, such as array.memory.page=closed");
    command.add_value("--pattern", options->pattern, "sequential|random|one-bank",
                      "sequential if left out; one-bank: random rows of a bank");
    command.add_value("--read-fraction", options->read_fraction, "X",
                      "of the requests, 0 to 1; the others write; 1 if left out");
    command.add_value("--rate", options->rate, "RATE",
                      "of all vaults, such as \"5 GB/s\"; max (the default): as fast as they go");
    command.add_value("--vaults", options->vaults, "N", "that the requests are interleaved over; 1 if left out");
    command.add_value("--block-bytes", options->block_bytes, "BYTES", "of one request; 64 if left out");
    command.add_value("--requests", options->requests, "N", "100000 if left out");
    command.add_value("--seed", options->seed, "N", "of random addresses and directions; 1 if left out");
    command.add_value("--format", options->format, "text|json", "how it is printed; text if left out");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
