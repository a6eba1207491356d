#pragma once

#include <filesystem>
#include <string>

#include "apps/terminal/output.h"
#include "report/page.h"

namespace hypar {

class ResultsStore;

/// The folder of -o: a result in its forms, and the page that draws it.
class ResultFolder {
public:
    /// Makes the folder if it is not there; without a name there is none, and nothing is written. Throws ConfigError
    /// naming the option -o if a file could not be written there.
    ResultFolder(const std::string& folder, PageKind kind);

    /// Each form, the text in 80 columns without colours, and the page; each whole or not at all.
    void write(const Renderings& result) const;

private:
    std::filesystem::path folder_;
    PageKind kind_;
};

/// The name of a result's page in its folder.
constexpr const char* kPage = "index.html";

/// Draws the page of a sweep beside its results.
void write_sweep_page(const std::filesystem::path& folder, const ResultsStore& store);

/// Draws the page of a folder that a command's -o has written, from its latest JSON or results of a sweep. Returns
/// the page's path. Throws ConfigError where there is neither.
std::filesystem::path redraw_page(const std::string& folder);

}  // namespace hypar
