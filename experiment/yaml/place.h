#pragma once

#include <memory>
#include <string>

namespace hypar {

/// Where a value was written: in a file, or in an option of the command line.
class Place {
public:
    Place() = default;
    /// `source` is a file as messages name it; line and column count from 1.
    Place(std::shared_ptr<const std::string> source, int line, int column)
        : source_(std::move(source)), line_(line), column_(column) {}
    /// A place without line and column: all of `source`, an option or a file as a whole.
    explicit Place(std::shared_ptr<const std::string> source) : source_(std::move(source)) {}

    /// False for an option.
    bool has_line() const { return line_ > 0; }
    int line() const { return line_; }

    /// Whether both are in one file, or in one option.
    bool is_beside(const Place& other) const { return source_ && other.source_ && *source_ == *other.source_; }

    /// The place so many columns further on its line; that of an option stays.
    Place moved(int columns) const;

    /// "vgg-a.yaml:7:13" or "--set batch=0"
    std::string text() const;

private:
    std::shared_ptr<const std::string> source_;
    int line_ = 0;
    int column_ = 0;
};

}  // namespace hypar
