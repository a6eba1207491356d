#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/words.h"
#include "sweep/point/columns.h"

namespace hypar {

/// How a point ended. The last three may be due to its surroundings: such a point is run again when the sweep is.
enum class PointStatus {
    Done,
    Refused,      ///< its inputs were refused before it ran
    Failed,       ///< the run failed, and would fail again
    Crashed,      ///< its worker process crashed, twice
    TimeLimit,    ///< it took longer than a point may
    OutOfMemory,  ///< it needed more memory than a point may
    Lost,         ///< its task on a cluster ended without a result
};

const char* name_of(PointStatus status);

/// A phase of a layer of a point.
struct PhaseRow {
    std::size_t number = 0;  ///< of the layer, from 0
    std::string layer;       ///< its name
    std::string phase;
    ColumnValues column_values;  ///< by phase_columns()
};

/// What came of a point: values and rows if it is done, else an error.
struct PointResult {
    PointStatus status = PointStatus::Done;
    std::string error;
    ColumnValues column_values;  ///< by point_columns()
    std::vector<PhaseRow> phases;

    static PointResult failed(PointStatus status, std::string error) { return {status, std::move(error), {}, {}}; }
};

void append_result(Words& words, const PointResult& result);
PointResult read_result(WordReader& reader);

}  // namespace hypar
