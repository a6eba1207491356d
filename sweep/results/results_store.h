#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "experiment/sweep/sweep.h"
#include "sweep/engine/engine.h"
#include "sweep/results/database.h"

namespace hypar {

/// A point of the sweep as it stands in the results.
struct StoredPoint {
    std::size_t point = 0;
    std::vector<std::string> values;  ///< of the sweep's keys
    std::string inputs;               ///< JSON; empty if it has not been run
    std::string status;               ///< name of a PointStatus, or kMissing
    std::string error;
    std::vector<std::optional<ColumnValue>> column_values;  ///< by point_columns(); nothing where the point has none

    bool is_done() const;
};

/// The status of a point that has not been run.
constexpr const char* kMissing = "missing";

/// Results of sweeps in an SQLite file: what was found for inputs and version, whichever sweep asked, and which
/// points the latest sweep has. Everything that fails throws as it does in a Database.
class ResultsStore {
public:
    /// Opens DIR/results.sqlite, and makes it if it is not there.
    static ResultsStore open_or_make(const std::filesystem::path& folder, const Database::Waiting& waiting = {});
    /// Opens DIR/results.sqlite to read what it holds now, whatever others write meanwhile. Throws ConfigError if
    /// there is none.
    static ResultsStore open(const std::filesystem::path& folder, const Database::Waiting& waiting = {});

    /// Makes the points of `sweep` those that the results are of.
    void enrol(const Sweep& sweep);

    /// Points that have no lasting result of this version; of several with the same inputs the first. In their order.
    std::vector<std::size_t> to_run() const;
    /// Identities of the results of this version that are not worth another try.
    std::set<std::string> lasting() const;

    /// Keeps results, all or none.
    void keep(const Sweep& sweep, const std::vector<FinishedPoint>& finished);

    /// The sweep's name.
    std::string name() const;
    /// Dotted paths of the keys that vary.
    std::vector<std::string> keys() const;
    /// Number of points by their status.
    std::map<std::string, std::size_t> tally() const;
    /// Every point, in order.
    void for_each(const std::function<void(const StoredPoint&)>& visit) const;

private:
    explicit ResultsStore(Database database) : database_(std::move(database)) {}
    void check(const StoredPoint& point, std::size_t count_of_keys) const;
    void keep_one(const std::string& identity, const std::string& inputs, const PointResult& result);

    mutable Database database_;
};

/// The name of the results in their folder.
constexpr const char* kResultsFile = "results.sqlite";

/// Points of a sweep whose results are not `known`; of several with the same inputs the first.
std::vector<std::size_t> unknown_points(const Sweep& sweep, std::set<std::string> known);

/// A point's inputs as JSON, whether or not they are an experiment.
std::string inputs_of(const Sweep& sweep, std::size_t point);

/// What a result is known by: a hash of inputs and version.
std::string identity_of(const std::string& inputs);

}  // namespace hypar
