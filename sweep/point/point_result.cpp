#include "sweep/point/point_result.h"

#include <iterator>

namespace hypar {
namespace {

constexpr const char* kNames[] = {"done", "refused", "failed", "crashed", "time-limit", "out-of-memory", "lost"};

}  // namespace

const char* name_of(PointStatus status) { return kNames[static_cast<std::size_t>(status)]; }

void append_result(Words& words, const PointResult& result) {
    words.push_back(static_cast<std::uint64_t>(result.status));
    append_text(words, result.error);
    append_column_values(words, result.column_values);
    words.push_back(result.phases.size());
    for (const PhaseRow& row : result.phases) {
        words.push_back(row.number);
        append_text(words, row.layer);
        append_text(words, row.phase);
        append_column_values(words, row.column_values);
    }
}

PointResult read_result(WordReader& reader) {
    PointResult result;
    result.status = static_cast<PointStatus>(reader.next());
    result.error = reader.text();
    result.column_values = read_column_values(reader);
    result.phases.resize(reader.next());
    for (PhaseRow& row : result.phases) {
        row.number = reader.next();
        row.layer = reader.text();
        row.phase = reader.text();
        row.column_values = read_column_values(reader);
    }
    return result;
}

}  // namespace hypar
