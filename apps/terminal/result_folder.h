#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/terminal/output.h"
#include "report/page.h"

namespace hypar {

class ResultsStore;

/// The folder of -o: a result in its forms, and the page that draws it. While it lives no other process has it.
class ResultFolder {
public:
    /// Makes the folder if it is not there; without a name there is none, and nothing is written. Throws ConfigError
    /// naming the option -o if a file could not be written there, one of `more`, the result's further files, too, or
    /// it holds the results of a sweep, RunError if another process writes a result there.
    ResultFolder(const std::string& folder, PageKind kind, const std::vector<std::string>& more = {});
    ~ResultFolder();
    ResultFolder(const ResultFolder&) = delete;
    ResultFolder& operator=(const ResultFolder&) = delete;

    /// Each form, the text in 80 columns without colours, and the page; each whole or not at all. What is left of a
    /// result of another kind is removed, which is told.
    void write(const Renderings& result) const;

private:
    void lock();
    void remove_others() const;

    std::filesystem::path folder_;
    PageKind kind_;
    int lock_ = -1;
};

/// The name of a result's page in its folder.
constexpr const char* kPage = "index.html";

/// Throws ConfigError naming the option -o if the folder has a result of another command, whose page a sweep's would
/// replace.
void check_sweep_folder(const std::filesystem::path& folder);

/// Draws the page of a sweep beside its results.
void write_sweep_page(const std::filesystem::path& folder, const ResultsStore& store);

/// Draws the page of a folder that a command's -o has written, from its latest JSON or results of a sweep. Returns
/// the page's path. Throws ConfigError where there is neither.
std::filesystem::path redraw_page(const std::string& folder);

}  // namespace hypar
