#pragma once

#include <string>
#include <string_view>

namespace hypar {

/// The colour of lines and frames.
constexpr const char* kInk = "#333333";

/// A drawing in SVG 1.1, of shapes in pixels; the same shapes give the same bytes.
class Svg {
public:
    Svg(double width, double height, const std::string& title);

    /// How a shape is filled, in a colour such as "#0072b2".
    enum class Fill { Solid, Hatched, Outline };

    void rectangle(double x, double y, double width, double height, const std::string& colour, Fill fill);
    void line(double x1, double y1, double x2, double y2, const std::string& colour);
    /// `anchor` is "start", "middle" or "end" of the text, which stands at (x, y), turned left by some degrees.
    void text(double x, double y, std::string_view text, const char* anchor = "start", double size = 11,
              double degrees = 0);

    std::string finish() const;

private:
    /// Where the hatching of a colour is found, which is defined at its first use.
    std::string hatching(const std::string& colour);

    std::string head_;
    std::string patterns_;
    std::string shapes_;
};

}  // namespace hypar
