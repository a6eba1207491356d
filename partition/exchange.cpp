#include "partition/exchange.h"

#include <algorithm>
#include <iterator>

#include "base/checked.h"
#include "partition/direct.h"

namespace hypar {

const char* name_of(Pattern pattern) {
    switch (pattern) {
        case Pattern::ReduceScatter: return "reduce-scatter";
        case Pattern::Swap: return "swap";
        case Pattern::AllGather: return "all-gather";
        case Pattern::Border: return "border";
    }
    return "";
}

std::vector<std::uint64_t> Exchange::sent_bytes() const {
    std::vector<std::uint64_t> sum(rounds.empty() ? 0 : rounds.front().sent_bytes.size());
    for (const Round& round : rounds) {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = checked_add(sum[i], round.sent_bytes[i]);
    }
    return sum;
}

std::uint64_t Exchange::bytes() const {
    std::uint64_t sum = 0;
    for (const Round& round : rounds) {
        for (const std::uint64_t sent : round.sent_bytes) sum = checked_add(sum, sent);
    }
    return sum;
}

std::vector<LayerExchanges> plan_exchanges(const Network& network, const Plan& plan, const StepShape& step) {
    const auto exchanges_of = [&](const std::vector<Redistribution>& redistributions) {
        std::vector<Exchange> exchanges;
        for (std::size_t number = 0; number < redistributions.size(); ++number) {
            for (Exchange& exchange : direct_exchanges(redistributions[number], network, plan, step)) {
                exchange.redistribution = number;
                exchanges.push_back(std::move(exchange));
            }
        }
        return exchanges;
    };
    std::vector<LayerExchanges> exchanges;
    for (const LayerRedistributions& layer : redistributions(network, plan)) {
        exchanges.push_back(
            {exchanges_of(layer.forward), exchanges_of(layer.backward), exchanges_of(layer.gradient), {}});
        std::vector<Exchange>& gradient = exchanges.back().gradient;
        const auto weights = std::find_if(gradient.begin(), gradient.end(), [](const Exchange& exchange) {
            return exchange.tensor == Tensor::Weights;
        });
        std::move(weights, gradient.end(), std::back_inserter(exchanges.back().weights));
        gradient.erase(weights, gradient.end());
    }
    return exchanges;
}

std::vector<std::uint64_t> traffic_bytes(const std::vector<LayerExchanges>& exchanges, std::size_t levels) {
    std::vector<std::uint64_t> bytes(levels, 0);
    for (const LayerExchanges& layer : exchanges) {
        for (const std::vector<Exchange>* list : layer.lists()) {
            for (const Exchange& exchange : *list) {
                bytes[exchange.level] = checked_add(bytes[exchange.level], exchange.bytes());
            }
        }
    }
    return bytes;
}

}  // namespace hypar
