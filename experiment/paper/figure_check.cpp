#include "experiment/paper/figure_check.h"

#include <algorithm>

#include "experiment/paper/figure.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {

RowFilter read_filter(const MapReader& map) {
    RowFilter filter;
    if (const auto where = map.optional("where")) {
        for (const YamlEntry& entry : where->value().entries) {
            filter.where.emplace_back(entry.key, entry.value.text);
        }
    }
    const auto read_values = [&](const char* key, std::vector<std::string>& values) {
        if (const auto list = map.optional(key)) {
            for (const Field& item : read_list(*list, "a list of values")) values.push_back(read_text(item));
        }
    };
    read_values("only", filter.only);
    read_values("except", filter.except);
    return filter;
}

FigureCheck read_check(const Field& field) {
    const MapReader map(
        field, {"column", "where", "only", "except", "within", "mean_within", "cells_apart", "plan_of_peak", "peak"});
    FigureCheck check;
    const std::pair<const char*, FigureCheck::Kind> kinds[] = {{"within", FigureCheck::Kind::Within},
                                                               {"mean_within", FigureCheck::Kind::MeanWithin},
                                                               {"cells_apart", FigureCheck::Kind::CellsApart},
                                                               {"plan_of_peak", FigureCheck::Kind::PlanOfPeak},
                                                               {"peak", FigureCheck::Kind::Peak}};
    bool has_kind = false;
    for (const auto& [name, kind] : kinds) {
        const auto bound = map.optional(name);
        if (!bound) continue;
        check.kind = kind;
        check.bound = read_number(*bound);
        has_kind = true;
    }
    if (!has_kind) throw field.error("expected a bound: within, mean_within, cells_apart, plan_of_peak or peak");
    if (const auto column = map.optional("column")) check.column = read_text(*column);
    check.rows = read_filter(map);
    return check;
}

bool RowFilter::applies(const FigureRow& row) const {
    const auto has_one_of = [&](const std::vector<std::string>& values) {
        return std::any_of(row.keys.begin(), row.keys.end(), [&](const auto& key) {
            return std::find(values.begin(), values.end(), key.second) != values.end();
        });
    };
    return std::all_of(where.begin(), where.end(),
                       [&](const auto& entry) { return row.value_of(entry.first) == entry.second; }) &&
           (only.empty() || has_one_of(only)) && !has_one_of(except);
}

}  // namespace hypar
