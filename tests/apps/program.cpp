#include "tests/apps/program.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>

namespace hypar::test {
namespace {

std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char character : word) text += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return text + "'";
}

}  // namespace

int status_of(int result) { return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result); }

Outcome run_shell(const std::string& command, const std::filesystem::path& folder) {
    const TemporaryFolder capture;
    const std::string output = (capture.path() / "output").string();
    const std::string errors = (capture.path() / "errors").string();
    const std::string line = "cd " + quoted(std::filesystem::absolute(folder).string()) +
                             " && HYPAR=" + quoted(HYPAR_PROGRAM) + " && { " + command + "\n} </dev/null >" +
                             quoted(output) + " 2>" + quoted(errors);
    const int result = std::system(line.c_str());
    return {status_of(result), read_file(output), read_file(errors)};
}

Outcome run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
    std::string command = "\"$HYPAR\"";
    for (const std::string& argument : arguments) command += " " + quoted(argument);
    return run_shell(command, folder);
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hypar-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::filesystem::path TemporaryFolder::write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name) << content;
    return path_ / name;
}

std::string read_file(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
}

}  // namespace hypar::test
