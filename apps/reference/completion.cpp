#include "apps/reference/completion.h"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hypar {
namespace {

constexpr const char* kBashBegin = R"(# Completes hypar's command line in bash; printed by `hypar completion bash`.

# Of the names $1, or else of files, those that begin as the word does, or what is behind its last comma.
_hypar_values() {
  local head='' word=${COMP_WORDS[COMP_CWORD]}
  if [[ $word == *,* ]]; then
    head=${word%,*},
  fi
  mapfile -t COMPREPLY < <(compgen -P "$head" -W "$1" -- "${word##*,}")
  if ((${#COMPREPLY[@]} == 0)); then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
    compopt -o filenames
  fi
}

_hypar() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options='' names=''
  local before=${COMP_WORDS[COMP_CWORD - 1]} # a word of its own is also the = of --set=
  if [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "@COMMANDS@" -- "$word")
    return
  fi
  case $command:$before in
)";

constexpr const char* kBashEnd = R"(  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    _hypar_values "$names"
  fi
}

complete -F _hypar hypar
)";

constexpr const char* kZshBegin = R"(#compdef hypar
# Completes hypar's command line in zsh; printed by `hypar completion zsh`.

_hypar() {
  local -a commands=(
)";

constexpr const char* kZshMiddle = R"(  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
    help) _describe command commands ;;
)";

constexpr const char* kZshEnd = R"(  esac
}

if [[ $funcstack[1] == _hypar ]]; then
  _hypar "$@"
else
  compdef _hypar hypar
fi
)";

/// Names with blanks between them; none where any value may stand.
std::string names_of(const ArgumentDescription& argument, const KnownNames& known) {
    std::string type = argument.is_option ? argument.type : argument.names.front();
    type = type.substr(0, type.find(",..."));
    const auto found = known.find(type);
    if (found != known.end()) return fmt::format("{}", fmt::join(found->second, " "));
    if (type.find('|') == std::string::npos) return "";
    for (char& sign : type) {
        if (sign == '|') sign = ' ';
    }
    return type;
}

std::string with_commands(std::string text, const ProgramDescription& program) {
    std::string names = "help";
    for (const CommandDescription& command : program.commands) {
        if (!command.is_hidden) names += " " + command.name;
    }
    const std::string place = "@COMMANDS@";
    return text.replace(text.find(place), place.size(), names);
}

/// A word in single quotes of a shell.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char sign : text) result += sign == '\'' ? std::string("'\\''") : std::string(1, sign);
    return result + "'";
}

/// A text inside one of the words of zsh's _arguments.
std::string zsh_text(const std::string& text) {
    std::string result;
    for (const char sign : text) {
        if (std::string("[]:\\").find(sign) != std::string::npos) result += '\\';
        result += sign;
    }
    return result;
}

/// ":NETWORK:(lenet-c vgg-a)"; what is no name may be a file.
std::string zsh_value(const ArgumentDescription& argument, const KnownNames& known) {
    const std::string type = argument.is_option ? argument.type : argument.names.front();
    const std::string names = names_of(argument, known);
    const std::string action =
        names.empty() ? "_files" : fmt::format("{{_alternative \"names:name:({})\" \"files:file:_files\"}}", names);
    return fmt::format(":{}:{}", zsh_text(type), action);
}

}  // namespace

std::string bash_completion(const ProgramDescription& program, const KnownNames& names) {
    std::string values;
    std::string words;
    for (const CommandDescription& command : program.commands) {
        if (command.is_hidden) continue;
        std::string options;
        for (const ArgumentDescription& option : command.options) {
            options += fmt::format("{}{}", options.empty() ? "" : " ", fmt::join(option.names, " "));
            if (option.type.empty()) continue;
            for (const std::string& name : option.names) {
                values += fmt::format("    {}:{}) _hypar_values '{}'; return ;;\n", command.name, name,
                                      names_of(option, names));
            }
        }
        const std::string known = command.arguments.empty() ? "" : names_of(command.arguments.front(), names);
        words += fmt::format("    {}) options='{}' names='{}' ;;\n", command.name, options, known);
    }
    words += with_commands("    help) names='@COMMANDS@' ;;\n", program);
    return with_commands(kBashBegin, program) + values + "  esac\n  case $command in\n" + words + kBashEnd;
}

std::string zsh_completion(const ProgramDescription& program, const KnownNames& names) {
    std::string commands;
    std::string cases;
    for (const CommandDescription& command : program.commands) {
        if (command.is_hidden) continue;
        commands += fmt::format("    {}\n", quoted(command.name + ":" + zsh_text(command.description)));
        cases += fmt::format("    {})\n      _arguments", command.name);
        for (const ArgumentDescription& option : command.options) {
            for (const std::string& name : option.names) {
                const std::string value = option.type.empty() ? "" : zsh_value(option, names);
                const std::string word =
                    fmt::format("{}{}[{}]{}", option.is_repeated ? "*" : "", name, zsh_text(option.help), value);
                cases += " \\\n        " + quoted(word);
            }
        }
        for (const ArgumentDescription& argument : command.arguments) {
            const std::string word = (argument.is_repeated ? "*" : "") + zsh_value(argument, names);
            cases += " \\\n        " + quoted(word);
        }
        cases += "\n      ;;\n";
    }
    return kZshBegin + commands + kZshMiddle + cases + kZshEnd;
}

}  // namespace hypar
