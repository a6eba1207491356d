#pragma once

#include <filesystem>
#include <string>

#include "apps/output.h"
#include "report/page.h"

namespace hypar {

/// The folder of -o: a result in its forms, and the page that draws it.
class ResultFolder {
public:
    /// Makes the folder if it is not there; without a name there is none, and nothing is written. Throws ConfigError
    /// naming the option -o if a file could not be written there.
    ResultFolder(const std::string& folder, PageKind kind);

    bool is_wanted() const { return !folder_.empty(); }
    /// Each form, the text in 80 columns without colours, and the page; each whole or not at all.
    void write(const Renderings& result) const;

private:
    std::filesystem::path folder_;
    PageKind kind_;
};

/// Draws the page of a folder that a command's -o has written, from its latest JSON. Returns the page's path. Throws
/// ConfigError where there is no report.
std::filesystem::path redraw_page(const std::string& folder);

}  // namespace hypar
