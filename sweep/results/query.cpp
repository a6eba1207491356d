#include "sweep/results/query.h"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "experiment/experiment.h"

namespace hypar {
namespace {

using Cell = QueryTable::Cell;

Cell cell_of(const ColumnValue& cell) {
    ConditionValue value{text_of(cell), {}, {}};
    if (const auto* integer = std::get_if<std::uint64_t>(&cell)) value.number = static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&cell)) value.number = *real;
    return value;
}

/// A scalar of the resolved inputs, or what a map is called by.
Cell cell_of(const nlohmann::json& json) {
    if (json.is_string()) return ConditionValue::of(json.get<std::string>());
    for (const char* key : {"name", "kind"}) {
        if (json.is_object() && json.contains(key)) return cell_of(json[key]);
    }
    return json.is_null() ? Cell() : ConditionValue::of(json.dump());
}

/// Finds the value of a column in a point.
class ColumnReader {
public:
    explicit ColumnReader(const ResultsStore& store) : keys_(store.keys()), names_(result_columns(store)) {}

    ConditionKeys names() const {
        ConditionKeys known{names_, {"network.", "array."}};
        for (const std::string& key : comparable_keys()) {
            if (!known.contains(key)) known.names.push_back(key);
        }
        return known;
    }

    Cell find(const StoredPoint& point, const std::string& column) const {
        if (column == "point") return cell_of(ColumnValue(static_cast<std::uint64_t>(point.point)));
        const auto key = std::find(keys_.begin(), keys_.end(), column);
        if (key != keys_.end()) {
            return ConditionValue::of(point.values[static_cast<std::size_t>(key - keys_.begin())]);
        }
        if (column == "status") return ConditionValue{point.status, {}, {}};
        if (column == "error") return ConditionValue{point.error, {}, {}};
        const auto& columns = point_columns();
        for (std::size_t index = 0; index < columns.size(); ++index) {
            if (columns[index].name != column) continue;
            return point.column_values[index] ? cell_of(*point.column_values[index]) : Cell();
        }
        return find_input(point, column);
    }

private:
    static Cell find_input(const StoredPoint& point, const std::string& column) {
        if (point.inputs.empty()) return std::nullopt;
        const std::string key = is_shared_key(column) ? "array." + column : column;
        const nlohmann::json inputs = nlohmann::json::parse(point.inputs, nullptr, false);
        const nlohmann::json* value = &inputs;
        for (std::size_t begin = 0; begin <= key.size();) {
            const std::size_t end = std::min(key.find('.', begin), key.size());
            const auto next = value->is_object() ? value->find(key.substr(begin, end - begin)) : value->end();
            if (!value->is_object() || next == value->end()) return std::nullopt;
            value = &*next;
            begin = end + 1;
        }
        return cell_of(*value);
    }

    std::vector<std::string> keys_;
    std::vector<std::string> names_;
};

/// A row with what it is ordered by.
struct Candidate {
    std::vector<Cell> cells;
    std::vector<Cell> orders;
    bool is_done = false;
};

/// Numbers before texts, each in its order; what is missing comes last.
bool comes_before(const Cell& a, const Cell& b, bool is_descending) {
    if (!a || !b) return a.has_value() && !b.has_value();
    const bool are_numbers = a->number && b->number;
    if (!are_numbers && (a->number || b->number)) return a->number.has_value();
    if (are_numbers) return is_descending ? *b->number < *a->number : *a->number < *b->number;
    return is_descending ? b->text < a->text : a->text < b->text;
}

double goodness(const Cell& cell, const QueryOrder& order) {
    if (!cell || !cell->number) {
        throw ConfigError("", fmt::format("expected a figure, not \"{}\"", order.figure.text), order.figure.option);
    }
    return order.is_descending ? -*cell->number : *cell->number;
}

/// Leaves what no other is better than in one of both figures without being worse in the other, by the first.
void leave_front(std::vector<Candidate>& rows, const std::pair<QueryOrder, QueryOrder>& front) {
    const auto both = [&](const Candidate& row) {
        return std::make_pair(goodness(row.orders[0], front.first), goodness(row.orders[1], front.second));
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(), [](const Candidate& row) { return !row.is_done; }),
               rows.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Candidate& a, const Candidate& b) { return both(a) < both(b); });
    std::vector<Candidate> kept;
    double best_second = std::numeric_limits<double>::infinity();
    for (Candidate& row : rows) {
        const double second = both(row).second;
        const bool is_equal = !kept.empty() && both(kept.back()) == both(row);
        if (second >= best_second && !is_equal) continue;
        best_second = second;
        kept.push_back(std::move(row));
    }
    rows = std::move(kept);
}

