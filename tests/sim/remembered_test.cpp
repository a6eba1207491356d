// What is remembered must be known by all that it depends on: with any number of the array, of the work or of a link
// changed alone, a run that remembers the unchanged one finds what a full replay finds by itself.

#include "sim/replay/remembered.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/member_count.h"
#include "tests/arch/phases.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::full;

/// Changes the number with a place in the list of an array's fields.
class ChangeOf {
public:
    ChangeOf(std::size_t number, std::uint64_t times, std::uint64_t more)
        : number_(number), times_(times), more_(more) {}

    template <typename Value, typename Kind>
    void operator()(const Key& key, Value& value, const Kind& kind) {
        if constexpr (std::is_same_v<Kind, Section>) {
            Value::for_each_field(value, *this);
        } else if constexpr (std::is_same_v<Kind, Apart> || std::is_same_v<Kind, Text>) {
            return;
        } else if (seen_++ == number_) {
            name_ = key.name;
            change(value, kind);
        }
    }

    std::size_t seen() const { return seen_; }
    const std::string& name() const { return name_; }

private:
    std::uint64_t changed(std::uint64_t value) const { return times_ * value + more_; }
    void change(double& value, const Amount&) const { value = static_cast<double>(times_) * value + 1; }
    void change(Clock& clock, const Amount&) const { clock.period = changed(clock.period); }
    template <typename Kind>
    void change(std::uint64_t& value, const Kind&) const {
        value = changed(value);
    }
    template <typename Kind>
    void change(std::optional<std::uint64_t>& value, const Kind& kind) const {
        value = kind.least * changed(1);
    }
    void change(bool& flag, const Unwritten&) const { flag = !flag; }
    void change(Ideal& ideal, const Unwritten&) const { ideal = times_ == 1 ? Ideal::Memory : Ideal::Multiply; }
    void change(std::vector<AcceleratorKind>&, const Unwritten&) const {}  // tests/sim/kinds_test.cpp has them
    void change(std::optional<Precision>& value, const OneOf<Precision>& choices) const {
        value = choices.items[(more_ + times_) % choices.size];
    }
    template <typename Value, typename Item>
    void change(Value& value, const OneOf<Item>& choices) const {
        std::size_t at = 0;
        while (!(value_of(choices.items[at]) == value)) ++at;
        value = value_of(choices.items[(at + more_ + times_) % choices.size]);
    }

    std::size_t number_;
    std::uint64_t times_;
    std::uint64_t more_;
    std::size_t seen_ = 0;
    std::string name_;
};

std::size_t numbers_of(ArraySpec array) {
    ChangeOf none(SIZE_MAX, 1, 0);
    ArraySpec::for_each_field(array, none);
    return none.seen();
}

/// Whether a file could have it.
bool is_possible(const ArraySpec& array) {
    const MemorySpec& memory = array.memory;
    const std::uint64_t stripe = memory.stripe_bytes();
    const InterconnectSpec& net = array.interconnect;
    return memory.bank_interleave_bytes % memory.burst_bytes == 0 &&
           memory.row_bytes % memory.bank_interleave_bytes == 0 &&
           memory.interleave_bytes % memory.burst_bytes == 0 &&
           (stripe % memory.interleave_bytes == 0 || memory.interleave_bytes % stripe == 0) &&
           memory.timing.refresh_interval > 2 * (memory.timing.refresh_time + memory.timing.row_cycle) &&
           (net.flow_control == FlowControl::Wormhole || net.buffer_flits >= net.flits_of(net.packet_bytes)) &&
           (net.routing == RoutingRule::Deterministic || net.virtual_channels >= 3);
}

/// A few segments of a random step: one of each phase, and two exchanges.
Program some_of(const Program& program) {
    Program some{program.schedules, {}};
    std::set<Phase> phases;
    int exchanges = 0;
    for (const Segment& segment : program.segments) {
        if (segment.is_compute() ? phases.insert(segment.phase).second : exchanges++ < 2) {
            some.segments.push_back(segment);
        }
    }
    return some;
}

