#include "apps/terminal/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

namespace hypar {
namespace {

constexpr std::size_t kMostColumns = 120;  // longer lines are hard to read

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

std::optional<std::size_t> terminal_columns(int stream) {
    if (::isatty(stream) != 1) return std::nullopt;
    winsize size{};
    if (::ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return TextStyle::kLeastColumns;
    return size.ws_col;
}

bool is_smart_terminal() { return environment("TERM") != "dumb"; }

TextStyle style_of(int stream) {
    TextStyle style;
    if (const auto columns = terminal_columns(stream)) {
        style.columns = std::clamp(*columns, TextStyle::kLeastColumns, kMostColumns);
        style.colour = environment("NO_COLOR").empty() && is_smart_terminal();
    }
    return style;
}

void tell(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void print_error(const std::string& message) {
    std::string lines;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = message.find('\n', begin);
        lines += printable(std::string_view(message).substr(begin, end - begin), std::string::npos) + "\n";
    }
    tell(fmt::format("{} {}", style_of(STDERR_FILENO).paint(Tone::Warning, "hypar:"), lines));
}

}  // namespace hypar
