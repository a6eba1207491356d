#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/kernel/event_counts.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/lowering.h"
#include "sim/run.h"
#include "tests/arch/hmc.h"
#include "workloads/network.h"

namespace hypar::tests {

/// The array of Song et al., HPCA 2019, with the numbers of configs/arrays/hpca19.yaml but for larger blocks in
/// memory.
inline ArraySpec hpca19(TopologyKind topology = TopologyKind::HTree, std::uint64_t accelerators = 16) {
    ArraySpec array;
    array.name = "hpca19";
    array.accelerators = accelerators;
    array.clock.period = 4000;
    array.processing_units = 16;
    array.pe_array = {12, 14, 224, 12, 24, 4, 4, 4};
    array.buffer = {108 * 1024, 108 * 1024, 1};  // banks of one byte: what a tile takes is what it holds
    array.dma.outstanding_requests = 16;
    array.memory = hmc();
    array.memory.interleave_bytes = 32 * 1024;
    array.interconnect.topology.kind = topology;
    array.interconnect.bits_per_second = 25'600'000'000;
    array.interconnect.link_latency = 4000;
    array.interconnect.input_reads = InputReads::All;
    array.interconnect.packet_bytes = 1024;
    array.interconnect.flit_bytes = 16;  // a local port takes 32 Gb/s
    array.interconnect.buffer_flits = 4 * 64;
    array.interconnect.virtual_channels = 2;
    array.interconnect.collectives = CollectiveSpec::all(CollectiveAlgorithm::Pairwise);
    return array;
}

using Random = std::mt19937_64;

inline std::uint64_t draw(Random& random, std::uint64_t least, std::uint64_t most) {
    return least + random() % (most - least + 1);
}

inline LayerSpec convolution(const std::string& name, std::uint64_t out_channels, std::uint64_t kernel,
                             std::uint64_t padding = 0) {
    LayerSpec layer;
    layer.name = name;
    layer.out_channels = out_channels;
    layer.kernel = kernel;
    layer.padding = padding;
    return layer;
}

inline LayerSpec fully_connected(const std::string& name, std::uint64_t out_features) {
    LayerSpec layer;
    layer.name = name;
    layer.type = LayerType::FullyConnected;
    layer.out_channels = out_features;
    return layer;
}

inline Network network_of(const FeatureShape& input, const std::vector<LayerSpec>& layers) {
    return Network({"network", "made for a test", input, layers});
}

/// Two to four convolutions, of which some pool and two may be branches that the next layer joins, and one or two
/// fully connected layers; sizes that no power of two divides.
inline Network random_network(Random& random) {
    std::vector<LayerSpec> layers;
    const FeatureShape input{draw(random, 1, 7), draw(random, 9, 12), draw(random, 9, 12)};
    layers.push_back(convolution("conv1", draw(random, 3, 13), 3, draw(random, 0, 1)));
    if (draw(random, 0, 1) == 1) layers.back().pool = Pool{PoolKind::Max, draw(random, 2, 3), 2};
    if (draw(random, 0, 1) == 1) layers.back().stride = 2;
    if (draw(random, 0, 1) == 1) {
        layers.push_back(convolution("left", draw(random, 1, 9), 1));
        layers.push_back(convolution("right", draw(random, 1, 9), 3, 1));
        layers.back().inputs = std::vector<std::string>{"conv1"};
        layers.push_back(convolution("joined", draw(random, 1, 9), 1));
        layers.back().inputs = std::vector<std::string>{"left", "right"};
    } else {
        layers.push_back(convolution("conv2", draw(random, 3, 17), 2, 1));
        layers.back().pool = Pool{PoolKind::Average, 2, 2};
    }
    layers.push_back(fully_connected("fc1", draw(random, 5, 60)));
    if (draw(random, 0, 1) == 1) layers.push_back(fully_connected("fc2", draw(random, 3, 11)));
    return tests::network_of(input, layers);
}

inline Plan random_plan(Random& random, std::size_t levels, std::size_t layers) {
    std::vector<LevelPlan> cells(levels, LevelPlan(layers));
    for (LevelPlan& level : cells) {
        for (Parallelism& cell : level) cell = draw(random, 0, 1) == 0 ? Parallelism::Data : Parallelism::Model;
    }
    return Plan(cells);
}

/// Levels that halve an array of so many accelerators.
inline std::size_t level_count(std::uint64_t accelerators) { return default_levels(accelerators).count(); }

/// The other one of a pair, where all levels halve.
inline std::uint64_t partner_at(std::uint64_t accelerator, std::size_t level, std::size_t levels) {
    return Levels::halving(levels).shifted(accelerator, level_bit(level), 1);
}

/// Data parallelism everywhere.
inline Plan data_plan(std::size_t levels, std::size_t layers) {
    return Plan(std::vector<LevelPlan>(levels, LevelPlan(layers, Parallelism::Data)));
}

inline const std::vector<Phase> kAllPhases{kPhases.begin(), kPhases.end()};

inline auto as_tuple(const EventCounts& counts) {
    return std::make_tuple(counts.macs, counts.vector_operations, counts.unit_cycles.vector, counts.adds,
                           counts.buffer_bytes, counts.dram_bytes, counts.link_bytes, counts.priced_link_femtojoules,
                           counts.link_flits, counts.injected_flits, counts.endpoint_flits, counts.sent_bytes);
}

/// The nest of one layer's phase.
inline LoopNest shard_nest(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                           Phase phase, std::uint64_t accelerator) {
    const StepGraph graph = derive_step(network, {phase}, step.batch, step.optimizer_words);
    const auto part = std::find_if(graph.operators.begin(), graph.operators.end(), [&](const StepOperator& other) {
        return other.layer == layer && other.work.kind != OperatorKind::Vector;
    });
    return hypar::shard_nest(network, plan, step, *part, accelerator);
}

inline std::uint64_t macs_of(const LoopNest& nest) {
    if (nest.is_elementwise()) return nest.out_channels;
    return nest.samples * nest.in_channels * nest.out_channels * nest.kernel_height * nest.kernel_width *
           nest.out_height * nest.out_width;
}

/// All exchanges of a step.
inline std::vector<Exchange> all_exchanges(const Network& network, const Plan& plan, const StepShape& step) {
    std::vector<Exchange> all;
    for (const LayerExchanges& layer : plan_exchanges(network, plan, step)) {
        for (const std::vector<Exchange>* list : layer.lists()) {
            all.insert(all.end(), list->begin(), list->end());
        }
    }
    return all;
}

}  // namespace hypar::tests
