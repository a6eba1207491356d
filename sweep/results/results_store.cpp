#include "sweep/results/results_store.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "sweep/results/models_version.h"

namespace hypar {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS points(
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    inputs TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS phases(
    point INTEGER NOT NULL REFERENCES points(id),
    number INTEGER NOT NULL,
    layer TEXT NOT NULL,
    phase TEXT NOT NULL,
    PRIMARY KEY(point, number, phase));
CREATE TABLE IF NOT EXISTS sweep_name(
    name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sweep_keys(
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sweep_points(
    point INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    key_values TEXT NOT NULL);
)sql";

/// Names of the statuses that are not worth another try.
constexpr const char* kLasting = "('done', 'refused', 'failed')";

const char* sql_type(ResultColumn::Type type) {
    switch (type) {
        case ResultColumn::Type::Integer: return "INTEGER";
        case ResultColumn::Type::Real: return "REAL";
        case ResultColumn::Type::Text: break;
    }
    return "TEXT";
}

/// Adds to a table the columns that it does not have yet, be it new or of an earlier version.
void add_columns(Database& database, const std::string& table, const std::vector<ResultColumn>& columns) {
    std::set<std::string> known;
    Statement info(database, fmt::format("SELECT name FROM pragma_table_info('{}')", table));
    while (info.step()) known.insert(info.text(0));
    for (const ResultColumn& column : columns) {
        if (known.count(column.name) != 0) continue;
        database.execute(fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table, column.name, sql_type(column.type)));
    }
}

std::string joined(const std::vector<ResultColumn>& columns, const std::string& prefix = {}) {
    std::string text;
    for (const ResultColumn& column : columns) text += ", " + prefix + column.name;
    return text;
}

std::string parameters(std::size_t count) {
    std::string text = "?";
    for (std::size_t index = 1; index < count; ++index) text += ", ?";
    return text;
}

/// The texts of a list in JSON; none where it is something else.
std::vector<std::string> texts_of(const std::string& list) {
    const nlohmann::json json = nlohmann::json::parse(list, nullptr, false);
    std::vector<std::string> texts;
    for (const nlohmann::json& item : json) {
        if (item.is_string()) texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::uint64_t hash_of(const std::string& text, std::uint64_t seed) {
    std::uint64_t hash = mixed(seed, text.size());
    for (std::size_t begin = 0; begin < text.size(); begin += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + begin, std::min(sizeof word, text.size() - begin));
        hash = mixed(hash, word);
    }
    return hash;
}

}  // namespace

std::string inputs_of(const Sweep& sweep, std::size_t point) {
    try {
        return sweep.inputs(point);
    } catch (const ConfigError&) {
        nlohmann::json settings = nlohmann::json::object();
        const std::vector<std::string> values = sweep.values(point);
        for (std::size_t key = 0; key < values.size(); ++key) settings[sweep.keys()[key]] = values[key];
        return nlohmann::json{{"settings", settings}}.dump();
    }
}

std::vector<std::size_t> unknown_points(const Sweep& sweep, std::set<std::string> known) {
    std::vector<std::size_t> points;
    for (std::size_t point = 0; point < sweep.size(); ++point) {
        if (known.insert(identity_of(inputs_of(sweep, point))).second) points.push_back(point);
    }
    return points;
}

std::string identity_of(const std::string& inputs) {
    const std::string text = models_version() + inputs;
    return fmt::format("{:016x}{:016x}", hash_of(text, 1), hash_of(text, 2));
}

bool StoredPoint::is_done() const { return status == name_of(PointStatus::Done); }

ResultsStore ResultsStore::open_or_make(const std::filesystem::path& folder, const Database::Waiting& waiting) {
    Database database(folder / kResultsFile, true, waiting);
    Transaction transaction(database);
    database.execute(kTables);
    add_columns(database, "points", point_columns());
    add_columns(database, "phases", phase_columns());
    transaction.commit();
    return ResultsStore(std::move(database));
}

ResultsStore ResultsStore::open(const std::filesystem::path& folder, const Database::Waiting& waiting) {
    if (!std::filesystem::is_regular_file(folder / kResultsFile)) {
        throw ConfigError("", fmt::format("there are no results of a sweep (no {})", kResultsFile),
                          printable(folder.string()));
    }
    ResultsStore store(Database(folder / kResultsFile, false, waiting));
    store.database_.execute("BEGIN");  // from the first statement on, which fails if it is another kind of file
    store.keys();
    return store;
}

void ResultsStore::enrol(const Sweep& sweep) {
    Transaction transaction(database_);
    database_.execute("DELETE FROM sweep_name; DELETE FROM sweep_keys; DELETE FROM sweep_points");
    Statement(database_, "INSERT INTO sweep_name VALUES(?)").bind(1, sweep.name()).run();
    Statement key(database_, "INSERT INTO sweep_keys VALUES(?, ?)");
    for (std::size_t position = 0; position < sweep.keys().size(); ++position) {
        key.bind(1, static_cast<std::int64_t>(position)).bind(2, sweep.keys()[position]).run();
    }
    Statement insert(database_, "INSERT INTO sweep_points VALUES(?, ?, ?)");
    for (std::size_t point = 0; point < sweep.size(); ++point) {
        insert.bind(1, static_cast<std::int64_t>(point))
            .bind(2, identity_of(inputs_of(sweep, point)))
            .bind(3, nlohmann::json(sweep.values(point)).dump())
            .run();
    }
    transaction.commit();
}

std::set<std::string> ResultsStore::lasting() const {
    Statement select(database_, fmt::format("SELECT identity FROM points WHERE status IN {}", kLasting));
    std::set<std::string> identities;
    while (select.step()) identities.insert(select.text(0));
    return identities;
}

std::vector<std::size_t> ResultsStore::to_run() const {
    Statement select(
        database_,
        fmt::format("SELECT MIN(s.point) FROM sweep_points s LEFT JOIN points p ON p.identity = s.identity "
                    "WHERE p.id IS NULL OR p.status NOT IN {} GROUP BY s.identity ORDER BY 1",
                    kLasting));
    std::vector<std::size_t> points;
    while (select.step()) points.push_back(static_cast<std::size_t>(select.integer(0)));
    return points;
}

void ResultsStore::keep(const Sweep& sweep, const std::vector<FinishedPoint>& finished) {
    Transaction transaction(database_);
    for (const FinishedPoint& point : finished) {
        const std::string inputs = inputs_of(sweep, point.point);
        keep_one(identity_of(inputs), inputs, point.result);
    }
    transaction.commit();
}

void ResultsStore::keep_one(const std::string& identity, const std::string& inputs, const PointResult& result) {
    Statement(database_, "DELETE FROM points WHERE identity = ?").bind(1, identity).run();
    Statement insert(database_,
                     fmt::format("INSERT INTO points(identity, version, inputs, status, error{}) VALUES({})",
                                 joined(point_columns()), parameters(5 + point_columns().size())));
    insert.bind(1, identity).bind(2, models_version()).bind(3, inputs);
    insert.bind(4, std::string(name_of(result.status))).bind(5, result.error);
    for (std::size_t column = 0; column < result.column_values.size(); ++column) {
        insert.bind(static_cast<int>(column) + 6, result.column_values[column]);
    }
    insert.run();
    const std::int64_t row = database_.last_row();
    Statement phase(database_, fmt::format("INSERT INTO phases(point, number, layer, phase{}) VALUES({})",
                                           joined(phase_columns()), parameters(4 + phase_columns().size())));
    for (const PhaseRow& part : result.phases) {
        phase.bind(1, row).bind(2, static_cast<std::int64_t>(part.number)).bind(3, part.layer).bind(4, part.phase);
        for (std::size_t column = 0; column < part.column_values.size(); ++column) {
            phase.bind(static_cast<int>(column) + 5, part.column_values[column]);
        }
        phase.run();
    }
}

std::vector<std::string> ResultsStore::keys() const {
    Statement select(database_, "SELECT key FROM sweep_keys ORDER BY position");
    std::vector<std::string> keys;
    while (select.step()) keys.push_back(select.text(0));
    return keys;
}

std::string ResultsStore::name() const {
    Statement select(database_, "SELECT name FROM sweep_name");
    return select.step() ? select.text(0) : std::string();
}

std::map<std::string, std::size_t> ResultsStore::tally() const {
    Statement select(database_, fmt::format("SELECT COALESCE(p.status, '{}'), COUNT(*) FROM sweep_points s "
                                            "LEFT JOIN points p ON p.identity = s.identity GROUP BY 1",
                                            kMissing));
    std::map<std::string, std::size_t> tally;
    while (select.step()) tally[select.text(0)] = static_cast<std::size_t>(select.integer(1));
    return tally;
}

void ResultsStore::check(const StoredPoint& point, std::size_t count_of_keys) const {
    if (point.values.size() != count_of_keys) {
        database_.refuse(fmt::format("point {} has no value for each of {} keys", point.point, count_of_keys));
    }
    if (!point.is_done()) return;
    for (std::size_t column = 0; column < point.column_values.size(); ++column) {
        const std::string& name = point_columns()[column].name;
        const bool is_needed = name == "seconds" || name == "energy_joules";
        if (is_needed && !point.column_values[column]) {
            database_.refuse(fmt::format("point {} is done and has no {}", point.point, name));
        }
    }
}

void ResultsStore::for_each(const std::function<void(const StoredPoint&)>& visit) const {
    const std::size_t count_of_keys = keys().size();
    const std::vector<ResultColumn>& columns = point_columns();
    Statement select(database_,
                     fmt::format("SELECT s.point, s.key_values, p.inputs, COALESCE(p.status, '{}'), p.error{} "
                                 "FROM sweep_points s LEFT JOIN points p ON p.identity = s.identity ORDER BY s.point",
                                 kMissing, joined(columns, "p.")));
    while (select.step()) {
        StoredPoint stored;
        stored.point = static_cast<std::size_t>(select.integer(0));
        stored.values = texts_of(select.text(1));
        stored.inputs = select.text(2);
        stored.status = select.text(3);
        stored.error = select.text(4);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            const int at = static_cast<int>(column) + 5;
            stored.column_values.push_back(
                select.is_null(at) ? std::nullopt : std::optional(select.value(at, columns[column].type)));
        }
        check(stored, count_of_keys);
        visit(stored);
    }
}

}  // namespace hypar
