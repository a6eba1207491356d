#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "report/text_style.h"

namespace hypar {

/// Columns of the terminal that a stream of the system (STDOUT_FILENO, STDERR_FILENO) goes to; none if it goes to
/// something else.
std::optional<std::size_t> terminal_columns(int stream);

/// Whether the terminal obeys escape sequences: any but TERM=dumb.
bool is_smart_terminal();

/// How texts look on a stream: on a terminal as wide as it is, from 80 to 120 columns, with colours unless NO_COLOR
/// is set (no-color.org) or the terminal is dumb; elsewhere in 80 columns without, whatever the environment.
TextStyle style_of(int stream);

/// Writes to standard error. What cannot be written there is lost: a message never ends what it tells of.
void tell(const std::string& text);

/// "hypar: ..." on standard error, without control characters but for line breaks.
void print_error(const std::string& message);

}  // namespace hypar
