#pragma once

#include <vector>

#include "base/error.h"

namespace hypar {

/// Several mistakes at once; who knows of one alone takes it for the first of them.
class ConfigErrors : public ConfigError {
public:
    /// `all` has at least one.
    explicit ConfigErrors(std::vector<ConfigError> all);

    const std::vector<ConfigError>& all() const { return all_; }

private:
    std::vector<ConfigError> all_;
};

/// Collects the mistakes of parts of which each can be read whatever is wrong with the others.
class Mistakes {
public:
    /// Does `read`, and keeps what it throws.
    template <typename Read>
    void collect(const Read& read) {
        try {
            read();
        } catch (const ConfigErrors& errors) {
            for (const ConfigError& error : errors.all()) add(error);
        } catch (const ConfigError& error) {
            add(error);
        }
    }
    /// One mistake at one place is kept once: a block of layers that is repeated stands there once.
    void add(const ConfigError& error);

    const std::vector<ConfigError>& all() const { return all_; }
    /// A single one as it is, several as ConfigErrors.
    void throw_if_any() const;

private:
    std::vector<ConfigError> all_;
};

}  // namespace hypar
