#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "sweep/point/columns.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hypar {

/// An SQLite file. Everything that fails throws RunError, but for a file that is none or is damaged: ConfigError.
class Database {
public:
    /// Asked again and again while other processes hold the file, with how long that has been: whether to go on
    /// waiting. An empty one does not wait.
    using Waiting = std::function<bool(std::chrono::milliseconds)>;

    /// Opens a file, makes it if `may_create`. What a process that was killed left half-done is undone.
    Database(const std::filesystem::path& file, bool may_create, const Waiting& waiting);

    void execute(const std::string& statements);
    std::int64_t last_row() const;
    const std::string& name() const { return name_; }
    [[noreturn]] void fail() const;
    /// Throws ConfigError: what it holds cannot be what was written.
    [[noreturn]] void refuse(const std::string& problem) const;

private:
    friend class Statement;
    struct Close {
        void operator()(sqlite3* handle) const;
    };

    std::string name_;
    std::unique_ptr<const Waiting> waiting_;
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A statement whose parameters, counted from 1, can be bound and run again and again.
class Statement {
public:
    Statement(const Database& database, const std::string& text);

    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, const std::string& value);
    Statement& bind(int parameter, const ColumnValue& value);
    Statement& bind_null(int parameter);

    /// Goes to the next row; false behind the last one, from where it begins again.
    bool step();
    /// Runs it to its end.
    void run();

    /// Columns of the row, counted from 0.
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bool is_null(int column) const;
    ColumnValue value(int column, ResultColumn::Type type) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };

    void check(int result) const;

    const Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// What is done while it lives is kept whole by `commit`, or not at all.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Database& database_;
    bool is_open_ = true;
};

}  // namespace hypar
