#include <memory>
#include <string>

#include "apps/reference/reference.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "experiment/schema/schema.h"

namespace hypar {

void add_schema_command(CommandLine& line) {
    Command command = line.add_command("schema", "print the JSON Schema of a kind of file, for editors");
    const auto kind = std::make_shared<std::string>();
    command.add_argument("experiment|network|array|sweep|plan", *kind, "the kind; a plan is an experiment with one");
    command.runs([kind] { print_result(schema_json(choose("schema " + *kind, *kind, schema_names()))); });
}

}  // namespace hypar
