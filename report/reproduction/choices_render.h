#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "report/reproduction/reproduction.h"

namespace hypar {

/// Tables of what a figure becomes with each of its choices turned; empty if none is.
std::string choices_text(const ReproducedFigure& figure, const TextStyle& style);

/// What each choice is that is turned in any of the figures, as notes.
std::string choices_notes(const std::vector<ReproducedFigure>& figures, const TextStyle& style);

/// The choices that are turned in any of the figures: name, title, settings.
nlohmann::ordered_json choices_json(const std::vector<ReproducedFigure>& figures);

/// Names of the columns of all choices that are turned in any of the figures.
std::vector<std::string> choice_columns(const std::vector<ReproducedFigure>& figures);

/// None of no values.
std::optional<double> geometric_mean(const std::vector<double>& values);

/// A number of a figure for people: three digits, or one decimal.
std::string figure_number(const std::optional<double>& value);

}  // namespace hypar
