#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "sim/replay/replay.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar::tests {

/// Flows that follow each other and start after each other, over accelerators in a random order.
class RandomFlows {
public:
    RandomFlows(Random& random, std::uint64_t accelerators, std::uint64_t packet_bytes, std::uint64_t most_packets)
        : random_(random),
          packet_bytes_(packet_bytes),
          most_bytes_(most_packets * packet_bytes),
          order_(accelerators) {
        std::iota(order_.begin(), order_.end(), 0);
    }

    std::vector<Flow> make() {
        for (std::uint64_t left = draw(1, 2); left > 0; --left) {
            std::shuffle(order_.begin(), order_.end(), random_);
            switch (draw(0, 3)) {
                case 0: add_chain(); break;
                case 1: add_ring(); break;
                case 2: add_tree(); break;
                default: add_any(); break;
            }
        }
        return std::move(flows_);
    }

private:
    using Numbers = std::vector<std::uint32_t>;

    std::uint64_t draw(std::uint64_t least, std::uint64_t most) { return tests::draw(random_, least, most); }
    std::uint64_t draw_bytes() { return 4 * draw(1, most_bytes_ / 4); }
    std::uint64_t part_of(std::uint64_t bytes) { return draw(0, 1) == 0 ? draw(0, 1) * bytes : draw(0, bytes); }

    std::uint32_t add(Flow flow) {
        flows_.push_back(std::move(flow));
        return static_cast<std::uint32_t>(flows_.size() - 1);
    }

