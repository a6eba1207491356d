#include "experiment/array_reader.h"

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "arch/network/topology.h"
#include "base/power_of_two.h"
#include "experiment/accelerator_kinds.h"
#include "experiment/spec_reader.h"
#include "experiment/topology_reader.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"
#include "partition/levels.h"

namespace hypar {
namespace {

static_assert(kMostAccelerators == std::uint64_t{1} << kMostLevels,
              "every array that a file may have can be divided");

/// The times must be such that one can be served at all, in whole clocks as they are used.
void check_timing(const MapReader& map, const MemoryTimingSpec& timing) {
    const auto clocks = [&](Picoseconds time) { return ceil_divide(time, timing.clock_period); };
    if (timing.row_cycle < timing.row_active_time) {
        throw map.contradiction({"tRC", "tRAS"},
                                "a time of at least tRAS (a row is closed before the next is opened)");
    }
    if (timing.activate_window < timing.activate_spacing) {
        throw map.contradiction({"tFAW", "tRRD"}, "a time of at least tRRD (four activations lie in it)");
    }
    // Between refreshes there must be time to work: a row opened, and moved data many times over.
    const std::uint64_t others = clocks(timing.refresh_time) + clocks(timing.row_cycle);
    if (clocks(timing.refresh_interval) < 2 * others) {
        throw map.contradiction(
            {"tREFI", "tRFC", "tRC"},
            "a time of at least twice tRFC and tRC together (refreshes must leave time for work)");
    }
}

void check_layout(const MapReader& map, const MemorySpec& memory) {
    const auto check_multiple = [&](const char* key, std::uint64_t value, const char* unit_key, std::uint64_t unit) {
        if (value % unit == 0) return;
        throw map.contradiction({key, unit_key}, fmt::format("a multiple of {}, which is {} B", unit_key, unit));
    };
    check_multiple("bank_interleave", memory.bank_interleave_bytes, "burst", memory.burst_bytes);
    check_multiple("row", memory.row_bytes, "bank_interleave", memory.bank_interleave_bytes);
    check_multiple("interleave", memory.interleave_bytes, "burst", memory.burst_bytes);
    const std::uint64_t stripe = memory.stripe_bytes();
    if (stripe % memory.interleave_bytes != 0 && memory.interleave_bytes % stripe != 0) {
        throw map.contradiction({"interleave", "banks", "row"},
                                fmt::format("a divisor or a multiple of banks x row, which is {} B", stripe));
    }
}

/// The data bus moves a burst every tCCD, so its bandwidth is given twice: they may differ by 0.1 %.
void check_vault_bandwidth(const MapReader& map, const MemorySpec& memory) {
    const MemoryTimingSpec& timing = memory.timing;
    const Picoseconds burst_time = ceil_divide(timing.column_spacing, timing.clock_period) * timing.clock_period;
    const double moved = 8.0 * static_cast<double>(memory.burst_bytes) * static_cast<double>(kPicosecondsPerSecond) /
                         static_cast<double>(burst_time);
    const double ratio = static_cast<double>(memory.vault_bits_per_second) / moved;
    if (ratio > 0.999 && ratio < 1.001) return;
    throw map.contradiction({"vault_bandwidth", "burst", "timing.tCCD", "timing.tCK"},
                            fmt::format("the {:.6g} GB/s of a burst of {} B every {:.6g} ns (tCCD in whole tCK)",
                                        moved / 8e9, memory.burst_bytes, static_cast<double>(burst_time) / 1000));
}

void check_banks(const MapReader& map, const BufferSpec& buffer) {
    if (buffer.capacity_bytes >= buffer.banks) return;
    throw map.contradiction({"banks", "capacity"},
                            fmt::format("banks of a byte or more, at most {}", buffer.capacity_bytes));
}

void check_buffers(const MapReader& map, const InterconnectSpec& interconnect) {
    const std::uint64_t packet_flits = interconnect.flits_of(interconnect.packet_bytes);
    if (interconnect.flow_control == FlowControl::Wormhole || interconnect.buffer_flits >= packet_flits) return;
    throw map.contradiction({"buffer_flits", "packet", "header", "flit", "flow_control"},
                            fmt::format("at least {}, a whole packet, for virtual cut-through", packet_flits));
}

void check_total(const MapReader& map, const InterconnectSpec& interconnect) {
    if (!interconnect.is_per_link || interconnect.total_scope == BandwidthScope::Level) return;
    throw map.required("total_bandwidth_over", "level or all")
        .error("there is no total_bandwidth to share; expected level, or none, beside link_bandwidth");
}

void check_endpoints(const MapReader& map, const InterconnectSpec& interconnect) {
    if (interconnect.endpoints == Endpoints::Router || !interconnect.port_bits_per_second) return;
    throw map.required("endpoints", "router or direct")
        .error("accelerators without routers have no local ports; expected router, or none, beside port_bandwidth");
}

/// Rules for laying sets on the array are for row-stationary ones.
void check_mapping(const MapReader& map, const ArraySpec& array) {
    if (array.pe_array.kind == PeArrayKind::RowStationary) return;
    const Field mapping = map.required("mapping", "a map");
    const std::pair<const char*, bool> given[] = {{"sets", array.mapping.whole_sets},
                                                  {"dataflow", array.mapping.row_stationary_only},
                                                  {"pin", !array.mapping.pins.empty()}};
    for (const auto& [key, is_given] : given) {
        if (!is_given) continue;
        throw Field(mapping.value().find(key)->value, mapping.key_of(key))
            .error(
                fmt::format("only a row-stationary array has it; expected searched, or none, beside pe_array.kind {}",
                            name_in(PeArraySpec::kKinds, array.pe_array.kind)));
    }
}

/// What the lists of fields do not say.
struct ArrayRules {
    template <typename Spec>
    void operator()(const MapReader&, const Spec&) const {}
    void operator()(const MapReader& map, const ArraySpec& array) const { check_mapping(map, array); }
    void operator()(const MapReader& map, const BufferSpec& buffer) const { check_banks(map, buffer); }
    void operator()(const MapReader& map, const MemoryTimingSpec& timing) const { check_timing(map, timing); }
    void operator()(const MapReader& map, const MemorySpec& memory) const {
        check_layout(map, memory);
        check_vault_bandwidth(map, memory);
    }
    void operator()(const MapReader& map, const InterconnectSpec& interconnect) const {
        check_buffers(map, interconnect);
        check_total(map, interconnect);
        check_endpoints(map, interconnect);
    }
    void operator()(const Field& field, TopologySpec& topology) const { topology = read_topology(field); }
    void operator()(const Field& field, MappingGoal& goal) const {
        if (field.value().kind != YamlValue::Kind::Map) {
            return read_field(field, one_of(MappingGoal::kKinds, ""), goal.kind);
        }
        read_spec(field, goal, *this);
        goal.kind = MappingGoal::Kind::EnergyWithin;
    }
    void operator()(const Field& field, std::vector<MappingPin>& pins) const {
        for (const Field& item : read_list(field, "a list of mappings")) read_spec(item, pins.emplace_back(), *this);
    }
    void operator()(const Field& field, CollectiveSpec& collectives) const {
        if (field.value().kind == YamlValue::Kind::Map) return read_spec(field, collectives, *this);
        CollectiveAlgorithm algorithm = CollectiveAlgorithm::Best;
        read_field(field, one_of(kCollectiveAlgorithms, ""), algorithm);
        collectives = CollectiveSpec::all(algorithm);
    }
};

}  // namespace

ArraySpec read_array(const Field& field) {
    ArraySpec array;
    if (field.value().kind != YamlValue::Kind::Map || !has_kinds(field.value())) {
        read_spec(field, array, ArrayRules());
        return array;
    }
    const ArrayOfKinds apart = take_kinds_apart(field);
    read_spec(Field(apart.array, field.key()), array, ArrayRules());
    for (const KindGroup& group : apart.groups) {
        ArraySpec own;
        read_spec(Field(group.array, field.key_of("kinds." + group.kind)), own, ArrayRules());
        const std::uint64_t share =
            group.share > 0 ? group.share : checked_multiply(own.processing_units, own.pe_array.size());
        array.kinds.push_back(
            {group.kind, group.accelerators, share, own.processing_units, own.pe_array, own.mapping, own.buffer});
    }
    return array;
}

std::uint64_t read_accelerators(const Field& field) {
    const std::uint64_t count = read_integer(field, 1);
    try {
        default_levels(count);
    } catch (const ConfigError& error) {
        throw field.error(error.problem());
    }
    return count;
}

Precision read_precision(const Field& field) {
    Precision precision = kPrecisions[0];
    read_field(field, one_of(kPrecisions, ""), precision);
    return precision;
}

namespace {

/// Each accelerator with the next one and the one before it in its groups at all levels.
Pairs neighbours_in_groups(std::uint64_t accelerators) {
    const Levels levels = default_levels(accelerators);
    Pairs pairs;
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        for (std::size_t level = 0; level < levels.count(); ++level) {
            for (const std::uint64_t offset : {1U, levels.size(level) - 1}) {
                pairs.emplace_back(i, levels.shifted(i, level_bit(level), offset));
            }
        }
    }
    return pairs;
}

}  // namespace

void check_topology(const ArraySpec& array) {
    const Pairs pairs = array.accelerators <= kMostWithAllPairs ? Pairs{} : neighbours_in_groups(array.accelerators);
    check_deadlock_free(Topology::make(array.interconnect, array.accelerators), pairs);
}

}  // namespace hypar