TEST(Remembered, IsKnownByEveryNumberOfTheArray) {
    std::map<std::string, bool> matters;
    for (const std::uint64_t seed : {1U, 16U, 30U, 44U, 47U, 50U}) {  // between them all that follows has an effect
        const tests::RandomStep step(seed);
        const Program program =
            some_of(lower(step.network, step.plan, {2, 4, PartialSums::Pooled}, tests::kAllPhases, step.array));
        const auto replayed = [&](const ArraySpec& array, const ReplayOptions& options) {
            return replay(program, array, Topology::make(array.interconnect, array.accelerators), options);
        };
        Remembered remembered;
        ReplayOptions options;
        options.remembered = &remembered;
        const ReplayResult unchanged = replayed(step.array, options);
        for (std::size_t number = 0; number < numbers_of(step.array); ++number) {
            for (const auto& [times, more] : {std::pair(1U, 1U), std::pair(3U, 0U)}) {
                ArraySpec array = step.array;
                ChangeOf change(number, times, more);
                ArraySpec::for_each_field(array, change);
                if (change.name() == "accelerators" || !is_possible(array)) continue;
                const ReplayResult alone = replayed(array, full());
                EXPECT_TRUE(are_equal(replayed(array, options), alone)) << change.name() << ", seed " << seed;
                bool& has_mattered = matters[change.name()];
                has_mattered = has_mattered || !are_equal(alone, unchanged);
            }
        }
    }
    std::set<std::string> idle;
    for (const auto& [name, has_mattered] : matters) {
        if (!has_mattered) idle.insert(name);
    }
    // The kind of the array, and the rules and prices by which mappings were chosen, which the program has already,
    // the number of units, of which the first ones start at the same vaults whatever it is, what binds only in the
    // tight unit below, and vector units, of which tests/sim/vector_test.cpp has the same.
    EXPECT_EQ(idle, (std::set<std::string>{"kind",
                                           "processing_units",
                                           "sets",
                                           "dataflow",
                                           "vault_bandwidth",
                                           "add",
                                           "multiply",
                                           "register_32bit",
                                           "array_32bit",
                                           "buffer_32bit",
                                           "dram_32bit",
                                           "tsv_bit",
                                           "link_bit",
                                           "bank_width",
                                           "registers.filter",
                                           "registers.feature_map",
                                           "registers.partial_sum",
                                           "lanes",
                                           "buffer",
                                           "fuse",
                                           "vector_operation",
                                           "router_flit",
                                           "accelerator_static_power",
                                           "link_static_power"}));
}

/// A nest of every phase, on one accelerator with one unit.
struct OneUnit {
    OneUnit() : array(tests::hpca19(TopologyKind::HTree, 1)) {
        array.processing_units = 1;
        array.buffer.bank_bytes_per_cycle = 1;
        topology.emplace(Topology::make(array.interconnect, 1));
    }

    ReplayResult replay_of(const TileSchedule& schedule, const ReplayOptions& options) const {
        Segment segment;
        segment.phase = tests::phase_of(schedule.nest());
        segment.compute = {{0}};
        return replay(Program{{schedule}, {segment}}, array, *topology, options);
    }

    ArraySpec array;
    std::optional<Topology> topology;
};

LoopNest small_nest(Phase phase) {
    LoopNest nest;
    tests::set_phase(nest, phase);
    nest.samples = 3;
    nest.in_channels = phase == Phase::Update ? 1 : 4;
    nest.out_channels = phase == Phase::Update ? 5000 : 6;
    if (phase == Phase::Update) {
        nest.samples = 1;
        nest.state_words = 1;
        return nest;
    }
    nest.groups = 2;
    nest.in_height = nest.in_width = 20;
    nest.out_height = nest.out_width = 6;
    nest.kernel_height = nest.kernel_width = 3;
    nest.stride_height = nest.stride_width = 2;
    nest.stored_out_plane = 12;
    return nest;
}

/// Calls `visit(name, changed)` with `value` changed in each of its numbers alone.
template <typename Value, typename Visit>
void for_each_change(const Value& value, Visit visit) {
    constexpr std::size_t count = std::tuple_size_v<decltype(Value::numbers(value))>;
    for (std::size_t number = 0; number < count; ++number) {
        for (const int by : {1, -1}) {
            Value changed = value;
            std::size_t at = 0;
            const auto change = [&](auto& part) {
                using Part = std::decay_t<decltype(part)>;
                if constexpr (std::is_same_v<Part, std::uint64_t>) {
                    if (at == number) part += static_cast<std::uint64_t>(by);
                }
                ++at;
            };
            std::apply([&](auto&... parts) { (change(parts), ...); }, Value::numbers(changed));
            if (!(changed == value)) visit(number, changed);
        }
    }
}

