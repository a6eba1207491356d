#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arch/kernel/time.h"
#include "collective/collective.h"
#include "sim/program/run_input.h"
#include "sim/replay/remembered.h"

namespace hypar {

/// What one accelerator does in a step, once it has done others.
struct ExecutionNode {
    enum class Kind : std::uint8_t { Compute, Send, Receive, Collective };

    Kind kind = Kind::Compute;
    std::string name;
    std::vector<std::size_t> after;  ///< nodes of the same accelerator, each before it in its list

    // Of what it computes:
    std::uint64_t microseconds = 0;  ///< whole ones of which those of all nodes add up
    std::uint64_t operations = 0;    ///< two for each multiply-accumulate, and those of vector units
    std::uint64_t memory_bytes = 0;  ///< loaded and stored

    // Of what it exchanges:
    std::uint64_t bytes = 0;  ///< sent, or of a collective what it has before
    CollectiveKind collective = CollectiveKind::AllReduce;
    std::size_t group = 0;   ///< of Execution::groups
    std::uint64_t peer = 0;  ///< who receives or sends
    std::uint64_t tag = 0;   ///< one for each exchange of the step
};

/// A step as execution traces have it: computing with the time that it takes by itself, and what is exchanged without
/// how.
///
/// A collective is one node of each member if its bytes are those of even shares. What is not, and a swap, is a node
/// for each that an accelerator sends to, and for each that it receives from. In a sequential schedule each node is
/// after all that come before it, in an overlapped one after those that its task needs.
class Execution {
public:
    /// Throws what lowering and replaying throw.
    Execution(const RunInput& input, Remembered& remembered);

    std::uint64_t accelerators() const { return accelerators_; }
    /// Who carries out collectives together.
    const std::vector<std::vector<std::uint64_t>>& groups() const { return groups_; }
    std::vector<ExecutionNode> nodes_of(std::uint64_t accelerator) const;

private:
    struct Work {
        std::uint64_t operations = 0;
        std::uint64_t memory_bytes = 0;
    };
    struct Share {
        std::size_t group = 0;
        std::uint64_t bytes = 0;
    };
    /// What all accelerators do, or nothing, through which others are waited for.
    struct Item {
        std::string name;
        std::vector<std::size_t> sources;
        Picoseconds duration = 0;
        std::vector<std::optional<Work>> work = {};  ///< by accelerator
        CollectiveKind collective = CollectiveKind::AllReduce;
        std::vector<std::optional<Share>> shares = {};  ///< of a collective's node, by accelerator
        /// Otherwise: bytes by sender and receiver.
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> transfers = {};
    };

    Item compute_item(const RunInput& input, const Program& program, std::size_t segment, Cycles cycles) const;
    Item collective_item(const RunInput& input, const Program& program, const ProgramCollective& collective);
    bool share_evenly(Item& item, const Levels& levels, LevelSet set);
    std::size_t number_of(const std::vector<std::uint64_t>& group);
    void order_sequential(const std::vector<std::size_t>& items);
    void order_by_tasks(const RunInput& input, const Program& program);

    std::uint64_t accelerators_;
    std::vector<Item> items_;         ///< by task; of a collective's stages behind the first nothing
    std::vector<std::size_t> order_;  ///< in which each is behind its sources
    std::vector<std::vector<std::uint64_t>> groups_;
    std::map<std::vector<std::uint64_t>, std::size_t> group_numbers_;
};

}  // namespace hypar
