#include "experiment/yaml/field.h"
#include "base/text.h"

#include <cctype>

#include <fmt/format.h>

namespace hypar {

ConfigError Field::expected(const std::string& expected) const {
    return error(fmt::format("expected {}, not {}", expected, describe()));
}

ConfigError Field::located(const ConfigError& error) const {
    if (!error.place().empty()) return error;
    const std::string place = nearest_value(*value_, error.key()).place.text();
    return (key_.empty() ? error : error.below(key_)).at(place);
}

std::string Field::describe() const {
    switch (value_->kind) {
        case YamlValue::Kind::Null: return "an empty value";
        case YamlValue::Kind::Sequence: return "a list";
        case YamlValue::Kind::Map: return "a map";
        case YamlValue::Kind::Scalar: break;
    }
    const std::string& text = value_->text;
    if (value_->quoted || text.empty()) return fmt::format("the text \"{}\"", printable(text));
    const bool numeric = std::isdigit(static_cast<unsigned char>(text.front())) != 0 ||
                         (text.size() > 1 && std::string("+-.").find(text.front()) != std::string::npos);
    return numeric ? printable(text) : fmt::format("\"{}\"", printable(text));
}

const YamlValue& nearest_value(const YamlValue& root, const std::string& key) {
    const YamlValue* value = &root;
    for (std::size_t begin = 0; begin < key.size();) {
        const std::size_t end = std::min(key.find('.', begin), key.size());
        const std::string segment = key.substr(begin, end - begin);
        const YamlValue* next = nullptr;
        if (const YamlEntry* entry = value->find(segment)) {
            next = &entry->value;
        } else {
            for (std::size_t index = 0; index < value->items.size() && next == nullptr; ++index) {
                if (segment == std::to_string(index)) next = &value->items[index];
            }
        }
        if (next == nullptr) break;
        value = next;
        begin = end + 1;
    }
    return *value;
}

std::vector<Field> read_list(const Field& field, const std::string& expected) {
    if (field.value().kind != YamlValue::Kind::Sequence) throw field.expected(expected);
    std::vector<Field> items;
    for (const YamlValue& item : field.value().items) {
        items.emplace_back(item, field.key_of(std::to_string(items.size())));
    }
    return items;
}

}  // namespace hypar
