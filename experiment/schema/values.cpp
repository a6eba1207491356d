#include "experiment/schema/values.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "experiment/yaml/quantity.h"

namespace hypar::schema {
namespace {

/// Markdown without what its links point at.
std::string without_targets(std::string text) {
    for (std::size_t middle = text.find("]("); middle != std::string::npos; middle = text.find("](")) {
        text.erase(middle, text.find(')', middle) - middle + 1);
        text.erase(text.rfind('[', middle), 1);
    }
    return text;
}

}  // namespace

Json integer(std::uint64_t least, std::uint64_t most) {
    return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

Json quantity(const Amount& amount) {
    return {
        {"type", "string"},
        {"pattern", fmt::format("^(0|[1-9][0-9]*)(\\.[0-9]+)? *({})$", fmt::join(unit_names(amount.quantity), "|"))},
        {"examples", {amount.example}}};
}

Json text() { return {{"type", {"string", "number", "boolean"}}}; }

Json choice(const std::vector<std::string>& names) {
    Json values = names;
    for (const std::string& name : names) {
        if (name == "true" || name == "false") values.push_back(name == "true");
    }
    return {{"enum", values}};
}

Json list_of(Json item, std::size_t least) {
    Json list = {{"type", "array"}, {"items", std::move(item)}};
    if (least > 0) list["minItems"] = least;
    return list;
}

Json any_of(std::vector<Json> schemas) { return {{"anyOf", std::move(schemas)}}; }

Json reference(const std::string& what) {
    return {{"type", "string"}, {"description", "the name of " + what + ", or the path of its file"}};
}

Json map_of(Json properties, const std::vector<std::string>& required) {
    Json map = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) map["required"] = required;
    return map;
}

Json described(Json schema, const std::string& description) {
    schema["description"] = without_targets(description);
    return schema;
}

}  // namespace hypar::schema
