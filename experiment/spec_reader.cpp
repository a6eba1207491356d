#include "experiment/spec_reader.h"

#include <fmt/format.h>

#include "experiment/yaml/quantity.h"

namespace hypar {

std::string expected(const Count&) { return "an integer"; }
std::string expected(const Amount& amount) {
    return fmt::format("a quantity with its unit, such as \"{}\"", amount.example);
}
std::string expected(const Section&) { return "a map"; }

void read_field(const Field& field, const Count& count, std::uint64_t& value) {
    value = read_integer(field, count.least, count.most);
}

void read_field(const Field& field, const Amount& amount, std::uint64_t& value) {
    value = read_whole(field, amount.quantity, {amount.least, amount.most});
}

void read_field(const Field& field, const Amount& frequency, Clock& clock) {
    clock = read_frequency(field, {frequency.least, frequency.most});
}

void read_field(const Field& field, const Amount& energy, double& picojoules) {
    picojoules = read_energy(field, {energy.least, energy.most});
}

void read_field(const Field& field, const Text&, std::string& value) { value = read_text(field); }

GivenKey given_of(const Field& field, const MapReader& map, const char* key, const char* other,
                  const char* expected) {
    const auto one = map.optional(key);
    const auto another = map.optional(other);
    if (one && another) throw Field(another->value(), field.key()).error(expected);
    if (!one && !another) throw field.error(expected);
    return another ? GivenKey{*another, true} : GivenKey{*one, false};
}

}  // namespace hypar
