#include "apps/terminal/result_folder.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "apps/terminal/terminal.h"
#include "apps/terminal/waiting.h"
#include "base/error.h"
#include "sweep/results/results_store.h"
#include "sweep/results/sweep_json.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

/// The names of a result's forms; no csv where there is none.
struct FormNames {
    PageKind kind;
    const char* json;
    const char* text;
    const char* csv;
};

constexpr FormNames kNames[] = {
    {PageKind::Run, "report.json", "report.txt", nullptr},
    {PageKind::Comparison, "report.json", "report.txt", "report.csv"},
    {PageKind::Reproduction, "reproduce.json", "reproduce.txt", "reproduce.csv"},
    {PageKind::Noc, "report.json", "report.txt", "curve.csv"},
    {PageKind::Network, "report.json", "report.txt", nullptr},
};

const FormNames& names_of(PageKind kind) {
    return *std::find_if(std::begin(kNames), std::end(kNames),
                         [&](const FormNames& names) { return names.kind == kind; });
}

/// The JSON report of a folder, or a sweep's results, that was written last; empty if there is none.
fs::path latest_result(const fs::path& folder) {
    fs::path latest;
    std::vector<std::string> files = {kResultsFile};
    for (const FormNames& names : kNames) files.emplace_back(names.json);
    for (const std::string& file : files) {
        const fs::path path = folder / file;
        if (!fs::is_regular_file(path)) continue;
        if (latest.empty() || fs::last_write_time(path) > fs::last_write_time(latest)) latest = path;
    }
    return latest;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) throw ConfigError("", "cannot be read", path.string());
    return text.str();
}

}  // namespace

ResultFolder::ResultFolder(const std::string& folder, PageKind kind) : kind_(kind) {
    if (folder.empty()) return;
    const FormNames& names = names_of(kind);
    std::vector<std::string> files = {names.json, names.text, kPage};
    if (names.csv != nullptr) files.emplace_back(names.csv);
    folder_ = make_output_folder(folder, files);
}

void ResultFolder::write(const Renderings& result) const {
    if (folder_.empty()) return;
    const FormNames& names = names_of(kind_);
    write_file(folder_ / names.json, result.json);
    write_file(folder_ / names.text, result.text(TextStyle{}));
    if (names.csv != nullptr) write_file(folder_ / names.csv, result.csv);
    write_file(folder_ / kPage, page_html(kind_, result.json));
}

void write_sweep_page(const fs::path& folder, const ResultsStore& store) {
    write_file(folder / kPage, page_html(PageKind::Sweep, sweep_json(store)));
}

fs::path redraw_page(const std::string& folder) {
    const fs::path path = latest_result(folder);
    if (path.empty()) {
        throw ConfigError("", "expected a folder with report.json, reproduce.json or results.sqlite, as -o writes it",
                          folder);
    }
    const fs::path page = fs::path(folder) / kPage;
    check_output_file("report " + folder, page);
    if (path.filename() == kResultsFile) {
        write_sweep_page(folder, ResultsStore::open(folder, waiting_to_read(print_error)));
        return page;
    }
    const std::string json = content_of(path);
    try {
        write_file(page, page_html(page_kind_of(json), json));
        return page;
    } catch (const ConfigError& error) {
        throw error.place().empty() ? error.at(path.string()) : error;
    }
}

}  // namespace hypar
