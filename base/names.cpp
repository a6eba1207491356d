#include "base/names.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hypar {
namespace {

std::string in_small_letters(std::string_view word) {
    std::string text(word);
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> two_above(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        two_above.swap(above);
        above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
            const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (exchanged) row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return row.back();
}

bool is_same_name(std::string_view a, std::string_view b) { return in_small_letters(a) == in_small_letters(b); }

std::string nearest_name(std::string_view word, const std::vector<std::string>& known) {
    const std::string wanted = in_small_letters(word);
    const std::size_t most = std::max<std::size_t>(1, word.size() / 3);
    using Distance = std::array<std::size_t, 3>;  // edits, letters more or fewer, edits if capitals matter
    std::string nearest;
    Distance least{most + 1, 0, 0};
    for (const std::string& name : known) {
        const std::size_t longer = std::max(word.size(), name.size()) - std::min(word.size(), name.size());
        const Distance distance{edit_distance(wanted, in_small_letters(name)), longer, edit_distance(word, name)};
        if (distance < least) {
            least = distance;
            nearest = name;
        } else if (distance == least) {
            nearest.clear();
        }
    }
    return nearest;
}

std::string comma_separated(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string unknown_name(std::string_view what, std::string_view word, const std::vector<std::string>& known) {
    std::string text = fmt::format("unknown {} \"{}\"; known: {}", what, word, comma_separated(known));
    const std::string nearest = nearest_name(word, known);
    if (!nearest.empty()) text += fmt::format(" (did you mean \"{}\"?)", nearest);
    return text;
}

}  // namespace hypar
