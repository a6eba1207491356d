#include "report/kind_render.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"

namespace hypar {
namespace {

/// Of its processing elements while the array computes.
double utilisation(const RunReport& report, const KindReport& kind) {
    if (report.compute_cycles() == 0) return 0;
    return static_cast<double>(kind.macs) /
           (static_cast<double>(kind.processing_elements) * static_cast<double>(report.compute_cycles()));
}

double share_of_macs(const RunReport& report, const KindReport& kind) {
    std::uint64_t all = 0;
    for (const KindReport& one : report.kinds) all += one.macs;
    return all == 0 ? 0 : static_cast<double>(kind.macs) / static_cast<double>(all);
}

}  // namespace

std::string kinds_text(const RunReport& report) {
    std::string text;
    for (const KindReport& kind : report.kinds) {
        text += fmt::format("  {:<14} {:>9}   of the MACs, on {} accelerators, util {}\n", kind.name,
                            format_percent(share_of_macs(report, kind)), kind.accelerators,
                            format_percent(utilisation(report, kind)));
    }
    return text;
}

nlohmann::ordered_json kinds_json(const RunReport& report) {
    nlohmann::ordered_json json;
    for (const KindReport& kind : report.kinds) {
        json.push_back({{"name", kind.name},
                        {"accelerators", kind.accelerators},
                        {"processing_units", kind.processing_units},
                        {"pes", kind.processing_elements},
                        {"macs", kind.macs},
                        {"share_of_macs", share_of_macs(report, kind)},
                        {"utilisation", utilisation(report, kind)}});
    }
    return json;
}

}  // namespace hypar
