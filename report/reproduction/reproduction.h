#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "experiment/paper/figure.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What a paper's figures are made of, for one run.
struct RunFacts {
    double seconds = 0;
    double joules = 0;
    double traffic_bytes = 0;
    std::vector<std::pair<std::string, double>> components;  ///< joules of each
};

RunFacts facts_of(const RunReport& report);

/// What one component of the energy adds to a row.
struct ComponentShare {
    std::string name;
    double baseline_joules = 0;
    double joules = 0;
    /// The gain in efficiency if it is counted beside what the paper's accounting counts; none for what that has.
    std::optional<double> gain_with;
};

/// A row of a figure: ours beside the paper's.
struct ReproducedRow {
    const FigureRow* row = nullptr;
    std::optional<double> ours;
    std::optional<double> papers_way;        ///< with ours' bytes, by the paper's accounting
    std::vector<ComponentShare> components;  ///< of Metric::Energy
    std::vector<std::string> plan;           ///< of Metric::Plan
    std::optional<std::size_t> cells_apart;
    std::vector<std::pair<std::string, double>> turned;  ///< ours with each choice turned that changes the row

    /// Ours over the paper's, less one.
    std::optional<double> difference(const std::string& column = "ours") const;
    std::optional<double> value(const std::string& column) const;
    /// Ours with a choice turned; none if the choice changes nothing of the row.
    std::optional<double> with(const std::string& choice) const;
};

/// Whether ours are as near to the paper's as the figure's file expects.
struct Verdict {
    bool is_met = false;
    std::string text;
};

struct ReproducedFigure {
    const Figure* figure = nullptr;
    std::vector<ReproducedRow> rows;
    std::vector<std::vector<ReproducedRow>> further;  ///< as the figure has them
    std::vector<Verdict> verdicts;
    std::optional<std::size_t> peak;  ///< of a figure of many plans: the best row
};

/// Finds what an experiment does; `identity` is equal for equal experiments.
using FindFacts = std::function<RunFacts(const Experiment& experiment, const std::string& identity)>;

/// Fills the rows of a figure. `figure` must outlive what it returns.
ReproducedFigure reproduce(const Figure& figure, const FindFacts& find);

/// The identities of all experiments that `reproduce` finds the facts of.
std::set<std::string> identities_of(const std::vector<Figure>& figures);

std::string reproduction_text(const std::string& paper, const std::vector<ReproducedFigure>& figures,
                              const TextStyle& style = {});
std::string reproduction_json(const std::string& paper, const std::vector<ReproducedFigure>& figures);
/// All rows of all figures: figure, keys, columns.
std::string reproduction_csv(const std::vector<ReproducedFigure>& figures);

}  // namespace hypar
