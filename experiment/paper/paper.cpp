#include "experiment/paper/paper.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/data_folder.h"
#include "base/names.h"
#include "base/text.h"
#include "experiment/loading.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

fs::path papers_folder() { return data_folder() / "configs" / "reproduce"; }

void check_name(const char* what, const std::string& name, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    throw ConfigError("", unknown_name(what, printable(name), known));
}

}  // namespace

std::vector<std::string> list_papers() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(papers_folder(), error)) {
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<Figure> load_figures(const std::string& paper, const std::vector<std::string>& choices) {
    const std::vector<std::string> known = list_papers();
    check_name("paper", paper, known);
    std::vector<std::string> known_choices = names_of(load_choices(papers_folder() / paper));
    known_choices.emplace_back(kAllChoices);
    for (const std::string& choice : choices) check_name("choice", choice, known_choices);
    std::vector<Figure> figures;
    for (const auto& entry : fs::directory_iterator(papers_folder() / paper)) {
        const fs::path name = entry.path().filename();
        if (name.extension() != ".yaml" || name == kChoicesFile || name == kAccountingFile) continue;
        const FileReference file{entry.path(), entry.path().string()};
        const YamlValue root = read_yaml_file(file.path, file.label);
        figures.push_back(figure_of(root, file, choices));
    }
    std::sort(figures.begin(), figures.end(), [](const Figure& a, const Figure& b) {
        return std::make_pair(a.number.size(), a.number) < std::make_pair(b.number.size(), b.number);
    });
    return figures;
}

}  // namespace hypar
