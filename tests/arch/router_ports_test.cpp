#include "arch/network/router_ports.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace hypar {
namespace {

TEST(Requests, GoRoundAndRoundFromTheOneBehindTheLast) {
    std::mt19937_64 random(3);
    for (const std::size_t inputs : {1U, 5U, 63U, 64U, 65U, 200U}) {
        Requests requests(inputs);
        std::set<std::size_t> asking;
        for (int round = 0; round < 500; ++round) {
            const std::size_t input = random() % inputs;
            const bool asks = random() % 2 == 0;
            requests.set(input, asks);
            if (asks) {
                asking.insert(input);
            } else {
                asking.erase(input);
            }
            ASSERT_EQ(requests.empty(), asking.empty());
            if (asking.empty()) continue;
            const std::size_t after = random() % inputs;
            const auto behind = asking.upper_bound(after);
            ASSERT_EQ(requests.next(after), behind == asking.end() ? *asking.begin() : *behind);
        }
    }
}

}  // namespace
}  // namespace hypar
