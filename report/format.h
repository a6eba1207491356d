#pragma once

#include <cstdint>
#include <string>

namespace hypar {

/// Numbers for people: three significant digits and a unit. Decimal prefixes: 1 GB is 10^9 bytes.
std::string format_bytes(double bytes);
std::string format_seconds(double seconds);
std::string format_joules(double joules);
std::string format_percent(double fraction);
/// With commas between thousands.
std::string format_count(std::uint64_t count);

/// Words in lines of at most 80 columns, the first one behind `lead`, the others indented as far.
std::string wrapped(const std::string& lead, const std::string& words_of_text);

/// "  note: ..." in lines of at most 80 columns.
std::string wrapped_note(const std::string& note);

}  // namespace hypar
