#include "sweep/results/results_csv.h"

namespace hypar {

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string result = "\"";
    for (const char character : text) result += character == '"' ? std::string("\"\"") : std::string(1, character);
    return result + "\"";
}

void results_csv(const ResultsStore& store, const std::function<void(const std::string&)>& write) {
    std::string line;
    for (const std::string& key : store.keys()) line += csv_field(key) + ",";
    line += "status";
    for (const ResultColumn& column : point_columns()) line += "," + column.name;
    write(line + ",error\n");
    store.for_each([&](const StoredPoint& point) {
        line.clear();
        for (const std::string& value : point.values) line += csv_field(value) + ",";
        line += point.status;
        for (const auto& value : point.column_values) line += "," + (value ? csv_field(text_of(*value)) : "");
        write(line + "," + csv_field(point.error) + "\n");
    });
}

}  // namespace hypar
