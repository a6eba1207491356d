#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "arch/network/deadlock.h"
#include "base/error.h"
#include "report/probe/noc_render.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostNodes = 1024;
constexpr std::uint64_t kMostPacketFlits = 65536;
constexpr std::uint64_t kMostChannels = 64;
constexpr std::uint64_t kMostChannelsInAll = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMostBuffer = 65536;
constexpr std::uint64_t kMostDelay = 1'000'000;            // cycles
constexpr std::uint64_t kMostCycles = 1'000'000'000;       // of one rate
constexpr std::uint64_t kMostNodeCycles = 10'000'000'000;  // of one rate: an hour

// One flit of 16 bytes in each cycle of 1 ns, but for the links of a tree above its lowest switches.
constexpr Picoseconds kPeriod = 1000;
constexpr std::uint64_t kFlitBytes = 16;
constexpr std::uint64_t kBitsPerSecond = kFlitBytes * 8 * (kPicosecondsPerSecond / kPeriod);

struct Options {
    std::string topology = "torus";
    std::string size;
    std::string array;
    std::vector<std::string> settings;
    std::string traffic = "uniform";
    std::string ways = "routed";
    std::string rates;
    std::string packet_flits;
    std::string channels = "4";
    std::string buffer = "8";
    std::string router_cycles = "1";
    std::string link_cycles = "1";
    std::string input_reads = "one";
    std::string endpoints = "router";
    std::string routing = "deterministic";
    std::string warmup = "1000";
    std::string cycles = "10000";
    std::string seed = "1";
    std::string format = "text";
    std::string folder;
};

const TopologyFamily& read_family(const Options& options) {
    const std::string option = "--topology " + options.topology;
    std::vector<std::string> known;
    for (const TopologyFamily& family : topology_families()) {
        if (family.lists_links && family.name == options.topology) {
            throw ConfigError("", "a graph's links stand in an array's file: --array FILE", option);
        }
        if (!family.lists_links) known.emplace_back(family.name);
    }
    choose(option, options.topology, known);
    return *std::find_if(topology_families().begin(), topology_families().end(),
                         [&](const TopologyFamily& family) { return family.name == options.topology; });
}

/// "4x4", "4,2" or "16".
std::vector<std::uint64_t> read_numbers(const std::string& option, const std::string& text) {
    std::string list = text;
    std::replace(list.begin(), list.end(), 'x', ',');
    std::vector<std::uint64_t> numbers;
    try {
        for (const std::string& part : read_list(option, list)) {
            numbers.push_back(read_count(option, part, 1, kMostNodes));
        }
    } catch (const ConfigError&) {
        throw ConfigError("", fmt::format("expected numbers from 1 to {}, such as 4x4, 16 or 4,2", kMostNodes),
                          option);
    }
    return numbers;
}

/// How many numbers the size of a topology has: least and most.
std::pair<std::size_t, std::size_t> count_of_numbers(const TopologyFamily& family) {
    std::size_t least = 0;
    std::size_t most = 0;
    for (const TopologyKey& key : family.keys) {
        if (key.numbers != &TopologySpec::size) continue;
        ++least;
        most += std::max<std::size_t>(1, key.most_numbers);
    }
    return {std::max<std::size_t>(1, least), std::max<std::size_t>(1, most)};
}

/// The size, where there is no number but that of the nodes.
TopologyFamily::Size size_for(const TopologyFamily& family, std::uint64_t nodes, const std::string& option) {
    try {
        return family.default_size(nodes);
    } catch (const ConfigError&) {
        throw ConfigError("", fmt::format("expected {}", family.expected_count), option);
    }
}

std::uint64_t count_nodes(const TopologyFamily& family, const TopologyFamily::Size& size, const std::string& option) {
    std::uint64_t nodes = UINT64_MAX;
    try {
        nodes = family.accelerators(size);
    } catch (const std::overflow_error&) {
    }
    if (nodes > kMostNodes) throw ConfigError("", fmt::format("expected at most {} nodes", kMostNodes), option);
    return nodes;
}

