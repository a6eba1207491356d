#include "sim/probe/noc.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>

#include <fmt/format.h>

#include "arch/kernel/calendar.h"
#include "arch/kernel/kernel_scope.h"
#include "arch/network/interconnect_model.h"
#include "arch/network/standstill.h"
#include "base/error.h"
#include "base/power_of_two.h"

namespace hypar {
namespace {

constexpr std::uint64_t kHotspotShare = 5;  // one packet in so many
constexpr Cycles kSlices = 100;             // of the cycles, between two looks at the progress

std::size_t side_of_square(std::size_t nodes) {
    std::size_t side = 1;
    while (side * side < nodes) ++side;
    return side;
}

/// Where packets of a node go.
class Destinations {
public:
    Destinations(NocPattern pattern, const Topology& topology)
        : pattern_(pattern),
          nodes_(topology.accelerator_count()),
          row_(topology.row_length()),
          levels_(ceil_log2(nodes_)) {}

    std::size_t next(std::size_t source, std::mt19937_64& random) const {
        switch (pattern_) {
            case NocPattern::Uniform: return random() % nodes_;
            case NocPattern::Transpose: {
                const std::size_t side = side_of_square(nodes_);
                return source % side * side + source / side;
            }
            case NocPattern::BitComplement: return nodes_ - 1 - source;
            case NocPattern::Neighbour: return source - source % row_ + (source + 1) % row_;
            case NocPattern::Hotspot: return random() % kHotspotShare == 0 ? 0 : random() % nodes_;
            case NocPattern::Exchange: return source ^ std::size_t{1} << random() % levels_;
            case NocPattern::AllReduce: return source ^ farthest_most(random);
        }
        return source;
    }

private:
    std::size_t farthest_most(std::mt19937_64& random) const {
        // Of 2^H - 1 equal parts the first step of the all-reduce has 2^(H-1), the next half as many, ...
        const std::uint64_t part = 1 + random() % ((std::uint64_t{1} << levels_) - 1);
        std::size_t bit = std::size_t{1} << (levels_ - 1);
        while (bit > 1 && part < bit) bit /= 2;
        return bit;
    }

    NocPattern pattern_;
    std::size_t nodes_;
    std::size_t row_;
    std::size_t levels_;
};

/// What all terminals of one run have in common.
struct NocRun {
    const NocTraffic& traffic;
    Clock clock;
    const Topology& topology;
    Destinations destinations;
    std::uint64_t flit_bytes;
    NocPoint point;
    std::uint64_t flits_before = 0;  ///< created before the measurement
    std::uint64_t delivered_before = 0;
    std::uint64_t delivered_packets = 0;
    LatencyCounts first_half;  ///< of the measurement
    LatencyCounts second_half;

    Cycles end() const { return traffic.warmup + traffic.cycles; }
    bool is_measured(Cycles created) const { return created >= traffic.warmup; }
    /// Cycle 0 begins a cycle after the kernel's clock, whose messages arrive later than they are sent.
    Picoseconds time_of(Cycles cycle) const { return clock.duration(cycle + 1); }
    Cycles cycle_of(Picoseconds time) const { return clock.cycles_up_to(time) - 1; }
};

/// Creates the packets of one node and takes those for it. Its queue has no limit, but of what waits there only the
/// first packet is made: the next one as soon as that has entered the router.
class TrafficTerminal final : public Terminal {
public:
    TrafficTerminal(NocRun& run, std::size_t node, Router& router)
        : run_(run),
          node_(node),
          router_(router),
          routes_(run.topology.accelerator_count()),
          is_under_way_(run.end(), false),
          last_from_(routes_.size(), 0) {
        std::seed_seq seed{run.traffic.seed, static_cast<std::uint64_t>(node)};
        random_.seed(seed);
        const double probability = run.traffic.rate / static_cast<double>(run.traffic.packet_flits);
        threshold_ = static_cast<std::uint64_t>(probability * static_cast<double>(kFractions));
        router.attach(*this, 1, Router::PortDefault::FlitACycle);
        offer_next(0);
    }

    void packet_taken(std::size_t, Picoseconds arrival) override { offer_next(arrival - run_.clock.period); }

    void receive(const Packet& packet, Picoseconds arrival) override {
        const Cycles at = run_.cycle_of(arrival);
        peers_[packet.source]->check_delivered(packet);
        check_order(packet);
        ++run_.delivered_packets;
        if (at <= run_.traffic.warmup) run_.delivered_before += packet.flits;
        if (at > run_.traffic.warmup && at <= run_.end()) run_.point.delivered_flits += packet.flits;
        if (!run_.is_measured(packet.number)) return;
        run_.point.latencies.add(at - packet.number);
        const bool is_early = packet.number < run_.traffic.warmup + run_.traffic.cycles / 2;
        (is_early ? run_.first_half : run_.second_half).add(at - packet.number);
        run_.point.hops += packet.links;
    }

