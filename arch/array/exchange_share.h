#pragma once

#include <cstdint>

namespace hypar {

/// One accelerator's part in one level of a collective: it sends to its partner and receives from it.
struct ExchangeShare {
    std::uint64_t partner = 0;
    std::uint64_t send_bytes = 0;
    std::uint64_t receive_bytes = 0;
    bool reduces = false;  ///< what arrives is added to what lies in memory

    friend bool operator==(const ExchangeShare& a, const ExchangeShare& b) {
        return a.partner == b.partner && a.send_bytes == b.send_bytes && a.receive_bytes == b.receive_bytes &&
               a.reduces == b.reduces;
    }
};

}  // namespace hypar
