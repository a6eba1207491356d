#include "base/mistakes.h"

#include <algorithm>
#include <utility>

namespace hypar {

ConfigErrors::ConfigErrors(std::vector<ConfigError> all) : ConfigError(all.front()), all_(std::move(all)) {}

void Mistakes::add(const ConfigError& error) {
    const bool is_known = std::any_of(all_.begin(), all_.end(), [&](const ConfigError& known) {
        return known.place() == error.place() && known.problem() == error.problem();
    });
    if (!is_known) all_.push_back(error);
}

void Mistakes::throw_if_any() const {
    if (all_.size() == 1) throw ConfigError(all_.front());
    if (!all_.empty()) throw ConfigErrors(all_);
}

}  // namespace hypar
