#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/experiment.h"
#include "experiment/paper/accounting.h"
#include "experiment/paper/choices.h"
#include "experiment/paper/figure_check.h"

namespace hypar {

/// What a row of a figure shows.
enum class Metric {
    Plan,         ///< the plan itself
    Performance,  ///< the baseline's time over the experiment's
    Energy,       ///< the baseline's energy over the experiment's
    Traffic,      ///< bytes of a step, in units of 10^9
};

const char* name_of(Metric metric);

/// What a row's number is made of.
struct RowExperiments {
    Experiment experiment;
    std::string identity;  ///< of the experiment: equal ones are run once
    std::optional<Experiment> baseline;
    std::string baseline_identity;
};

/// A row with a choice turned, in its experiment and in its baseline.
struct TurnedRow {
    std::string choice;
    RowExperiments experiments;
};

/// One bar, point or cell of a figure of a paper.
struct FigureRow : RowExperiments {
    std::vector<std::pair<std::string, std::string>> keys;  ///< what tells it from the others, in the file's order
    Metric metric = Metric::Performance;
    std::optional<double> paper;
    std::vector<std::string> paper_plan;  ///< of Metric::Plan
    bool is_again = false;                ///< a bar above once more, for another shape: in no mean, with no choice
    bool is_strategys_own = false;        ///< of a figure of many plans: the one that the search finds
    std::vector<TurnedRow> turned;        ///< by those of the figure's choices that change its experiment

    /// Empty if it has no such key.
    std::string value_of(const std::string& key) const;
};

/// Rows of a figure once more with other keys, which the paper does not have.
struct FurtherRows {
    std::string name;  ///< "accelerators 64"
    std::vector<FigureRow> rows;
};

/// A figure of a paper: what has to be run for it, the paper's numbers, and how near ours are expected to be.
struct Figure {
    std::string number;
    std::string title;
    std::string source;
    std::optional<Accounting> accounting;  ///< of the paper
    bool varies_plans = false;             ///< rows are all plans that differ in some cells
    std::vector<FigureRow> rows;
    std::vector<ModelChoice> choices;  ///< that are turned in its rows
    std::vector<FurtherRows> further;  ///< for what its choices do to them
    std::vector<FigureCheck> checks;
    std::vector<std::string> notes;  ///< why numbers part, where they do
};

/// What a figure's file describes. `choices` are the names of those that are turned, of the file of choices beside
/// it, where the paper's accounting stands, too. Throws ConfigError with place and key.
Figure figure_of(const YamlValue& root, const FileReference& file,
                 const std::vector<std::string>& choices = {kAllChoices});

/// Names of the choices, and of all at once if there are several: a column of a table each.
std::vector<std::string> columns_of(const std::vector<ModelChoice>& choices);

}  // namespace hypar
