#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// What a machine took, and the part of a step that stands beside it.
enum class MeasuredWork {
    Forward,
    Backward,
    Gradient,
    ForwardProcessing,  ///< that units compute in the forward phase, without what they wait for memory
    Collectives         ///< what is exchanged, one collective after the other
};

enum class MeasuredUnit { ClockCycles, Microseconds, Milliseconds };

const char* name_of(MeasuredUnit unit);

struct MeasuredColumn {
    std::string name;
    MeasuredWork work = MeasuredWork::Forward;
    MeasuredUnit unit = MeasuredUnit::Microseconds;
};

/// One measured column over another.
struct MeasuredRatio {
    std::string name;
    std::size_t of = 0;
    std::size_t over = 0;
};

struct MeasuredRow {
    Experiment experiment;
    std::string identity;                         ///< equal for equal experiments of a file
    std::string layer;                            ///< that the phases are of; empty: all
    std::vector<std::string> keys;                ///< by Measurements::keys
    std::vector<std::optional<double>> measured;  ///< by Measurements::columns; above 0
    bool is_fitted = false;                       ///< parameters of the machine were fitted to it
    std::string miss;                             ///< what the model lacks, should ours be too far off
};

/// A median of errors that is told, and how far ours may be.
struct ExpectedError {
    enum class Kind { None, Each, Median };

    std::string of;
    std::size_t compared = 0;                                ///< a column, or behind the columns a ratio
    std::vector<std::pair<std::string, std::string>> where;  ///< keys of the rows with their values; none: all rows
    Kind kind = Kind::None;
    double bound = 0;  ///< of each row's or of the median absolute difference

    std::string title() const;
};

/// Measurements of one machine: experiments with what they took there.
struct Measurements {
    std::string name;
    std::string title;
    std::string source;
    std::vector<std::string> keys;
    std::vector<MeasuredColumn> columns;
    std::vector<MeasuredRatio> ratios;
    std::string fitted;  ///< what was fitted to rows; empty: nothing
    std::vector<ExpectedError> errors;
    std::vector<MeasuredRow> rows;
    std::vector<std::string> notes;

    bool covers(const ExpectedError& error, const MeasuredRow& row) const;
};

/// The name under which `hypar reproduce` knows them, and their folder's in configs/reproduce.
constexpr const char* kSilicon = "silicon";

/// Throws ConfigError with place and key.
Measurements measurements_of(const YamlValue& root, const FileReference& file);

/// All files of configs/reproduce/silicon, by name. Throws ConfigError.
std::vector<Measurements> load_measurements();

}  // namespace hypar
