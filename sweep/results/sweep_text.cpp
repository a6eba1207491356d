#include "sweep/results/sweep_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "report/comparison.h"
#include "report/format.h"

namespace hypar {
namespace {

constexpr std::size_t kBestShown = 5;
constexpr std::size_t kFailuresShown = 20;

struct Ranked {
    double seconds = 0;
    std::string line;
};

/// What a walk over all points finds.
struct Findings {
    std::vector<Ranked> fastest;
    std::vector<std::string> failures;
    std::size_t failed = 0;
};

void rank(std::vector<Ranked>& fastest, double seconds, const std::string& line) {
    const auto place = std::upper_bound(fastest.begin(), fastest.end(), seconds,
                                        [](double value, const Ranked& other) { return value < other.seconds; });
    fastest.insert(place, {seconds, line});
    if (fastest.size() > kBestShown) fastest.pop_back();
}

Findings find(const ResultsStore& store, const PointNames& names) {
    const auto& columns = point_columns();
    const auto seconds = static_cast<std::size_t>(
        std::find_if(columns.begin(), columns.end(), [](const auto& column) { return column.name == "seconds"; }) -
        columns.begin());
    Findings findings;
    store.for_each([&](const StoredPoint& point) {
        if (point.is_done()) {
            rank(findings.fastest, std::get<double>(*point.column_values[seconds]), names.name(point.values));
        } else if (point.status != kMissing && ++findings.failed <= kFailuresShown) {
            findings.failures.push_back(
                fmt::format("{}: {}: {}", names.name(point.values), point.status, point.error));
        }
    });
    return findings;
}

/// Whether what varies may be a topology, or what its bandwidths follow from.
bool is_part_of_interconnect(const std::string& key) {
    const std::string interconnect = "array.interconnect";
    return key == "array" || key.compare(0, interconnect.size(), interconnect) == 0;
}

bool is_topology(const std::string& key) {
    return key.compare(0, 8, "topology") == 0 || key.compare(0, 14, "array.topology") == 0;
}

/// Of the first point with each set of values that may decide it.
std::vector<BandwidthRule> bandwidth_rules(const Sweep& sweep) {
    const std::vector<std::string>& keys = sweep.keys();
    std::set<std::vector<std::string>> known;
    std::vector<BandwidthRule> rules;
    for (std::size_t point = 0; point < sweep.size(); ++point) {
        std::vector<std::string> values = sweep.values(point);
        for (std::size_t key = 0; key < keys.size(); ++key) {
            if (!is_part_of_interconnect(keys[key]) && !is_topology(keys[key])) values[key].clear();
        }
        if (!known.insert(std::move(values)).second) continue;
        try {
            rules.emplace_back(sweep.experiment(point).array.interconnect);
        } catch (const ConfigError&) {  // a point that is refused has none
        }
    }
    return rules;
}

}  // namespace

std::string topologies_text(const Sweep& sweep, const TextStyle& style) {
    const std::vector<std::string>& keys = sweep.keys();
    if (std::none_of(keys.begin(), keys.end(), is_topology)) return {};
    const std::vector<BandwidthRule> rules = bandwidth_rules(sweep);
    return rules.empty() ? "" : "\n" + wrapped("  held equal between topologies: ", held_equal(rules), style);
}

std::string PointNames::name(const std::vector<std::string>& values) const {
    std::string name;
    for (std::size_t key = 0; key < keys_.size(); ++key) {
        if (!base_.empty() && values[key] == base_[key]) continue;
        name += fmt::format("{}{}={}", name.empty() ? "" : " ", keys_[key], values[key]);
    }
    return name.empty() ? "the experiment itself" : name;
}

std::string sweep_text(const std::string& sweep, const ResultsStore& store, const PointNames& names, std::size_t ran,
                       const TextStyle& style) {
    std::size_t points = 0;
    std::size_t missing = 0;
    for (const auto& [status, count] : store.tally()) {
        points += count;
        if (status == kMissing) missing = count;
    }
    const Findings findings = find(store, names);
    std::string text = fmt::format("{}: {} points, {} done, {} failed", sweep, points,
                                   points - missing - findings.failed, findings.failed);
    if (missing > 0) text += fmt::format(", {} missing", missing);
    text += fmt::format("; {} run now, {} reused\n", ran, points - missing - std::min(points - missing, ran));
    if (!findings.fastest.empty()) text += "\n  fastest\n";
    for (const Ranked& best : findings.fastest) {
        text += wrapped(fmt::format("  {:>9}  ", format_seconds(best.seconds)), best.line, style);
    }
    if (!findings.failures.empty()) text += "\n  failed\n";
    for (const std::string& failure : findings.failures) text += wrapped("    ", failure, style);
    if (findings.failed > findings.failures.size()) {
        text += fmt::format("    and {} more\n", findings.failed - findings.failures.size());
    }
    return text;
}

}  // namespace hypar
