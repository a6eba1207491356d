#include "experiment/import/layer_names.h"

#include <cstdint>

#include <fmt/format.h>

namespace hypar {
namespace {

constexpr std::size_t kLongestName = 200;

/// Bytes of the UTF-8 sequence that begins at `text[begin]`; 0 if none does.
std::size_t sequence_length(const std::string& text, std::size_t begin) {
    const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
    const std::uint8_t first = byte(begin);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : 0;
    if (length == 0 || begin + length > text.size()) return 0;
    for (std::size_t index = begin + 1; index < begin + length; ++index) {
        if ((byte(index) & 0xC0U) != 0x80) return 0;
    }
    const bool is_overlong = first == 0xE0 && byte(begin + 1) < 0xA0;
    const bool is_surrogate = first == 0xED && byte(begin + 1) >= 0xA0;
    const bool is_control = first == 0xC2 && byte(begin + 1) < 0xA0;
    return is_overlong || is_surrogate || is_control ? 0 : length;
}

}  // namespace

std::string printable_text(const std::string& text) {
    std::string printable;
    for (std::size_t index = 0; index < text.size() && printable.size() < kLongestName;) {
        const std::size_t length = sequence_length(text, index);
        const bool is_kept = length > 1 || (length == 1 && text[index] >= ' ' && text[index] != 0x7F);
        printable += is_kept ? text.substr(index, length) : "_";
        index += is_kept ? length : 1;
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
