#include "report/page.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/data_folder.h"
#include "base/error.h"

namespace hypar {
namespace {

struct PageEntry {
    PageKind kind;
    const char* name;
    const char* telling_key;  ///< every report of the kind has it, no other kind does
    std::vector<const char*> scripts;
};

const std::vector<PageEntry>& entries() {
    static const std::vector<PageEntry> kEntries = {
        {PageKind::Run,
         "run",
         "step",
         {"bars.js", "run/phases.js", "run/layer_time.js", "run/timeline.js", "run/critical_path.js",
          "run/collectives.js", "run/topology.js", "run/energy.js", "run/memory.js", "run/roofline.js",
          "run/run.js"}},
        {PageKind::Comparison, "comparison", "rows", {"bars.js", "comparison_difference.js", "comparison.js"}},
        {PageKind::Reproduction,
         "reproduction",
         "figures",
         {"bars.js", "reproduction_figures.js", "reproduction_choices.js", "reproduction.js"}},
        {PageKind::Silicon, "silicon", "silicon", {"silicon.js"}},
        {PageKind::Noc, "noc", "points", {"noc.js"}},
        {PageKind::Network, "network", "operators", {"bars.js", "network.js"}},
        {PageKind::Sweep,
         "sweep",
         "tally",
         {"bars.js", "sweep/points.js", "sweep/heat_map.js", "sweep/parallel.js", "sweep/front.js", "sweep/around.js",
          "sweep/sweep.js"}},
    };
    return kEntries;
}

/// A file that comes with the program.
std::string part(const std::string& path) {
    std::ifstream file(data_folder() / path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
        throw std::runtime_error(fmt::format("cannot read {}, a part of the page: {}", path, std::strerror(errno)));
    }
    return text.str();
}

/// JSON that cannot end the element which holds it: in JSON, `<` stands only in texts.
std::string within_script(const std::string& json) {
    std::string text;
    text.reserve(json.size());
    for (const char sign : json) {
        if (sign == '<') {
            text += "\\u003c";
        } else {
            text += sign;
        }
    }
    return text;
}

/// `text` with `value` in place of `{{name}}`.
void fill(std::string& text, const std::string& name, const std::string& value) {
    const std::string place = "{{" + name + "}}";
    text.replace(text.find(place), place.size(), value);
}

}  // namespace

std::string page_html(PageKind kind, const std::string& report) {
    std::string script = part("report/page/format.js") + part("report/page/save.js") + part("report/page/page.js");
    std::string name;
    for (const PageEntry& entry : entries()) {
        if (entry.kind != kind) continue;
        name = entry.name;
        for (const char* file : entry.scripts) script += part(std::string("report/page/") + file);
    }
    std::string page = part("report/page/page.html");
    // The report last: what users named is never searched for places to fill.
    fill(page, "kind", name);
    fill(page, "style", part("report/page/page.css"));
    fill(page, "library", part("third_party/echarts/echarts.min.js"));
    fill(page, "script", script);
    fill(page, "report", within_script(report));
    return page;
}

PageKind page_kind_of(const std::string& report) {
    const nlohmann::json json = nlohmann::json::parse(report, nullptr, false);
    if (json.is_discarded()) throw ConfigError("", "no JSON that can be read");
    for (const PageEntry& entry : entries()) {
        if (json.is_object() && json.contains(entry.telling_key)) return entry.kind;
    }
    throw ConfigError("", "expected a report that hypar run, compare, reproduce, noc or show wrote");
}

}  // namespace hypar
