#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/sweep/condition.h"
#include "report/text_style.h"
#include "sweep/results/results_store.h"

namespace hypar {

/// A column, or what is calculated of columns (seconds * energy_joules), with the option that asks for it.
struct QueryFigure {
    std::string text;
    std::string option;
};

/// What to order by; a value is better the smaller it is, unless the order is descending ("-utilisation").
struct QueryOrder {
    QueryFigure figure;
    bool is_descending = false;
};

/// What is asked of a sweep's results. An option's place names it in messages.
struct Query {
    std::vector<std::pair<std::string, std::string>> where;  ///< conditions with their places
    std::optional<QueryOrder> sort;
    std::optional<std::pair<QueryOrder, QueryOrder>> front;  ///< points that no other is better than in one of both
    std::optional<std::size_t> top;
    std::vector<QueryFigure> columns;  ///< to show; if empty: keys, status, seconds, energy_joules
};

/// Rows of the columns that were asked for.
struct QueryTable {
    using Cell = std::optional<ConditionValue>;

    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    bool are_chosen = false;  ///< the columns were asked for by name
};

/// Columns that every sweep's results have: point, the keys, status, those of point_columns(), error.
std::vector<std::string> result_columns(const ResultsStore& store);

/// Answers a query. Figures are of the columns of `result_columns` and any key of the points' resolved inputs
/// ("array.clock"). Points that are not done have no values in point_columns(): they are neither sorted nor on a
/// front, and conditions on those columns are false for them. Throws ConfigError.
QueryTable run_query(const ResultsStore& store, const Query& query);

/// A table of at most 80 columns; what is the same in all rows stands above it.
std::string query_text(const QueryTable& table, const TextStyle& style = {});
std::string query_csv(const QueryTable& table);
/// A list with an object for each row.
std::string query_json(const QueryTable& table);

}  // namespace hypar
