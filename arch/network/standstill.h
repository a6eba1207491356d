#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace hypar {

class InterconnectModel;

/// Packets that wait for each other, or for what never comes: its text lists them.
class StandstillError : public RunError {
public:
    StandstillError(const std::string& text, std::string graphviz) : RunError(text), graphviz_(std::move(graphviz)) {}

    /// The wait-for graph in Graphviz's language: buffers that hold packets, and which one each waits for.
    const std::string& graphviz() const { return graphviz_; }

private:
    std::string graphviz_;
};

/// Says who waits for whom in an interconnect where nothing moves any more; `where` begins the text.
StandstillError standstill(const std::string& where, const InterconnectModel& interconnect);

}  // namespace hypar
