#include "experiment/import/layer_names.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace hypar {
namespace {

constexpr std::size_t kLongestName = 200;

}  // namespace

std::string printable_text(const std::string& text) {
    std::string printable;
    for (std::size_t index = 0; index < text.size() && printable.size() < kLongestName;) {
        const Character character = first_character(std::string_view(text).substr(index));
        const bool is_kept = character.length > 0 && !is_control(character);
        printable += is_kept ? text.substr(index, character.length) : "_";
        index += std::max<std::size_t>(1, character.length);
    }
    return printable;
}

std::string LayerNames::take(const std::string& wanted) {
    std::string base = printable_text(wanted);
    if (base.empty()) base = "layer";
    std::string name = base;
    for (std::size_t number = 2; !taken_.insert(name).second; ++number) name = fmt::format("{}_{}", base, number);
    if (name != wanted) ++changed_;
    return name;
}

}  // namespace hypar
