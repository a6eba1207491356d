#include "sweep/results/database.h"

#include <limits>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/error.h"

namespace hypar {
namespace {

constexpr std::chrono::milliseconds kPause(20);  // between two tries of what others hold

/// Called by SQLite, which counts the calls since it first found the file held.
int wait(void* waiting, int calls) {
    if (!(*static_cast<const Database::Waiting*>(waiting))(calls * kPause)) return 0;
    std::this_thread::sleep_for(kPause);
    return 1;
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

Database::Database(const std::filesystem::path& file, bool may_create, const Waiting& waiting)
    : name_(file.string()), waiting_(std::make_unique<const Waiting>(waiting)) {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);
    const int result = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) throw RunError(fmt::format("cannot open {}: {}", name_, sqlite3_errstr(result)));
    if (waiting) sqlite3_busy_handler(handle, wait, const_cast<Waiting*>(waiting_.get()));
}

void Database::execute(const std::string& statements) {
    if (sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

void Database::fail() const {
    const int code = sqlite3_errcode(handle_.get());
    const std::string problem = sqlite3_errmsg(handle_.get());
    if (code == SQLITE_FULL || code == SQLITE_IOERR) {
        throw RunError(
            fmt::format("cannot write {}: {}; what was done before is kept: make room, then start the same "
                        "command again",
                        name_, problem));
    }
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) refuse(problem);
    if (code == SQLITE_BUSY) throw RunError(fmt::format("{} is in use by another process ({})", name_, problem));
    throw RunError(fmt::format("{}: {}", name_, problem));
}

void Database::refuse(const std::string& problem) const {
    throw ConfigError({}, "holds no results of a sweep: " + problem, name_);
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Statement::Statement(const Database& database, const std::string& text) : database_(database) {
    sqlite3_stmt* handle = nullptr;
    check(sqlite3_prepare_v2(database.handle_.get(), text.c_str(), -1, &handle, nullptr));
    handle_.reset(handle);
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) database_.fail();
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, const std::string& value) {
    check(sqlite3_bind_text64(handle_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int parameter, const ColumnValue& value) {
    if (const auto* integer = std::get_if<std::uint64_t>(&value)) {
        if (*integer > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            throw std::overflow_error("a count exceeds 63 bits");
        }
        return bind(parameter, static_cast<std::int64_t>(*integer));
    }
    if (const auto* text = std::get_if<std::string>(&value)) return bind(parameter, *text);
    check(sqlite3_bind_double(handle_.get(), parameter, std::get<double>(value)));
    return *this;
}

Statement& Statement::bind_null(int parameter) {
    check(sqlite3_bind_null(handle_.get(), parameter));
    return *this;
}

bool Statement::step() {
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW) return true;
    const bool is_done = result == SQLITE_DONE;
    if (!is_done) {
        const std::unique_ptr<sqlite3_stmt, Finalize> ended = std::move(handle_);
        database_.fail();
    }
    sqlite3_reset(handle_.get());
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    return text == nullptr ? std::string()
                           : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

ColumnValue Statement::value(int column, ResultColumn::Type type) const {
    switch (type) {
        case ResultColumn::Type::Integer: return static_cast<std::uint64_t>(integer(column));
        case ResultColumn::Type::Real: return sqlite3_column_double(handle_.get(), column);
        case ResultColumn::Type::Text: break;
    }
    return text(column);
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
    if (!is_open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const RunError&) {  // an error may have rolled it back before
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    is_open_ = false;
}

}  // namespace hypar