std::vector<Condition> conditions_of(const Query& query, const ColumnReader& reader) {
    std::vector<Condition> conditions;
    for (const auto& [text, place] : query.where) {
        conditions.emplace_back(text, reader.names(), Place(std::make_shared<const std::string>(place)));
    }
    return conditions;
}

/// What rows are ordered by: of a front both figures.
std::vector<QueryFigure> order_figures(const Query& query) {
    std::vector<QueryFigure> figures;
    if (query.front) figures = {query.front->first.figure, query.front->second.figure};
    if (query.sort) figures.push_back(query.sort->figure);
    return figures;
}

std::vector<QueryFigure> shown_figures(const ResultsStore& store, const Query& query) {
    if (!query.columns.empty()) return query.columns;
    std::vector<QueryFigure> figures;
    const auto add = [&](const QueryFigure& figure) {
        const auto is_it = [&](const QueryFigure& other) { return other.text == figure.text; };
        if (std::none_of(figures.begin(), figures.end(), is_it)) figures.push_back(figure);
    };
    for (const std::string& key : store.keys()) add({key, ""});
    for (const char* column : {"status", "seconds", "energy_joules"}) add({column, ""});
    for (const QueryFigure& figure : order_figures(query)) add(figure);
    return figures;
}

/// Throws ConfigError where a key of the inputs is in none of the rows: it is a misspelt one.
void check_found(const std::vector<QueryFigure>& figures, const ConditionKeys& known,
                 const std::vector<Candidate>& rows, std::vector<Cell> Candidate::*cells) {
    for (std::size_t index = 0; index < figures.size(); ++index) {
        const std::string& text = figures[index].text;
        const bool is_input = known.contains(text) && text.find('.') != std::string::npos;
        const auto has_none = [&](const Candidate& row) { return !(row.*cells)[index]; };
        if (!is_input || rows.empty() || !std::all_of(rows.begin(), rows.end(), has_none)) continue;
        throw ConfigError("", fmt::format("no point has the key \"{}\"", printable(text)), figures[index].option);
    }
}

/// Works out figures of points.
class FigureReader {
public:
    FigureReader(const ColumnReader& reader, const std::vector<QueryFigure>& figures) {
        for (const QueryFigure& figure : figures) {
            const Place place(std::make_shared<const std::string>(figure.option));
            expressions_.emplace_back(figure.text, reader.names(), place);
        }
    }

    std::vector<Cell> cells_of(const FindValue& find) const {
        std::vector<Cell> cells;
        for (const Expression& expression : expressions_) cells.push_back(expression.value(find));
        return cells;
    }

private:
    std::vector<Expression> expressions_;
};

}  // namespace

std::vector<std::string> result_columns(const ResultsStore& store) {
    std::vector<std::string> columns{"point"};
    for (const std::string& key : store.keys()) columns.push_back(key);
    columns.emplace_back("status");
    for (const ResultColumn& column : point_columns()) columns.push_back(column.name);
    columns.emplace_back("error");
    return columns;
}

QueryTable run_query(const ResultsStore& store, const Query& query) {
    const ColumnReader reader(store);
    const std::vector<Condition> conditions = conditions_of(query, reader);
    const std::vector<QueryFigure> shown = shown_figures(store, query);
    const FigureReader figures(reader, shown);
    const FigureReader orders(reader, order_figures(query));
    QueryTable table;
    table.are_chosen = !query.columns.empty();
    for (const QueryFigure& figure : shown) table.columns.push_back(figure.text);
    std::vector<Candidate> rows;
    store.for_each([&](const StoredPoint& point) {
        const FindValue find = [&](const std::string& key) { return reader.find(point, key); };
        const bool holds = std::all_of(conditions.begin(), conditions.end(),
                                       [&](const Condition& condition) { return condition.holds(find); });
        if (holds) rows.push_back({figures.cells_of(find), orders.cells_of(find), point.is_done()});
    });
    check_found(shown, reader.names(), rows, &Candidate::cells);
    check_found(order_figures(query), reader.names(), rows, &Candidate::orders);
    if (query.front) leave_front(rows, *query.front);
    if (query.sort) {
        std::stable_sort(rows.begin(), rows.end(), [&](const Candidate& a, const Candidate& b) {
            return comes_before(a.orders.back(), b.orders.back(), query.sort->is_descending);
        });
    }
    if (query.top && *query.top < rows.size()) rows.resize(*query.top);
    for (Candidate& row : rows) table.rows.push_back(std::move(row.cells));
    return table;
}

}  // namespace hypar