TEST(Remembered, IsKnownByRegistersAndBanksThatBind) {
    constexpr std::uint64_t kKernel = 5;
    std::set<std::string> mattering;
    // Kernel columns are folded by the fewer of an element's feature map and filter registers, or partial sums.
    for (const auto& [filter, feature, partial_sum] : {std::tuple(8U, 3U, 2U), std::tuple(3U, 8U, 8U)}) {
        for (const Phase phase : {Phase::Forward, Phase::Gradient}) {
            OneUnit unit;
            unit.array.buffer = {108 * 1024, 6, 1};
            PeArraySpec& pes = unit.array.pe_array;
            pes.filter_registers = filter;
            pes.feature_registers = feature;
            pes.partial_sum_registers = partial_sum;
            LoopNest nest = small_nest(phase);
            nest.kernel_height = nest.kernel_width = kKernel;
            const TileSchedule schedule = Mapper(unit.array.mapping_target()).schedule(nest);
            Remembered remembered;
            ReplayOptions options;
            options.remembered = &remembered;
            const ReplayResult unchanged = unit.replay_of(schedule, options);
            const auto expect_alone = [&](const char* name, std::uint64_t& number) {
                const std::uint64_t own = number;
                number = 2 * own;
                const ReplayResult alone = unit.replay_of(schedule, full());
                EXPECT_TRUE(are_equal(unit.replay_of(schedule, options), alone)) << name << " " << name_of(phase);
                if (!are_equal(alone, unchanged)) mattering.insert(name);
                number = own;
            };
            expect_alone("filter registers", pes.filter_registers);
            expect_alone("feature registers", pes.feature_registers);
            expect_alone("partial sum registers", pes.partial_sum_registers);
            expect_alone("bank width", unit.array.buffer.bank_bytes_per_cycle);
        }
    }
    EXPECT_EQ(mattering.size(), 4U);
}

TEST(Remembered, IsKnownByEveryNumberOfNestAndPass) {
    const OneUnit unit;
    std::set<std::size_t> mattering;  // places in the lists of numbers, those of passes from kPass on
    constexpr std::size_t kPass = 100;
    for (const Phase phase : kPhases) {
        const LoopNest nest = small_nest(phase);
        const TileSchedule schedule = Mapper(unit.array.mapping_target()).schedule(nest);
        Remembered remembered;
        ReplayOptions options;
        options.remembered = &remembered;
        const ReplayResult unchanged = unit.replay_of(schedule, options);
        const auto expect_alone = [&](const TileSchedule& changed, std::size_t number) {
            const ReplayResult alone = unit.replay_of(changed, full());
            EXPECT_TRUE(are_equal(unit.replay_of(changed, options), alone)) << name_of(phase) << " " << number;
            if (!are_equal(alone, unchanged)) mattering.insert(number);
        };
        for_each_change(nest, [&](std::size_t number, const LoopNest& changed) {
            if (changed.empty() || std::min({changed.stride_height, changed.stride_width, changed.dilation_height,
                                             changed.dilation_width}) == 0)
                return;
            expect_alone(TileSchedule(changed, schedule.mapping(), 4), number);
        });
        for_each_change(schedule.mapping().pass, [&](std::size_t number, const PassShape& changed) {
            Mapping mapping = schedule.mapping();
            mapping.pass = changed;
            if (changed.k > nest.kernel_height ||
                std::min({changed.e, changed.p, changed.q, changed.r, changed.t, changed.i, changed.k}) == 0)
                return;
            expect_alone(TileSchedule(nest, mapping, 4), kPass + number);
        });
    }
    // All but the kinds in front, what a nest makes and how, and a pass's dataflow; and but the stride along rows
    // (13).
    EXPECT_EQ(mattering,
              (std::set<std::size_t>{2,         3,         4,         5,         6,         7,        8,  9,
                                     10,        11,        12,        14,        15,        16,       17, kPass + 1,
                                     kPass + 2, kPass + 3, kPass + 4, kPass + 5, kPass + 6, kPass + 7}));
}

TEST(Remembered, IsKnownByEveryNumberOfALink) {
    // Four accelerators round a switch; one link is changed alone.
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    array.interconnect.topology.size = {4};
    array.interconnect.topology.factors = {};
    const Topology topology = Topology::make(array.interconnect, 4);
    Program program;
    Segment segment;
    segment.flows = {plain_flow(0, 1, 5000, false), plain_flow(1, 0, 5000, false), plain_flow(2, 3, 5000, true),
                     plain_flow(3, 2, 5000, true)};
    program.segments = {segment};
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    replay(program, array, topology, options);
    const std::vector<std::function<void(LinkSpec&)>> changes = {
        [](LinkSpec& link) { link.bits_per_second /= 7; },
        [](LinkSpec& link) { link.latency *= 50; },
        [](LinkSpec& link) { link.femtojoules_per_bit = 0; },
        [](LinkSpec& link) { link.femtojoules_per_bit = 30; },
    };
    for (std::size_t number = 0; number < topology.links().size(); ++number) {
        for (std::size_t kind = 0; kind < changes.size(); ++kind) {
            const Topology changed = topology.with_links([&](std::size_t index, LinkSpec& link) {
                if (index == number) changes[kind](link);
            });
            const ReplayResult alone = replay(program, array, changed, full());
            EXPECT_TRUE(are_equal(replay(program, array, changed, options), alone)) << number << ", " << kind;
            EXPECT_TRUE(are_equal(replay(program, array, changed), alone)) << number << ", " << kind;
        }
    }
}

