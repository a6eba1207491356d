#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "arch/array/flow.h"
#include "collective/algorithm.h"
#include "collective/collective.h"
#include "tests/collective/support.h"

namespace hypar::tests {

/// The oracle of the algorithms: every accelerator's memory, element by element. Of each element it has the
/// contributions that are in its sum, a bit for each member of the group, and in which order they were added. Flows
/// are carried out one element at a time, in a random order, each as soon as what they follow and start after, and
/// whose sums come before theirs, lets them.

/// Elements by their numbers: those of accelerator 0's block come first.
using Elements = std::vector<std::uint64_t>;

/// What a flow should be: its ends and what it carries, in order.
struct Carried {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    Elements elements = {};
};

class TrackedCollective {
public:
    TrackedCollective(const Collective& collective, const CollectivePlace& place)
        : collective_(collective), place_(place) {
        for (const std::uint64_t bytes : collective.blocks) {
            blocks_.emplace_back(bytes / place.element_bytes);
            std::iota(blocks_.back().begin(), blocks_.back().end(), elements_);
            elements_ += blocks_.back().size();
        }
        groups_ = groups_of(collective.levels, place.levels);
        memories_.assign(blocks_.size(), std::vector<std::uint64_t>(elements_));
        sums_.assign(blocks_.size(), std::vector<std::uint64_t>(elements_));
        for (const auto& members : groups_) {
            for (std::size_t position = 0; position < members.size(); ++position) {
                const std::uint64_t own = std::uint64_t{1} << position;
                for (const std::uint64_t owner : members) {
                    const bool holds = collective.scatters() || owner == members[position];
                    if (!holds) continue;
                    set(memories_[members[position]], blocks_[owner], collective.scatters() ? own : whole());
                    set(sums_[members[position]], blocks_[owner], own);
                }
            }
        }
    }

    const Elements& block(std::uint64_t accelerator) const { return blocks_[accelerator]; }
    /// How all sums have been put together, in numbers that differ where the order of additions does.
    const std::vector<std::vector<std::uint64_t>>& sums() const { return sums_; }
    const std::vector<std::vector<std::uint64_t>>& groups() const { return groups_; }

