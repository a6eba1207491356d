#include "experiment/place.h"

#include <fmt/format.h>

namespace hypar {

std::string Place::text() const {
    if (!source_) return {};
    return has_line() ? fmt::format("{}:{}:{}", *source_, line_, column_) : *source_;
}

}  // namespace hypar
