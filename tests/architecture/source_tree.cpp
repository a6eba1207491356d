#include "tests/architecture/source_tree.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/architecture/rooms.h"

namespace hypar::tests {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

std::map<fs::path, std::string> read_tree() {
    const fs::path root = HYPAR_SOURCE_DIR;
    std::set<fs::path> tops = {"tests", "bench"};
    for (const Room& room : rooms()) tops.insert(*fs::path(room.path).begin());
    std::map<fs::path, std::string> files;
    for (const fs::path& top : tops) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / top)) {
            if (!is_cpp(entry.path()) && entry.path().extension() != ".js") continue;
            files[entry.path().lexically_relative(root)] = read(entry.path());
        }
    }
    return files;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream rest(text);
    for (std::string line; std::getline(rest, line);) lines.push_back(line);
    return lines;
}

std::vector<Include> includes_of(const std::string& text) {
    static const std::regex kInclude(R"re(\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
    std::vector<Include> includes;
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t line = 0; line < lines.size(); ++line) {
        std::smatch match;
        if (lines[line].find('#') == std::string::npos) continue;
        if (std::regex_match(lines[line], match, kInclude))
            includes.push_back({line + 1, match[2], match[1] == "\""});
    }
    return includes;
}

const std::map<fs::path, std::string>& source_tree() {
    static const std::map<fs::path, std::string> kTree = read_tree();
    return kTree;
}

bool is_cpp(const fs::path& path) {
    static const std::set<std::string> kExtensions = {".cpp", ".h", ".hpp", ".cc", ".cxx", ".hh", ".ipp"};
    return kExtensions.count(path.extension().string()) != 0;
}

bool is_of_program(const fs::path& path) { return *path.begin() != "tests" && *path.begin() != "bench"; }

}  // namespace hypar::tests