struct Shape {
    TopologySpec topology;
    std::uint64_t nodes = 16;
};

Shape read_shape(const Options& options) {
    const TopologyFamily& family = read_family(options);
    Shape shape;
    shape.topology.kind = family.kind;
    TopologyFamily::Size& size = shape.topology.size;
    if (options.size.empty()) {
        size = family.default_size(shape.nodes);
        return shape;
    }
    const std::string option = "--size " + options.size;
    size = read_numbers(option, options.size);
    const auto [least, most] = count_of_numbers(family);
    if (size.size() < least || size.size() > most) {
        throw ConfigError("", fmt::format("expected the size of a {}: {}", family.name, family.size_form), option);
    }
    if (family.expected_count != nullptr && size.size() == 1) size = size_for(family, size.front(), option);
    shape.nodes = count_nodes(family, size, option);
    return shape;
}

template <typename Value, std::size_t size>
Value read_choice(const std::string& name, const std::string& value, const Choice<Value> (&choices)[size]) {
    std::vector<std::string> known;
    for (const Choice<Value>& choice : choices) known.emplace_back(choice.name);
    choose(name + " " + value, value, known);
    return std::find_if(choices, choices + size, [&](const Choice<Value>& choice) { return choice.name == value; })
        ->value;
}

/// The options that an error of the interconnect is about.
std::string options_of(const ConfigError& error, const Options& options) {
    std::string channels = "--vcs " + options.channels;
    if (error.key() == "interconnect.virtual_channels") return channels;
    return fmt::format("--topology {}{} {}", options.topology, options.size.empty() ? "" : " --size " + options.size,
                       channels);
}

/// Each virtual channel has a buffer and turns of its own, about a kilobyte.
void check_channels(const Topology& topology, const InterconnectSpec& spec) {
    const std::uint64_t channels = topology.links().size() * spec.virtual_channels;
    if (channels <= kMostChannelsInAll) return;
    throw ConfigError("", fmt::format("{} virtual channels in all, at most {}", channels, kMostChannelsInAll));
}

NocReport report_of_options(const Options& options) {
    const Shape shape = read_shape(options);
    InterconnectSpec spec;
    spec.topology = shape.topology;
    spec.input_reads = read_choice("--input-reads", options.input_reads, kInputReads);
    spec.endpoints = read_choice("--endpoints", options.endpoints, kEndpoints);
    spec.routing = read_choice("--routing", options.routing, kRoutingRules);
    spec.flow_control = FlowControl::Wormhole;
    spec.bits_per_second = kBitsPerSecond;
    spec.is_per_link = true;
    spec.flit_bytes = kFlitBytes;
    spec.virtual_channels = read_count("--vcs " + options.channels, options.channels, 1, kMostChannels);
    spec.buffer_flits = read_count("--buffer " + options.buffer, options.buffer, 1, kMostBuffer);
    spec.router_cycles = read_count("--router-cycles " + options.router_cycles, options.router_cycles, 1, kMostDelay);
    spec.link_latency =
        kPeriod * read_count("--link-cycles " + options.link_cycles, options.link_cycles, 1, kMostDelay);
    try {
        NocReport report{{}, spec, Clock{kPeriod}, Topology::make(spec, shape.nodes), {}, {}};
        check_channels(report.topology, spec);
        check_deadlock_free(report.topology);
        return report;
    } catch (const ConfigError& error) {
        throw ConfigError("", error.problem(), options_of(error, options));
    }
}

