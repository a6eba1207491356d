#include "experiment/memory_bandwidth.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "arch/memory/memory_spec.h"
#include "base/units.h"
#include "experiment/spec_reader.h"
#include "experiment/yaml/field.h"
#include "experiment/yaml/quantity.h"

namespace hypar {
namespace {

constexpr double kTolerance = 0.001;

/// The value of one key of a spec's map.
template <typename Spec>
std::uint64_t number_of(const Field& map, std::string_view name) {
    std::uint64_t number = 0;
    Spec spec;
    Spec::for_each_field(spec, [&](const Key& key, auto& value, const auto& kind) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::uint64_t>) {
            if (key.name != name) return;
            const YamlEntry* entry = map.value().find(name);
            if (entry == nullptr)
                throw map.error(fmt::format("missing key \"{}\"; expected {}", name, expected(kind)));
            read_field(Field(entry->value, map.key_of(key.name)), kind, number);
        }
    });
    return number;
}

/// What the data buses of all vaults move.
struct Buses {
    std::uint64_t vaults;
    std::uint64_t burst_bytes;
    Picoseconds clock_period;

    /// The time of a burst, if all together move so many bits per second.
    double burst_time(double bits_per_second) const {
        return 8.0 * static_cast<double>(vaults * burst_bytes) * static_cast<double>(kPicosecondsPerSecond) /
               bits_per_second;
    }
    /// The nearest whole number of clocks.
    double clocks(double time) const { return std::max(1.0, std::round(time / static_cast<double>(clock_period))); }
};

/// The tCCD with which all vaults together move what `field` says.
Picoseconds burst_time_of(const Field& field, const Buses& buses, std::uint64_t bits_per_second) {
    const double time = buses.burst_time(static_cast<double>(bits_per_second));
    const double whole = buses.clocks(time) * static_cast<double>(buses.clock_period);
    if (std::abs(time / whole - 1) < kTolerance) return static_cast<Picoseconds>(whole);
    throw field.error(fmt::format(
        "this is a burst of {} B in each of {} vaults every {:.6g} ns, no multiple of tCK, which is {:.6g} "
        "ns; expected {:.6g} GB/s, or another tCK",
        buses.burst_bytes, buses.vaults, time / 1000, static_cast<double>(buses.clock_period) / 1000,
        buses.burst_time(whole) / 8e9));
}

void check_alone(const Field& memory, const YamlValue& timing) {
    const YamlEntry* vault = memory.value().find("vault_bandwidth");
    const YamlEntry* burst = timing.find("tCCD");
    if (vault == nullptr && burst == nullptr) return;
    throw Field(vault != nullptr ? vault->value : burst->value, memory.key())
        .error("expected either bandwidth, of all vaults, or vault_bandwidth, of each, with timing.tCCD");
}

/// An entry that stands where `near` stands.
YamlEntry entry_at(const YamlValue& near, const char* key, Quantity quantity, std::uint64_t amount) {
    YamlValue value;
    value.kind = YamlValue::Kind::Scalar;
    value.place = near.place;
    value.text = quantity_text(quantity, amount);
    return {key, near.place, std::move(value)};
}

void settle(YamlValue& memory, const std::string& key) {
    const Field map(memory, key);
    const auto entry = std::find_if(memory.entries.begin(), memory.entries.end(),
                                    [](const YamlEntry& candidate) { return candidate.key == "bandwidth"; });
    YamlEntry* timing = memory.find("timing");
    if (entry == memory.entries.end() || timing == nullptr) return;
    check_alone(map, timing->value);
    const Field given(entry->value, map.key_of("bandwidth"));
    const std::uint64_t bits = read_whole(given, Quantity::Bandwidth, {kMega, 1000 * kTera});
    const Buses buses{number_of<MemorySpec>(map, "vaults"), number_of<MemorySpec>(map, "burst"),
                      number_of<MemoryTimingSpec>(Field(timing->value, map.key_of("timing")), "tCK")};
    timing->value.entries.push_back(
        entry_at(entry->value, "tCCD", Quantity::Time, burst_time_of(given, buses, bits)));
    *entry = entry_at(entry->value, "vault_bandwidth", Quantity::Bandwidth, bits / buses.vaults);
}

}  // namespace

YamlValue with_vault_bandwidth(YamlValue array, const std::string& key) {
    if (YamlEntry* memory = array.find("memory")) settle(memory->value, key.empty() ? "memory" : key + ".memory");
    return array;
}

}  // namespace hypar
