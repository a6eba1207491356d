#pragma once

#include <string>
#include <vector>

#include "experiment/paper/figure.h"

namespace hypar {

/// Reads all figures of a paper, the files of configs/reproduce/<paper>, by number. Of the paper's choices those are
/// turned that `choices` names; kAllChoices names each, and all of them at once. Throws ConfigError for everything
/// that is wrong in them, if there is no such folder, or no such choice.
std::vector<Figure> load_figures(const std::string& paper, const std::vector<std::string>& choices = {});

/// Names of papers that can be reproduced.
std::vector<std::string> list_papers();

}  // namespace hypar
