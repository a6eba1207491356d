#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/words.h"
#include "sweep/point/figures.h"

namespace hypar {

/// How a point ended. The last three may be for its surroundings: such a point is run again when the sweep is.
enum class PointStatus {
    Done,
    Refused,      ///< its inputs were, before it ran
    Failed,       ///< the run did, and would again
    Crashed,      ///< the worker process did, twice
    TimeLimit,    ///< it took longer than it may
    OutOfMemory,  ///< it needed more than it may
    Lost,         ///< its task on a cluster did without a result
};

const char* name_of(PointStatus status);

/// A phase of a layer of a point.
struct PhaseRow {
    std::size_t number = 0;  ///< of the layer
    std::string layer;
    std::string phase;
    Figures figures;
};

/// What came of a point: figures and rows if it is done, else an error.
struct PointResult {
    PointStatus status = PointStatus::Done;
    std::string error;
    Figures figures;
    std::vector<PhaseRow> phases;

    static PointResult failed(PointStatus status, std::string error) { return {status, std::move(error), {}, {}}; }
};

void append_result(Words& words, const PointResult& result);
PointResult read_result(WordReader& reader);

}  // namespace hypar
