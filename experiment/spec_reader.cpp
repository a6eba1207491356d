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

void read_field(const Field& field, const Amount& amount, std::optional<std::uint64_t>& value) {
    read_field(field, amount, value.emplace());
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
    auto one = map.optional(key);
    auto another = map.optional(other);
    if (one && another) {  // one given on the command line takes the place of the other one of a file
        const bool is_of_file = one->value().place.has_line();
        if (is_of_file != another->value().place.has_line()) (is_of_file ? one : another).reset();
    }
    if (one.has_value() == another.has_value()) throw field.error(expected);
    return another ? GivenKey{*another, true} : GivenKey{*one, false};
}

}  // namespace hypar
