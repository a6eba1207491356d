#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hypar {

/// Number of edits (insert, delete or replace a character, exchange two adjacent ones) that turn `a` into `b`; no
/// part is edited twice (the optimal string alignment distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Whether two names differ in nothing but capitals of ASCII.
bool is_same_name(std::string_view a, std::string_view b);

/// The name of `known` that `word`, in capitals or not, most probably meant; empty if none is near, or several are
/// alike.
std::string nearest_name(std::string_view word, const std::vector<std::string>& known);

/// `unknown WHAT "word"; known: a, b, c (did you mean "b"?)`
std::string unknown_name(std::string_view what, std::string_view word, const std::vector<std::string>& known);

/// "a, b, c"
std::string comma_separated(const std::vector<std::string>& words);

}  // namespace hypar