    /// Carries the flows of a stage out, each of which carries what is said.
    void carry_out(const std::vector<Flow>& flows, const std::vector<Carried>& carried, std::mt19937& random) {
        ASSERT_EQ(flows.size(), carried.size());
        std::vector<std::size_t> order(flows.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::shuffle(order.begin(), order.end(), random);
        std::vector<std::uint64_t> come(flows.size());  // elements, by flow
        for (std::size_t flow = 0; flow < flows.size(); ++flow) {
            ASSERT_NO_FATAL_FAILURE(check(flows, flow, carried[flow]));
        }
        for (bool moves = true; moves;) {
            moves = false;
            for (const std::size_t flow : order) {
                while (come[flow] < carried[flow].elements.size() && may_leave(flows, flow, come) &&
                       may_be_added(flows, flow, come)) {
                    ASSERT_NO_FATAL_FAILURE(move(flows[flow], carried[flow], come[flow]));
                    ++come[flow];
                    moves = true;
                }
            }
        }
        for (std::size_t flow = 0; flow < flows.size(); ++flow) ASSERT_EQ(come[flow], carried[flow].elements.size());
    }

    /// Each member has what the collective is for.
    void expect_complete() const {
        for (const auto& members : groups_) {
            for (const std::uint64_t member : members) {
                for (const std::uint64_t owner : members) {
                    if (!collective_.gathers() && owner != member) continue;
                    for (const std::uint64_t element : blocks_[owner]) {
                        ASSERT_EQ(memories_[member][element], whole()) << "element " << element << " of " << member;
                    }
                }
            }
        }
    }

private:
    std::uint64_t whole() const { return (std::uint64_t{1} << groups_.front().size()) - 1; }

    static void set(std::vector<std::uint64_t>& memory, const Elements& elements, std::uint64_t value) {
        for (const std::uint64_t element : elements) memory[element] = value;
    }

    /// Tells sums apart whose terms are put together otherwise, a + (b + c) and (a + b) + c, but not a + b and b + a:
    /// so do floating point numbers.
    static std::uint64_t sum_of(std::uint64_t a, std::uint64_t b) {
        std::uint64_t mixed = std::min(a, b) * 0x9e3779b97f4a7c15U ^ std::max(a, b);
        for (const unsigned shift : {29U, 32U, 31U}) mixed = (mixed ^ mixed >> shift) * 0xbf58476d1ce4e5b9U;
        return mixed;
    }

    void check(const std::vector<Flow>& flows, std::size_t index, const Carried& carried) const {
        const Flow& flow = flows[index];
        ASSERT_EQ(flow.from, carried.from);
        ASSERT_EQ(flow.to, carried.to);
        ASSERT_EQ(flow.bytes, carried.elements.size() * place_.element_bytes);
        ASSERT_GT(flow.bytes, 0U);
        ASSERT_LE(flow.own_bytes, flow.bytes);
        ASSERT_LE(flow.added_bytes, flow.bytes);
        ASSERT_EQ(flow.own_bytes % place_.element_bytes, 0U);
        ASSERT_EQ(flow.added_bytes % place_.element_bytes, 0U);
        std::uint64_t pieces = 0;
        for_each_piece(flow, [&](std::uint64_t bytes) { pieces += bytes; });
        ASSERT_EQ(pieces, flow.bytes);
        ASSERT_TRUE(!flow.follows.empty() || flow.own_bytes == flow.bytes);
        for (const std::uint32_t other : flow.follows) {
            ASSERT_EQ(flows[other].to, flow.from);
            ASSERT_LE(flow.bytes - flow.own_bytes, flows[other].bytes);
        }
        for (const std::uint32_t other : flow.after) {
            ASSERT_LT(other, index);
            ASSERT_EQ(flows[other].to, flow.from);
        }
        for (const std::vector<std::uint32_t>* others : {&flow.adds_behind, &flow.adds_after}) {
            for (const std::uint32_t other : *others) {
                ASSERT_LT(other, index);
                ASSERT_EQ(flows[other].to, flow.to);
                ASSERT_GT(flows[other].added_bytes, 0U);
            }
        }
    }

    bool may_leave(const std::vector<Flow>& flows, std::size_t index, const std::vector<std::uint64_t>& come) const {
        const Flow& flow = flows[index];
        const std::uint64_t own = flow.own_bytes / place_.element_bytes;
        return std::all_of(
                   flow.after.begin(), flow.after.end(),
                   [&](std::uint32_t other) { return come[other] == flows[other].bytes / place_.element_bytes; }) &&
               (come[index] < own || std::all_of(flow.follows.begin(), flow.follows.end(), [&](std::uint32_t other) {
                    return come[other] > come[index] - own;
                }));
    }

    bool may_be_added(const std::vector<Flow>& flows, std::size_t index,
                      const std::vector<std::uint64_t>& come) const {
        const Flow& flow = flows[index];
        const auto sums = [&](std::uint32_t other) { return flows[other].added_bytes / place_.element_bytes; };
        if (come[index] >= flow.added_bytes / place_.element_bytes) return true;
        return std::all_of(flow.adds_after.begin(), flow.adds_after.end(),
                           [&](std::uint32_t other) { return come[other] >= sums(other); }) &&
               std::all_of(flow.adds_behind.begin(), flow.adds_behind.end(), [&](std::uint32_t other) {
                   return come[other] > come[index] || come[other] >= sums(other);
               });
    }

    void move(const Flow& flow, const Carried& carried, std::uint64_t number) {
        const std::uint64_t element = carried.elements[number];
        const std::uint64_t sent = memories_[flow.from][element];
        std::uint64_t& there = memories_[flow.to][element];
        ASSERT_NE(sent, 0U) << "element " << element << " is not there";
        if (number >= flow.added_bytes / place_.element_bytes) {
            ASSERT_EQ(sent, whole()) << "element " << element << " is not complete";
            there = sent;
            sums_[flow.to][element] = sums_[flow.from][element];
        } else {
            ASSERT_EQ(sent & there, 0U) << "element " << element << " is added twice";
            there |= sent;
            sums_[flow.to][element] = sum_of(sums_[flow.from][element], sums_[flow.to][element]);
        }
    }

    const Collective& collective_;
    CollectivePlace place_;
    std::vector<Elements> blocks_;
    std::vector<std::vector<std::uint64_t>> groups_;
    std::vector<std::vector<std::uint64_t>> memories_;  ///< by accelerator and element
    std::vector<std::vector<std::uint64_t>> sums_;      ///< by accelerator and element, how it was put together
    std::uint64_t elements_ = 0;
};

}  // namespace hypar::tests
