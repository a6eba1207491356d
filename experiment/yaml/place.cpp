#include "experiment/yaml/place.h"

#include <fmt/format.h>

namespace hypar {

Place Place::moved(int columns) const { return has_line() ? Place(source_, line_, column_ + columns) : *this; }

std::string Place::text() const {
    if (!source_) return {};
    return has_line() ? fmt::format("{}:{}:{}", *source_, line_, column_) : *source_;
}

}  // namespace hypar