    void meet(const std::vector<std::unique_ptr<TrafficTerminal>>& peers) { peers_ = peers.data(); }

private:
    static constexpr std::uint64_t kFractions = std::uint64_t{1} << 53U;  // all that a double can tell apart

    /// Draws for each cycle from the next one on whether a packet is created, until one is.
    void offer_next(Picoseconds now) {
        while (cycle_ < run_.end() && random_() >> 11U >= threshold_) ++cycle_;
        if (cycle_ < run_.end()) create(cycle_++, now);
    }

    void create(Cycles cycle, Picoseconds now) {
        Packet packet;
        packet.flits = run_.traffic.packet_flits;
        packet.payload_bytes = packet.flits * run_.flit_bytes;
        packet.source = node_;
        packet.number = cycle;
        packet.destination = run_.destinations.next(node_, random_);
        packet.route = &draw_route(packet.destination);
        is_under_way_[cycle] = true;
        ++run_.point.packets;
        (run_.is_measured(cycle) ? run_.point.created_flits : run_.flits_before) += packet.flits;
        router_.inject(packet, std::max(run_.time_of(cycle), now));
    }

    const Route& draw_route(std::size_t destination) {
        const Routing& routing = run_.topology.routing();
        const bool is_drawn = run_.traffic.ways == NocWays::Random;
        const std::uint64_t number = is_drawn ? random_() % routing.way_count(node_, destination) : 0;
        const auto [place, is_new] = routes_[destination].try_emplace(number);
        if (is_new) {
            place->second = is_drawn ? routing.way(node_, destination, number) : routing.route(node_, destination);
            if (place->second.empty() && run_.topology.is_endpoint(node_)) place->second = way_to_itself();
        }
        return place->second;
    }

    /// Of a node without a router: to its switch and back.
    Route way_to_itself() const {
        const std::size_t link = run_.topology.links_from(node_).front();
        Route way = run_.topology.routing().route(run_.topology.links()[link].to, node_);
        way.insert(way.begin(), {link, way.front().virtual_channel});
        return way;
    }

    void check_delivered(const Packet& packet) {
        if (!is_under_way_[packet.number]) {
            throw RunError(fmt::format("internal check failed: a packet of {} was delivered twice",
                                       run_.topology.node_name(node_)));
        }
        is_under_way_[packet.number] = false;
    }

    void check_order(const Packet& packet) {
        if (packet.destination != node_) {
            throw RunError(fmt::format("internal check failed: {} received a packet for {}",
                                       run_.topology.node_name(node_), run_.topology.node_name(packet.destination)));
        }
        Cycles& last = last_from_[packet.source];
        const bool is_in_order = !run_.topology.is_adaptive() && run_.traffic.ways == NocWays::Routed;
        if (is_in_order && packet.number < last) {
            throw RunError(fmt::format("internal check failed: a packet from {} overtook another",
                                       run_.topology.node_name(packet.source)));
        }
        last = packet.number;
    }

