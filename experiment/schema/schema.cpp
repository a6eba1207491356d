#include "experiment/schema/schema.h"

#include <nlohmann/json.hpp>

#include "experiment/schema/network_schema.h"
#include "experiment/schema/spec_schema.h"

namespace hypar {
namespace {

using namespace schema;

Json experiment() { return experiment_map(network_in_experiment()); }

/// An experiment whose strategy has a plan.
Json plan() {
    Json schema = experiment();
    Json with_plan = strategy_map();
    with_plan["required"] = {"plan"};
    schema["properties"]["strategy"] = with_plan;
    schema["required"].push_back("strategy");
    return schema;
}

Json sweep() {
    const Json step = {{"type", {"integer", "number", "string"}}};
    Json range =
        map_of({{"from", step}, {"to", step}, {"times", {{"type", "number"}}}, {"step", step}}, {"from", "to"});
    range["oneOf"] = {{{"required", {"times"}}}, {{"required", {"step"}}}};
    const Json vary = {
        {"type", "object"}, {"minProperties", 1}, {"additionalProperties", any_of({list_of(Json::object()), range})}};
    const Json condition = {{"type", "string"}};
    return map_of(
        {{"base", described(any_of({reference("an experiment"), experiment()}), "the experiment that is varied")},
         {"vary", described(vary, "by key of the experiment, or by several with commas, the values that it takes")},
         {"where", described(any_of({condition, list_of(condition)}), "conditions that all points meet")}},
        {"base", "vary"});
}

struct Entry {
    const char* name;
    const char* title;
    Json (*make)();
};

constexpr Entry kEntries[] = {{"experiment", "An experiment of hypar", experiment},
                              {"network", "A network of hypar", network_map},
                              {"array", "An array of hypar", array_map},
                              {"sweep", "A sweep of hypar", sweep},
                              {"plan", "An experiment of hypar with a plan", plan}};

}  // namespace

std::vector<std::string> schema_names() {
    std::vector<std::string> names;
    for (const Entry& entry : kEntries) names.emplace_back(entry.name);
    return names;
}

std::string schema_json(const std::string& name) {
    for (const Entry& entry : kEntries) {
        if (name != entry.name) continue;
        Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", entry.title}};
        schema.update(entry.make());
        return schema.dump(1) + "\n";
    }
    return "";
}

}  // namespace hypar
