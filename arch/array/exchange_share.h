#pragma once

#include <cstdint>
#include <tuple>

namespace hypar {

/// One accelerator's part in one round of a collective: it sends to one other and receives from one.
struct ExchangeShare {
    std::uint64_t to = 0;
    std::uint64_t from = 0;
    std::uint64_t send_bytes = 0;
    std::uint64_t receive_bytes = 0;
    bool reduces = false;  ///< whether what arrives is added to what lies in memory

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.to, self.from, self.send_bytes, self.receive_bytes, self.reduces);
    }

    friend bool operator==(const ExchangeShare& a, const ExchangeShare& b) { return numbers(a) == numbers(b); }
};

}  // namespace hypar