NocReport report_of_array(const Options& options) {
    try {
        const ArraySpec array = load_array(options.array, read_overrides(options.settings));
        if (array.accelerators > kMostNodes) {
            throw ConfigError("accelerators", fmt::format("expected at most {}", kMostNodes));
        }
        NocReport report{array.name,  array.interconnect,
                         array.clock, Topology::make(array.interconnect, array.accelerators),
                         {},          {}};
        check_channels(report.topology, report.spec);
        check_deadlock_free(report.topology);
        return report;
    } catch (const ConfigError& error) {
        throw error.place().empty() ? error.at("--array " + options.array) : error;
    }
}

NocPattern read_pattern(const std::string& value) {
    std::vector<std::string> known;
    for (const NocPatternName& entry : noc_patterns()) known.emplace_back(entry.name);
    choose("--traffic " + value, value, known);
    for (const NocPatternName& entry : noc_patterns()) {
        if (entry.name == value) return entry.pattern;
    }
    return NocPattern::Uniform;
}

std::uint64_t read_packet_flits(const Options& options, const InterconnectSpec& spec) {
    const bool is_array = !options.array.empty();
    if (options.packet_flits.empty()) return is_array ? spec.flits_of(spec.packet_bytes) : 1;
    const std::string option = "--packet-flits " + options.packet_flits;
    const std::uint64_t flits = read_count(option, options.packet_flits, 1, kMostPacketFlits);
    if (spec.flow_control == FlowControl::VirtualCutThrough && flits > spec.buffer_flits) {
        throw ConfigError("",
                          fmt::format("expected at most {}: under virtual cut-through a buffer takes whole packets",
                                      spec.buffer_flits),
                          option);
    }
    return flits;
}

NocTraffic read_traffic(const Options& options, const NocReport& report) {
    NocTraffic traffic;
    traffic.pattern = read_pattern(options.traffic);
    try {
        check_pattern(traffic.pattern, report.topology);
    } catch (const ConfigError& error) {
        throw ConfigError("", error.problem(), "--traffic " + options.traffic);
    }
    traffic.ways = read_choice("--ways", options.ways, kNocWays);
    try {
        check_ways(traffic.ways, report.topology);
    } catch (const ConfigError& error) {
        throw ConfigError("", error.problem(), "--ways " + options.ways);
    }
    traffic.packet_flits = read_packet_flits(options, report.spec);
    traffic.warmup = read_count("--warmup " + options.warmup, options.warmup, 0, kMostCycles);
    traffic.cycles = read_count("--cycles " + options.cycles, options.cycles, 1, kMostCycles);
    traffic.seed = read_count("--seed " + options.seed, options.seed, 0);
    const std::uint64_t most = kMostNodeCycles / report.topology.accelerator_count();
    if (traffic.warmup + traffic.cycles > most) {
        throw ConfigError("",
                          fmt::format("expected at most {} cycles of {} nodes, those before the measurement too",
                                      most, report.topology.accelerator_count()),
                          "--cycles " + options.cycles);
    }
    return traffic;
}

/// Tenths, to 0.9, of what the slowest link carries in a cycle, or of a flit where that is more.
std::vector<double> default_rates(const NocReport& report) {
    double slowest = 1;
    for (const LinkSpec& link : report.topology.links()) {
        const double flit = static_cast<double>(transfer_time(report.spec.flit_bytes, link.bits_per_second));
        slowest = std::min(slowest, static_cast<double>(report.clock.period) / flit);
    }
    std::vector<double> rates;
    for (int tenths = 1; tenths <= 9; ++tenths) rates.push_back(tenths * slowest / 10);
    return rates;
}

std::vector<double> read_rates(const std::string& value, const NocReport& report) {
    if (value.empty()) return default_rates(report);
    const std::string option = "--rate " + value;
    std::vector<double> rates;
    for (const std::string& part : read_list(option, value)) {
        rates.push_back(read_fraction(option, part));
        if (rates.back() == 0) throw ConfigError("", "expected rates above 0 flits for each node and cycle", option);
    }
    return rates;
}

