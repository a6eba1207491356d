#include "sim/program/collective_bucket.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

bool have_same_rounds(const Exchange& a, const Exchange& b) {
    return a.group == b.group && a.pattern == b.pattern && a.adds == b.adds &&
           std::equal(a.rounds.begin(), a.rounds.end(), b.rounds.begin(), b.rounds.end(),
                      [](const Round& one, const Round& other) { return one.offset == other.offset; });
}

void add_to(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& more) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = checked_add(sums[i], more[i]);
}

}  // namespace

bool CollectiveBucket::takes(const Collective& next) const {
    if (is_empty()) return true;
    return next.levels == joined_.levels && checked_add(bytes_of(joined_), bytes_of(next)) <= most_bytes_ &&
           std::equal(joined_.exchanges.begin(), joined_.exchanges.end(), next.exchanges.begin(),
                      next.exchanges.end(), have_same_rounds);
}

void CollectiveBucket::add(const StepOperator& part, std::size_t tensor, const Collective& next) {
    last_ = part;
    tensors_.push_back(tensor);
    if (tensors_.size() == 1) {
        joined_ = next;
        return;
    }
    add_to(joined_.blocks, next.blocks);
    for (std::size_t exchange = 0; exchange < joined_.exchanges.size(); ++exchange) {
        std::vector<Round>& rounds = joined_.exchanges[exchange].rounds;
        for (std::size_t round = 0; round < rounds.size(); ++round) {
            add_to(rounds[round].sent_bytes, next.exchanges[exchange].rounds[round].sent_bytes);
        }
    }
}

void CollectiveBucket::clear() { tensors_.clear(); }

/// Of the accelerator with most: the blocks of its group.
std::uint64_t CollectiveBucket::bytes_of(const Collective& collective) const {
    std::uint64_t most = 0;
    for (const std::vector<std::uint64_t>& group : groups_of(collective.levels, levels_)) {
        std::uint64_t bytes = 0;
        for (const std::uint64_t member : group) bytes = checked_add(bytes, collective.blocks[member]);
        most = std::max(most, bytes);
    }
    return most;
}

}  // namespace hypar