    NocRun& run_;
    std::size_t node_;
    Router& router_;
    std::mt19937_64 random_;
    std::uint64_t threshold_ = 0;
    Cycles cycle_ = 0;                                    ///< the next one that may create a packet
    std::vector<std::map<std::uint64_t, Route>> routes_;  ///< by destination and number of the way
    std::vector<bool> is_under_way_;                      ///< packets, by the cycle that they were created in
    std::vector<Cycles> last_from_;                       ///< that the last packet from each source was created in
    const std::unique_ptr<TrafficTerminal>* peers_ = nullptr;
};

/// All flits that were created are in queues before or in routers, or have left them.
void check_conservation(const InterconnectModel& interconnect, std::uint64_t created_flits) {
    std::uint64_t inside = 0;
    std::uint64_t ejected = 0;
    for (const auto& router : interconnect.routers()) {
        inside += router->flits_inside();
        ejected += router->ejected_flits();
    }
    if (created_flits != inside + ejected) {
        throw RunError(fmt::format("internal check failed: {} flits were injected, {} are delivered and {} in flight",
                                   created_flits, ejected, inside));
    }
}

/// Runs as long as there is anything to do until `end`.
void run_until(const Calendar& calendar, Picoseconds end) {
    const Picoseconds now = sc_core::sc_time_stamp().value();
    if (!sc_core::sc_pending_activity()) return;
    if (now + sc_core::sc_time_to_pending_activity().value() > end) return;
    sc_core::sc_start(sc_core::sc_time::from_value(end - now), sc_core::SC_EXIT_ON_STARVATION);
    calendar.throw_failure();
}

/// A twentieth of what was created, and four times what that varies by from run to run.
std::uint64_t most_growth(std::uint64_t created_flits, std::uint64_t packet_flits) {
    const double packets = static_cast<double>(created_flits) / static_cast<double>(packet_flits);
    return created_flits / 20 + packet_flits * static_cast<std::uint64_t>(4 * std::sqrt(packets));
}

}  // namespace

const std::vector<NocPatternName>& noc_patterns() {
    static const std::vector<NocPatternName> kPatterns = {{"uniform", NocPattern::Uniform},
                                                          {"transpose", NocPattern::Transpose},
                                                          {"bit-complement", NocPattern::BitComplement},
                                                          {"neighbour", NocPattern::Neighbour},
                                                          {"hotspot", NocPattern::Hotspot},
                                                          {"exchange", NocPattern::Exchange},
                                                          {"all-reduce", NocPattern::AllReduce}};
    return kPatterns;
}

void LatencyCounts::add(Cycles latency) {
    ++counts_[latency];
    ++count_;
}

double LatencyCounts::mean() const {
    double sum = 0;
    for (const auto& [latency, count] : counts_) sum += static_cast<double>(latency) * static_cast<double>(count);
    return sum / static_cast<double>(count_);
}

Cycles LatencyCounts::percentile(std::uint64_t percent) const {
    const std::uint64_t rank = ceil_divide(checked_multiply(count_, percent), 100);
    std::uint64_t seen = 0;
    for (const auto& [latency, count] : counts_) {
        seen += count;
        if (seen >= rank) return latency;
    }
    return 0;
}

void check_pattern(NocPattern pattern, const Topology& topology) {
    const std::size_t nodes = topology.accelerator_count();
    const std::size_t side = side_of_square(nodes);
    if (pattern == NocPattern::Transpose && side * side != nodes) {
        throw ConfigError("traffic", fmt::format("transpose takes a square number of nodes, not {}", nodes));
    }
    const bool counts_bits =
        pattern == NocPattern::BitComplement || pattern == NocPattern::Exchange || pattern == NocPattern::AllReduce;
    if (counts_bits && (nodes < 2 || !is_power_of_two(nodes))) {
        throw ConfigError(
            "traffic",
            fmt::format("bit-complement, exchange and all-reduce take a power of two of nodes, at least 2, not {}",
                        nodes));
    }
}

void check_ways(NocWays ways, const Topology& topology) {
    if (ways == NocWays::Routed) return;
    if (topology.is_adaptive()) throw ConfigError("ways", "adaptive packets choose their ways by themselves");
    for (std::size_t source = 0; source < topology.accelerator_count(); ++source) {
        for (std::size_t other = 0; other < topology.accelerator_count(); ++other) {
            if (topology.routing().way_count(source, other) > 1) return;
        }
    }
    throw ConfigError("ways", "there are none to draw from: only fat trees of several levels have more than one");
}

NocPoint run_noc(const InterconnectSpec& spec, const Clock& clock, const Topology& topology,
                 const NocTraffic& traffic, const std::function<void(double)>& progress) {
    const KernelScope kernel;
    Calendar calendar("calendar");
    InterconnectModel interconnect("interconnect", calendar, spec, clock, topology);
    NocRun run{traffic, clock, topology, Destinations(traffic.pattern, topology), spec.flit_bytes, {}, 0, 0,
               0,       {},    {}};
    std::vector<std::unique_ptr<TrafficTerminal>> terminals;
    for (std::size_t node = 0; node < topology.accelerator_count(); ++node) {
        terminals.push_back(std::make_unique<TrafficTerminal>(run, node, interconnect.router(node)));
    }
    for (const auto& terminal : terminals) terminal->meet(terminals);

    for (Cycles slice = 1; slice <= kSlices; ++slice) {
        run_until(calendar, run.time_of(run.end() * slice / kSlices));
        if (progress) progress(static_cast<double>(slice) / kSlices);
    }
    check_conservation(interconnect, run.point.packets * traffic.packet_flits);
    run_until(calendar, kNever / 4);  // until all have arrived
    if (run.delivered_packets < run.point.packets) throw standstill("the interconnect", interconnect);

    run.point.rate = traffic.rate;
    run.point.backlog_before = run.flits_before - run.delivered_before;
    run.point.backlog_after =
        run.flits_before + run.point.created_flits - run.delivered_before - run.point.delivered_flits;
    run.point.most_growth = most_growth(run.point.created_flits, traffic.packet_flits);
    if (run.first_half.count() > 0) run.point.first_half_mean = run.first_half.mean();
    if (run.second_half.count() > 0) run.point.second_half_mean = run.second_half.mean();
    run.point.events = calendar.wake_ups();
    return std::move(run.point);
}

}  // namespace hypar
