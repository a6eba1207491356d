#pragma once

#include <string>

namespace hypar {

/// Whose result a page shows; each kind has its own script in report/page.
enum class PageKind { Run, Comparison, Reproduction, Silicon, Noc, Sweep, Network };

/// A result as a page of HTML that needs nothing but itself: it holds the JSON report, the scripts that draw it and
/// the chart library (third_party/echarts), and its own rules forbid it to ask for anything else. `report` is what
/// the command prints with `--format json`, of a sweep what `sweep_json` makes of its results. Throws
/// std::runtime_error if a part of the page cannot be read.
std::string page_html(PageKind kind, const std::string& report);

/// The kind of page for a JSON report, by its keys. Throws ConfigError if it is not one that a page is made of.
PageKind page_kind_of(const std::string& report);

}  // namespace hypar
