#include "workloads/layer_kind.h"

namespace hypar {
namespace {

constexpr bool are_in_order() {
    for (std::size_t number = 0; number < kLayerKindCount; ++number) {
        if (static_cast<std::size_t>(kLayerKinds[number].type) != number) return false;
    }
    return true;
}
static_assert(are_in_order());

}  // namespace

std::vector<std::string> layer_kind_names() {
    std::vector<std::string> names;
    for (const LayerKind& kind : kLayerKinds) names.emplace_back(kind.name);
    return names;
}

}  // namespace hypar
