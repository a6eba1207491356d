#include "apps/terminal/result_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "apps/terminal/terminal.h"
#include "apps/terminal/waiting.h"
#include "base/error.h"
#include "sweep/results/results_store.h"
#include "sweep/results/sweep_json.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

/// What a result is called, and the names of its forms; no csv where there is none.
struct FormNames {
    PageKind kind;
    const char* title;
    const char* json;
    const char* text;
    const char* csv;
};

constexpr FormNames kNames[] = {
    {PageKind::Run, "a run", "report.json", "report.txt", nullptr},
    {PageKind::Comparison, "a comparison", "report.json", "report.txt", "report.csv"},
    {PageKind::Reproduction, "a reproduction", "reproduce.json", "reproduce.txt", "reproduce.csv"},
    {PageKind::Silicon, "a comparison with silicon", "silicon.json", "silicon.txt", "silicon.csv"},
    {PageKind::Noc, "an interconnect", "report.json", "report.txt", "curve.csv"},
    {PageKind::Network, "a network", "report.json", "report.txt", nullptr},
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

/// The results of commands that a folder has; none where a file by such a name is something else.
std::vector<FormNames> results_in(const fs::path& folder) {
    std::set<std::string> files;
    for (const FormNames& names : kNames) files.insert(names.json);
    std::vector<FormNames> results;
    for (const std::string& file : files) {
        if (!fs::is_regular_file(folder / file)) continue;
        try {
            const PageKind kind = page_kind_of(content_of(folder / file));
            const auto is_it = [&](const FormNames& names) { return names.kind == kind && names.json == file; };
            std::copy_if(std::begin(kNames), std::end(kNames), std::back_inserter(results), is_it);
        } catch (const ConfigError&) {
        }
    }
    return results;
}

}  // namespace

ResultFolder::ResultFolder(const std::string& folder, PageKind kind, const std::vector<std::string>& more)
    : kind_(kind) {
    if (folder.empty()) return;
    const FormNames& names = names_of(kind);
    std::vector<std::string> files = more;
    files.insert(files.end(), {names.json, names.text, kPage});
    if (names.csv != nullptr) files.emplace_back(names.csv);
    folder_ = make_output_folder(folder, files);
    if (fs::is_regular_file(folder_ / kResultsFile)) {
        throw ConfigError("", "holds the results of a sweep and their page; expected another folder", "-o " + folder);
    }
    lock();
}

ResultFolder::~ResultFolder() {
    if (lock_ >= 0) ::close(lock_);
}

/// The lock goes with the process. Where a file system has none, that is told: two results may mix then.
void ResultFolder::lock() {
    lock_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK) {
        throw RunError(fmt::format("another hypar writes its result to {}", folder_.string()));
    }
    print_error(fmt::format("{} cannot be locked ({}): nothing else should write there", folder_.string(),
                            std::strerror(errno)));
}

void ResultFolder::write(const Renderings& result) const {
    if (folder_.empty()) return;
    remove_others();
    const FormNames& names = names_of(kind_);
    write_file(folder_ / names.json, result.json);
    write_file(folder_ / names.text, result.text(TextStyle{}));
    if (names.csv != nullptr) write_file(folder_ / names.csv, result.csv);
    for (const auto& [name, content] : result.more) write_file(folder_ / name, content);
    write_file(folder_ / kPage, page_html(kind_, result.json));
}

void ResultFolder::remove_others() const {
    for (const FormNames& other : results_in(folder_)) {
        if (other.kind == kind_) continue;
        print_error(fmt::format("{} held the result of {}, which is replaced", folder_.string(), other.title));
        for (const char* name : {other.json, other.text, other.csv}) {
            if (name != nullptr) fs::remove(folder_ / name);
        }
    }
}

void check_sweep_folder(const fs::path& folder) {
    for (const FormNames& names : results_in(folder)) {
        throw ConfigError("",
                          fmt::format("holds the result of {} and its page; expected another folder", names.title),
                          "-o " + folder.string());
    }
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
    fs::path page = fs::path(folder) / kPage;
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
