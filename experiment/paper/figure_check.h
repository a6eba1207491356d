#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment/yaml/field.h"
#include "experiment/yaml/map_reader.h"

namespace hypar {

struct FigureRow;

/// Which rows something is said of.
struct RowFilter {
    std::vector<std::pair<std::string, std::string>> where;  ///< those that have these values
    std::vector<std::string> only;                           ///< those that have one of these; empty: all
    std::vector<std::string> except;                         ///< those that have none of these

    bool applies(const FigureRow& row) const;
};

/// How near ours has to be, and to what.
struct FigureCheck {
    enum class Kind {
        Within,      ///< each row's difference from the paper
        MeanWithin,  ///< the geometric mean of ours over the paper
        CellsApart,  ///< cells of plans, all together
        PlanOfPeak,  ///< the search's plan below the best of all plans
        Peak,        ///< the best of all plans from the paper's best
    };
    Kind kind = Kind::Within;
    double bound = 0;
    std::string column = "ours";
    RowFilter rows;
};

/// The keys `where`, `only` and `except` of a map.
RowFilter read_filter(const MapReader& map);

FigureCheck read_check(const Field& field);

}  // namespace hypar
