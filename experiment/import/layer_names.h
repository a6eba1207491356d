#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace hypar {

/// Gives layers names that a network file may have: on one line, none twice, none that is the input's.
class LayerNames {
public:
    /// `wanted`, or what is nearest to it.
    std::string take(const std::string& wanted);

    std::size_t changed() const { return changed_; }

private:
    std::set<std::string> taken_{"input"};
    std::size_t changed_ = 0;
};

/// A text on one line and without what is no UTF-8: '_' stands for each byte of that.
std::string printable_text(const std::string& text);

}  // namespace hypar
