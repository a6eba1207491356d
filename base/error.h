#pragma once

#include <stdexcept>
#include <string>

namespace hypar {

/// The user's mistake: a value in a file or an option that cannot be used.
///
/// `key` is the dotted path of the value ("layers.2.kernel"); it may be empty. Code that knows no files throws
/// with the key alone; the reader of the file adds the place ("vgg-a.yaml:7:13") with `at`.
class ConfigError : public std::runtime_error {
public:
    ConfigError(std::string key, std::string problem, std::string place = {});

    const std::string& key() const { return key_; }
    const std::string& problem() const { return problem_; }
    const std::string& place() const { return place_; }

    /// The same mistake, found at `place`.
    ConfigError at(std::string place) const { return {key_, problem_, std::move(place)}; }

    /// The same mistake, with `prefix` put before its key.
    ConfigError below(const std::string& prefix) const;

private:
    std::string key_;
    std::string problem_;
    std::string place_;
};

/// A run that could not be brought to its end.
class RunError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace hypar
