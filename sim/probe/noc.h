#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "base/fields.h"

namespace hypar {

/// To whom each node sends.
enum class NocPattern : std::uint8_t {
    Uniform,        ///< any node, itself too
    Transpose,      ///< of a square of nodes, the one mirrored at its diagonal
    BitComplement,  ///< the one whose number has every bit changed
    Neighbour,      ///< the next one along the first dimension, round and round
    Hotspot,        ///< with every fifth packet node 0, otherwise any node
    Exchange,       ///< one of the partners of recursive halving, whose numbers differ in one bit
    AllReduce,      ///< of those, each half as often as the one before, the farthest most: half the data a step
};

struct NocPatternName {
    const char* name;
    NocPattern pattern;
};

/// Every pattern that a name selects.
const std::vector<NocPatternName>& noc_patterns();

/// Which of the ways between two nodes that are as short, and may be mixed, packets take.
enum class NocWays : std::uint8_t {
    Routed,  ///< always the one of the routing
    Random,  ///< any, another one for each packet: minimal oblivious routing
};

constexpr Choice<NocWays> kNocWays[] = {{"routed", NocWays::Routed}, {"random", NocWays::Random}};

/// Packets put to an interconnect alone.
struct NocTraffic {
    NocPattern pattern = NocPattern::Uniform;
    NocWays ways = NocWays::Routed;
    double rate = 0.1;  ///< flits for each node and cycle; a node creates at most a packet a cycle
    std::uint64_t packet_flits = 1;
    Cycles warmup = 1000;   ///< before the measurement
    Cycles cycles = 10000;  ///< of the measurement; then no more packets are created, and all arrive
    std::uint64_t seed = 1;
};

/// How often each latency was found, in cycles.
class LatencyCounts {
public:
    void add(Cycles latency);
    std::uint64_t count() const { return count_; }
    double mean() const;
    /// The least latency that `percent` of all, 1 to 100, do not exceed.
    Cycles percentile(std::uint64_t percent) const;

private:
    std::map<Cycles, std::uint64_t> counts_;
    std::uint64_t count_ = 0;
};

/// What was found at one rate.
struct NocPoint {
    double rate = 0;
    LatencyCounts latencies;            ///< of packets created in the measurement, until their last flit is out
    std::uint64_t hops = 0;             ///< links that they crossed
    std::uint64_t created_flits = 0;    ///< in the measurement
    std::uint64_t delivered_flits = 0;  ///< in the measurement, whenever they were created
    std::uint64_t backlog_before = 0;   ///< flits created and not delivered, as it began
    std::uint64_t backlog_after = 0;    ///< and as it ended
    std::uint64_t most_growth = 0;      ///< of it that counts as stable
    double first_half_mean = 0;         ///< latency of the packets created in the first half of the measurement
    double second_half_mean = 0;
    std::uint64_t packets = 0;  ///< in all
    std::uint64_t events = 0;   ///< wake-ups of modules

    double accepted(std::size_t nodes, Cycles cycles) const {
        return static_cast<double>(delivered_flits) / static_cast<double>(nodes * cycles);
    }
    /// Neither what waits nor latencies grew in the measurement, and something was delivered.
    bool is_stable() const {
        constexpr double kMostGrowth = 1.5;
        return delivered_flits > 0 && backlog_after <= backlog_before + most_growth &&
               second_half_mean <= kMostGrowth * first_half_mean;
    }
};

/// Throws ConfigError (key "traffic") unless the pattern goes with the topology.
void check_pattern(NocPattern pattern, const Topology& topology);

/// Throws ConfigError (key "ways") unless the topology has ways to draw from.
void check_ways(NocWays ways, const Topology& topology);

/// Simulates every flit. Throws RunError if packets are lost, doubled or, where each pair has one way, out of order,
/// or StandstillError if they come to a standstill. The same input gives the same result. `progress` is told now and
/// then which part of the cycles is done.
NocPoint run_noc(const InterconnectSpec& spec, const Clock& clock, const Topology& topology,
                 const NocTraffic& traffic, const std::function<void(double)>& progress = {});

}  // namespace hypar