TEST(Remembered, IsKnownByTheChannelsThatPacketsMayHave) {
    // In the middle of a mesh packets may have any of four channels, in that of a ring two of them, and a channel
    // waits long for credit.
    ArraySpec array = tests::hpca19(TopologyKind::Mesh, 9);
    array.interconnect.input_reads = InputReads::One;
    array.interconnect.is_per_link = true;
    array.interconnect.virtual_channels = 4;
    array.interconnect.buffer_flits = 64;
    array.interconnect.link_latency = 1'000'000;
    array.interconnect.topology.size = {9};
    Program program;
    program.segments.emplace_back();
    for (const std::uint64_t from : {3U, 4U, 5U}) {
        program.segments.back().flows.push_back(plain_flow(from, 6, 50'000, false));
    }
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    std::vector<ReplayResult> alone;
    for (const TopologyKind kind : {TopologyKind::Mesh, TopologyKind::Ring}) {
        array.interconnect.topology.kind = kind;
        const Topology topology = Topology::make(array.interconnect, 9);
        alone.push_back(replay(program, array, topology, full()));
        EXPECT_TRUE(are_equal(replay(program, array, topology, options), alone.back())) << name_of(kind);
    }
    EXPECT_NE(alone[0].segments[0].cycles, alone[1].segments[0].cycles);
}

TEST(Remembered, IsKnownByWhatIsExchanged) {
    const ArraySpec array = tests::hpca19(TopologyKind::Torus, 4);
    const Topology topology = Topology::make(array.interconnect, 4);
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    const auto expect_alone = [&](const std::vector<Flow>& flows) {
        Program program;
        program.segments.emplace_back();
        program.segments.back().flows = flows;
        EXPECT_TRUE(are_equal(replay(program, array, topology, options), replay(program, array, topology, full())));
    };
    const auto flow = [](std::uint64_t from, std::uint64_t to) { return plain_flow(from, to, 5000, false); };
    expect_alone({flow(0, 1), flow(1, 0)});
    expect_alone({plain_flow(0, 1, 7000, false), flow(1, 0)});
    expect_alone({plain_flow(0, 1, 5000, true), flow(1, 0)});
    expect_alone({flow(0, 1), flow(1, 2), flow(2, 0)});
    expect_alone({flow(0, 2), flow(1, 0), flow(2, 1)});
    expect_alone({flow(0, 2), flow(2, 0)});
    expect_alone({flow(0, 3), flow(3, 0)});
}

/// Members of a spec and of its sections, and fields that their lists name. A spec is a member of the one above it.
struct Tally {
    std::size_t members = 0;
    std::size_t fields = 0;

    template <typename Spec>
    void take(const Spec& spec) {
        members += member_count<Spec>();
        Spec::for_each_field(spec, *this);
    }
    /// Fields of all kinds, of which some are one under several keys; what a kind has alone is a spec of its own.
    void take(PeArraySpec spec) {
        std::set<const void*> named;
        for (const Choice<PeArrayKind>& kind : PeArraySpec::kKinds) {
            spec.kind = kind.value;
            PeArraySpec::for_each_field(spec,
                                        [&](const Key&, const auto& field, const auto&) { named.insert(&field); });
        }
        fields += named.size();
        members += member_count<PeArraySpec>() - 1 + member_count<SystolicSpec>();
    }
    /// With the key that one of the schedulers has.
    void take(MemorySpec spec) {
        spec.scheduler = VaultScheduler::FrFcfs;
        members += member_count<MemorySpec>();
        MemorySpec::for_each_field(spec, *this);
    }
    template <typename Value, typename Kind>
    void operator()(const Key&, const Value& value, const Kind&) {
        ++fields;
        if constexpr (std::is_same_v<Kind, Section>) take(value);
    }
};

TEST(Fields, AreAllMembersOfTheArray) {
    Tally tally;
    tally.take(ArraySpec());
    EXPECT_EQ(tally.fields, tally.members);  // the topology is a member of the interconnect, and a key of the array
}

}  // namespace
}  // namespace hypar
