#include "report/reproduction/svg.h"

#include <fmt/format.h>

namespace hypar {
namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const char sign : text) {
        switch (sign) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            default: result += sign;
        }
    }
    return result;
}

}  // namespace

Svg::Svg(double width, double height, const std::string& title)
    : head_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
                        "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\">\n<title>{2}</title>\n",
                        width, height, escaped(title))) {
    rectangle(0, 0, width, height, "#ffffff", Fill::Solid);
}

std::string Svg::hatching(const std::string& colour) {
    const std::string name = "hatch-" + colour.substr(1);
    if (patterns_.find('"' + name + '"') == std::string::npos) {
        patterns_ += fmt::format(
            "<pattern id=\"{}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
            "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#ffffff\"/>"
            "<rect width=\"2\" height=\"5\" fill=\"{}\"/></pattern>\n",
            name, colour);
    }
    return fmt::format("url(#{})", name);
}

void Svg::rectangle(double x, double y, double width, double height, const std::string& colour, Fill fill) {
    const std::string inside = fill == Fill::Solid ? colour : fill == Fill::Hatched ? hatching(colour) : "none";
    const std::string edge = fill == Fill::Solid ? "" : fmt::format(" stroke=\"{}\"", colour);
    shapes_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"{}/>\n", x,
                           y, width, height, inside, edge);
}

void Svg::line(double x1, double y1, double x2, double y2, const std::string& colour) {
    shapes_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1,
                           x2, y2, colour);
}

void Svg::text(double x, double y, std::string_view text, const char* anchor, double size, double degrees) {
    const std::string turn =
        degrees == 0 ? "" : fmt::format(" transform=\"rotate({:.0f} {:.1f} {:.1f})\"", -degrees, x, y);
    shapes_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.0f}\" text-anchor=\"{}\"{}>{}</text>\n", x,
                           y, size, anchor, turn, escaped(text));
}

std::string Svg::finish() const { return head_ + "<defs>\n" + patterns_ + "</defs>\n" + shapes_ + "</svg>\n"; }

}  // namespace hypar
