#pragma once

#include <cstdint>
#include <string>

#include "report/text_style.h"

namespace hypar {

/// Numbers for people: three significant digits and a unit. Decimal prefixes: 1 GB is 10^9 bytes.
std::string format_bytes(double bytes);
std::string format_bandwidth(double bits_per_second);
std::string format_seconds(double seconds);
std::string format_joules(double joules);
std::string format_joule_seconds(double joule_seconds);
std::string format_percent(double fraction);
/// "+1.5 %": how far a number is from another one, as a part of that.
std::string format_difference(double fraction);
/// With its sign, in the words of one of the above.
std::string format_change(double change, std::string (*format)(double));
/// With commas between thousands.
std::string format_count(std::uint64_t count);
/// As three significant digits, "25.6 M", from a thousand on.
std::string format_amount(std::uint64_t count);

/// So many of a unit in a second, or in a minute where that is less than one in ten seconds.
std::string format_rate(double per_second, const std::string& unit);

/// Words in lines of the style's columns, the first one behind `lead`, the others indented as far. Words that are too
/// long for a line are cut.
std::string wrapped(const std::string& lead, const std::string& text, const TextStyle& style = {},
                    Tone tone_of_lead = Tone::Plain);

/// "  note: ..."
std::string wrapped_note(const std::string& note, const TextStyle& style = {});

/// A text as a field of CSV: quoted where RFC 4180 asks for it, and behind an apostrophe where a spreadsheet would
/// take it for a formula.
std::string csv_text(const std::string& text);

}  // namespace hypar
