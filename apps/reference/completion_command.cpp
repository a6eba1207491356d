#include <memory>
#include <string>
#include <vector>

#include "apps/reference/completion.h"
#include "apps/reference/known_names.h"
#include "apps/reference/reference.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"

namespace hypar {
namespace {

void run(const std::string& shell, const ProgramDescription& program) {
    choose("completion " + shell, shell, {"bash", "zsh"});
    print_result(shell == "bash" ? bash_completion(program, known_names()) : zsh_completion(program, known_names()));
}

}  // namespace

void add_completion_command(CommandLine& line) {
    Command command = line.add_command("completion", "print the script that completes this command line in a shell");
    const auto shell = std::make_shared<std::string>();
    command.add_argument("bash|zsh", *shell, "the shell, for example: source <(hypar completion bash)");
    command.runs([shell, &line] { run(*shell, line.description()); });
}

}  // namespace hypar
