#include <filesystem>
#include <memory>
#include <string>

#include "apps/reference/known_names.h"
#include "apps/reference/manual.h"
#include "apps/reference/reference.h"
#include "apps/terminal/output.h"
#include "apps/terminal/version.h"
#include "experiment/schema/schema.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& content) {
    fs::create_directories(file.parent_path());
    write_file(file, content);
}

/// All of it, below a folder that is laid out as /usr/share.
void run(const fs::path& share, const ProgramDescription& program) {
    write(share / "bash-completion" / "completions" / "hypar", bash_completion(program, known_names()));
    write(share / "zsh" / "vendor-completions" / "_hypar", zsh_completion(program, known_names()));
    const fs::path manuals = share / "man" / "man1";
    write(manuals / "hypar.1", manual_page(program, release()));
    for (const CommandDescription& command : program.commands) {
        if (!command.is_hidden)
            write(manuals / ("hypar-" + command.name + ".1"), manual_page(program, command, release()));
    }
    for (const std::string& name : schema_names()) {
        write(share / "hypar" / "schemas" / (name + ".json"), schema_json(name));
    }
}

}  // namespace

void add_reference_command(CommandLine& line) {
    Command command = line.add_hidden_command(
        "reference", "write what is installed and made of the program: manual pages, schemas");
    const auto share = std::make_shared<std::string>();
    command.add_argument("DIR", *share, "what is laid out as /usr/share").not_empty();
    command.runs([share, &line] { run(*share, line.description()); });
}

}  // namespace hypar
