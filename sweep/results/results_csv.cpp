#include "sweep/results/results_csv.h"

#include <variant>

#include "report/format.h"

namespace hypar {

namespace {

std::string csv_value(const ColumnValue& value) {
    return std::holds_alternative<std::string>(value) ? csv_text(std::get<std::string>(value)) : text_of(value);
}

}  // namespace

void results_csv(const ResultsStore& store, const std::function<void(const std::string&)>& write) {
    std::string line;
    for (const std::string& key : store.keys()) line += csv_text(key) + ",";
    line += "status";
    for (const ResultColumn& column : point_columns()) line += "," + column.name;
    write(line + ",error\n");
    store.for_each([&](const StoredPoint& point) {
        line.clear();
        for (const std::string& value : point.values) line += csv_text(value) + ",";
        line += point.status;
        for (const auto& value : point.column_values) line += "," + (value ? csv_value(*value) : "");
        write(line + "," + csv_text(point.error) + "\n");
    });
}

}  // namespace hypar
