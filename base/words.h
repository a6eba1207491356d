#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace hypar {

/// What processes of this program tell each other, as words of the machine.
using Words = std::vector<std::uint64_t>;

inline std::uint64_t bits_of(double number) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    return bits;
}

inline double double_of(std::uint64_t bits) {
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    return number;
}

/// Its length and its bytes, filled up with zeros.
inline void append_text(Words& words, const std::string& text) {
    words.push_back(text.size());
    const std::size_t begin = words.size();
    words.resize(begin + (text.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    if (!text.empty()) std::memcpy(words.data() + begin, text.data(), text.size());
}

inline void append_words(Words& words, const Words& more) {
    words.push_back(more.size());
    words.insert(words.end(), more.begin(), more.end());
}

/// Reads words in their order. Throws std::out_of_range behind the last one.
class WordReader {
public:
    explicit WordReader(const Words& words) : words_(words) {}

    bool at_end() const { return at_ == words_.size(); }
    std::uint64_t next() { return *take(1); }
    std::string text() {
        const std::uint64_t size = next();
        const std::uint64_t* bytes = take(size / sizeof(std::uint64_t) + (size % sizeof(std::uint64_t) != 0 ? 1 : 0));
        return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    }
    Words words() {
        const std::uint64_t size = next();
        const std::uint64_t* begin = take(size);
        return {begin, begin + size};
    }

private:
    const std::uint64_t* take(std::uint64_t count) {
        if (count > words_.size() - at_) throw std::out_of_range("a message ends too early");
        const std::uint64_t* begin = words_.data() + at_;
        at_ += static_cast<std::size_t>(count);
        return begin;
    }

    const Words& words_;
    std::size_t at_ = 0;
};

}  // namespace hypar