    /// Each passes on what comes to it, or the beginning of it, behind some bytes of its own.
    void add_chain() {
        Flow flow{0, 0, draw_bytes()};
        flow.own_bytes = flow.bytes;
        for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
            flow.from = order_[i];
            flow.to = order_[i + 1];
            flow.added_bytes = part_of(flow.bytes);
            flow.follows = {add(flow)};
            const std::uint64_t passed_on = draw(0, 3) == 0 ? draw(1, flow.bytes) : flow.bytes;
            flow.own_bytes = draw(0, 1) * draw_bytes() / 8;
            flow.bytes = flow.own_bytes + passed_on;
        }
    }

    /// A stream for each, which begins with a block of its own and passes on what comes, all but the last block. An
    /// all-gather, a reduce-scatter, or one behind the other: what arrives is added until each block has gone round.
    void add_ring() {
        const std::size_t n = order_.size();
        const std::uint64_t rounds = (n - 1) * draw(1, 2);
        std::vector<std::uint64_t> blocks(n, draw_bytes());
        if (draw(0, 1) == 0) std::generate(blocks.begin(), blocks.end(), [&] { return draw_bytes(); });
        const bool are_short = *std::min_element(blocks.begin(), blocks.end()) < packet_bytes_;
        const std::uint64_t added_rounds = rounds > n - 1 ? n - 1 : draw(0, 1) * rounds;
        const auto first = static_cast<std::uint32_t>(flows_.size());
        for (std::size_t i = 0; i < n; ++i) {
            Flow flow{order_[i], order_[(i + 1) % n]};
            for (std::uint64_t round = 0; round < rounds; ++round) {
                const std::uint64_t block = blocks[(i + rounds * n - round) % n];
                if (are_short) flow.pieces.push_back(block);
                flow.bytes += block;
                if (round < added_rounds) flow.added_bytes += block;
            }
            flow.own_bytes = blocks[i];
            flow.follows = {static_cast<std::uint32_t>(first + (i + n - 1) % n)};
            add(std::move(flow));
        }
    }

    /// Sums go up to a root, and down again.
    void add_tree() {
        const std::uint64_t bytes = draw_bytes();
        const std::uint64_t arity = draw(1, 3);
        std::vector<Numbers> from_below(order_.size());
        for (std::size_t i = order_.size() - 1; i > 0; --i) {
            const std::size_t above = (i - 1) / arity;
            const std::uint64_t own_bytes = from_below[i].empty() ? bytes : 0;
            Flow flow{order_[i], order_[above], bytes, bytes, own_bytes, from_below[i]};
            if (draw(0, 2) > 0) flow.adds_behind = from_below[above];
            from_below[above].push_back(add(std::move(flow)));
        }
        const bool waits_for_all = draw(0, 3) == 0;
        std::vector<Numbers> from_above{from_below[0]};
        for (std::size_t i = 1; i < order_.size(); ++i) {
            const std::size_t above = (i - 1) / arity;
            Flow flow{order_[above], order_[i], bytes};
            (waits_for_all ? flow.after : flow.follows) = from_above[above];
            flow.own_bytes = waits_for_all ? bytes : 0;
            from_above.push_back({add(std::move(flow))});
        }
    }

    /// Of those before that enter where it leaves, each follows some and starts after others.
    void add_any() {
        for (std::uint64_t left = draw(2, 2 * order_.size()); left > 0; --left) {
            const std::size_t from = draw(0, order_.size() - 1);
            const std::size_t apart = draw(1, order_.size() - 1);
            Flow flow{order_[from], order_[(from + apart) % order_.size()], draw_bytes()};
            std::uint64_t passed_on = flow.bytes;
            for (std::uint32_t other = 0; other < flows_.size(); ++other) {
                if (flows_[other].to != flow.from) continue;
                switch (draw(0, 3)) {
                    case 0: flow.after.push_back(other); break;
                    case 1:
                        flow.follows.push_back(other);
                        passed_on = std::min(passed_on, flows_[other].bytes);
                        break;
                    default: break;
                }
            }
            flow.own_bytes = flow.follows.empty() ? flow.bytes : flow.bytes - passed_on;
            flow.added_bytes = part_of(flow.bytes);
            order_sums(flow);
            add(std::move(flow));
        }
    }

    /// Of those before that enter where it does, its sums come behind some and after others.
    void order_sums(Flow& flow) {
        if (flow.added_bytes == 0) return;
        for (std::uint32_t other = 0; other < flows_.size(); ++other) {
            if (flows_[other].to != flow.to || flows_[other].added_bytes == 0) continue;
            switch (draw(0, 3)) {
                case 0: flow.adds_behind.push_back(other); break;
                case 1: flow.adds_after.push_back(other); break;
                default: break;
            }
        }
    }

    Random& random_;
    std::uint64_t packet_bytes_;
    std::uint64_t most_bytes_;
    std::vector<std::uint64_t> order_;
    std::vector<Flow> flows_;
};

/// Mostly lets the clock of the memory divide the array's, and a flit take whole cycles on a link, so that states
/// come back soon.
inline void make_regular(Random& random, ArraySpec& array) {
    if (draw(random, 0, 4) == 0) return;
    InterconnectSpec& interconnect = array.interconnect;
    array.memory = hmc();
    array.clock.period = array.memory.timing.clock_period << draw(random, 0, 3);
    interconnect.is_per_link = true;
    interconnect.bits_per_second = 8 * interconnect.flit_bytes * kPicosecondsPerSecond / array.clock.period;
    interconnect.bits_per_second >>= draw(random, 0, 3);
}

/// One exchange of flows on a random array, with everything that it refers to.
struct RandomExchange {
    explicit RandomExchange(std::uint64_t seed, std::uint64_t most_packets = 250)
        : random(seed), array(random_array(random, false)) {
        array.accelerators = std::uint64_t{1} << draw(random, 1, 4);
        make_regular(random, array);
        topology = Topology::make(array.interconnect, array.accelerators);
        program.segments.emplace_back();
        program.segments.front().flows =
            RandomFlows(random, array.accelerators, array.interconnect.packet_bytes, most_packets).make();
    }

    ReplayResult replay_with(const ReplayOptions& options) const { return replay(program, array, topology, options); }

    Random random;
    ArraySpec array;
    Topology topology;
    Program program;
};

}  // namespace hypar::tests