std::vector<NocPoint> simulate(const NocReport& report, const std::vector<double>& rates) {
    std::vector<NocPoint> points;
    const double cycles = static_cast<double>(report.traffic.warmup + report.traffic.cycles);
    ProgressBar bar(cycles * static_cast<double>(rates.size()), "cycles");
    for (const double rate : rates) {
        NocTraffic traffic = report.traffic;
        traffic.rate = rate;
        const std::string label = fmt::format("rate {:g}", rate);
        points.push_back(run_noc(report.spec, report.clock, report.topology, traffic, [&](double fraction) {
            bar.show(cycles * (static_cast<double>(points.size()) + fraction), label);
        }));
    }
    return points;
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "csv"});
    NocReport report = options.array.empty() ? report_of_options(options) : report_of_array(options);
    report.traffic = read_traffic(options, report);
    const std::vector<double> rates = read_rates(options.rates, report);
    const ResultFolder folder(options.folder, PageKind::Noc);
    report.points = simulate(report, rates);
    const auto text = [&](const TextStyle& style) { return noc_text(report, style); };
    const Renderings result{text, noc_json(report), noc_csv(report)};
    folder.write(result);
    print_result(result.of(options.format));
}

}  // namespace

void add_noc_command(CommandLine& line) {
    Command command = line.add_command("noc", "latency and throughput of an interconnect alone, under traffic");
    const auto options = std::make_shared<Options>();
    const Argument array = command.add_value("--array", options->array, "ARRAY",
                                             "the interconnect of an array: a file or a name; in place of the next");
    command
        .add_values("--set", options->settings, "KEY=VALUE",
                    "KEY=VALUE in place of the array's, such as array.interconnect.flit=\"32 B\"")
        .needs(array);
    const auto add_own = [&](const char* name, std::string& value, const char* type, const char* description) {
        command.add_value(name, value, type, description).excludes(array);
    };
    add_own("--topology", options->topology, "TOPOLOGY", "one that `hypar list topologies` shows; torus if left out");
    add_own("--size", options->size, "SIZE", "4x4, 4x4x4; ring 8; fat-tree ARITY,LEVELS; ...; 16 nodes if left out");
    add_own("--vcs", options->channels, "N", "virtual channels of each link; 4 if left out");
    add_own("--buffer", options->buffer, "FLITS", "of each virtual channel; 8 if left out");
    add_own("--router-cycles", options->router_cycles, "N",
            "from a flit's arrival until it may leave; 1 if left out");
    add_own("--link-cycles", options->link_cycles, "N", "latency of a link; 1 if left out");
    add_own("--input-reads", options->input_reads, "one|all",
            "virtual channels of an input read at a time; one if left out, as in most routers");
    add_own("--endpoints", options->endpoints, "router|direct",
            "what nodes have that one wire joins to a switch: a router (if left out), or none");
    add_own("--routing", options->routing, "deterministic|minimal-adaptive", "deterministic if left out");
    command.add_value("--traffic", options->traffic, "NAME",
                      "uniform (the default), transpose, bit-complement, neighbour, hotspot, exchange or all-reduce");
    command.add_value("--ways", options->ways, "routed|random",
                      "routed if left out; random: for each packet another one of the ways up a fat tree");
    command.add_value("--rate", options->rates, "X,...",
                      "flits for each node and cycle, to 1; if left out tenths of the slowest link's");
    command.add_value("--packet-flits", options->packet_flits, "N", "1 if left out, or the array's");
    command.add_value("--warmup", options->warmup, "CYCLES", "before the measurement; 1000 if left out");
    command.add_value("--cycles", options->cycles, "CYCLES", "of the measurement; 10000 if left out");
    command.add_value("--seed", options->seed, "N", "of creations, destinations and random ways; 1 if left out");
    command.add_value("--format", options->format, "text|json|csv", "how it is printed; text if left out");
    command.add_value("-o", options->folder, "DIR",
                      "writes report.json, report.txt, curve.csv and the page index.html there, too");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
