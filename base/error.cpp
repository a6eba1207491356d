#include "base/error.h"

#include <utility>

namespace hypar {
namespace {

std::string compose(const std::string& place, const std::string& key, const std::string& problem) {
    std::string text;
    for (const std::string& part : {place, key}) {
        if (!part.empty()) text += part + ": ";
    }
    return text + problem;
}

}  // namespace

ConfigError::ConfigError(std::string key, std::string problem, std::string place)
    : std::runtime_error(compose(place, key, problem)),
      key_(std::move(key)),
      problem_(std::move(problem)),
      place_(std::move(place)) {}

ConfigError ConfigError::below(const std::string& prefix) const {
    return {key_.empty() ? prefix : prefix + "." + key_, problem_, place_};
}

}  // namespace hypar
