#include "report/chakra/execution.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "arch/unit/pass.h"
#include "base/checked.h"
#include "sim/program/lowering.h"
#include "sim/program/task_graph.h"
#include "sim/replay/replay.h"

namespace hypar {
namespace {

constexpr Picoseconds kMicrosecond = 1'000'000;

std::uint64_t rounded(Picoseconds time) { return (time + kMicrosecond / 2) / kMicrosecond; }

std::string name_of_work(const RunInput& input, std::size_t layer, Phase phase) {
    return fmt::format("{} {}", input.network.layer(layer).name, name_of(phase));
}

/// Of a group of `members`, what all send together for each byte that is reduced or gathered.
std::uint64_t sent_for_each(CollectiveKind kind, std::uint64_t members) {
    return (kind == CollectiveKind::AllReduce ? 2 : 1) * (members - 1);
}

}  // namespace

Execution::Execution(const RunInput& input, Remembered& remembered) : accelerators_(input.array.accelerators) {
    const Topology topology = Topology::make(input.array.interconnect, accelerators_);
    const Program program = lower(input.network, input.plan, input.step, input.phases, input.array, topology,
                                  remembered.mappers(input.array), input.schedule);
    ReplayOptions options;
    options.remembered = &remembered;
    const ReplayResult result = replay(program, input.array, topology, options);
    items_.resize(program.segments.size());
    std::vector<std::size_t> in_order;
    std::size_t next_collective = 0;
    for (std::size_t index = 0; index < program.segments.size();) {
        in_order.push_back(index);
        if (program.segments[index].is_compute()) {
            items_[index] = compute_item(input, program, index, result.segments[index].cycles);
            ++index;
        } else {
            const ProgramCollective& collective = program.collectives[next_collective++];
            items_[index] = collective_item(input, program, collective);
            index += collective.segments;
        }
    }
    if (input.schedule.is_overlapped()) {
        order_by_tasks(input, program);
    } else {
        order_sequential(in_order);
    }
}

Execution::Item Execution::compute_item(const RunInput& input, const Program& program, std::size_t index,
                                        Cycles cycles) const {
    const Segment& segment = program.segments[index];
    Item item{name_of_work(input, segment.layer, segment.phase), {}, input.array.clock.duration(cycles)};
    item.work.resize(accelerators_);
    for (std::uint64_t i = 0; i < accelerators_; ++i) {
        if (units_at_work(program, segment, i) == 0) continue;
        Work& work = item.work[i].emplace();
        const auto add = [&](std::uint64_t operations, std::uint64_t bytes) {
            work = {checked_add(work.operations, operations), checked_add(work.memory_bytes, bytes)};
        };
        if (!segment.compute.empty()) {
            for (const std::uint32_t number : segment.compute[i]) {
                const TileSchedule& schedule = program.schedules[number];
                add(checked_multiply(2, macs_of(schedule.nest(), whole_of(schedule.nest()))),
                    schedule.memory_bytes());
            }
        }
        if (!has_vector_work(program, segment, i)) continue;
        const VectorSchedule& schedule = program.vector_schedules[segment.vector_work[i]];
        add(schedule.work().operations, schedule.memory_bytes());
    }
    return item;
}

Execution::Item Execution::collective_item(const RunInput& input, const Program& program,
                                           const ProgramCollective& collective) {
    Item item{fmt::format("{} {} {}", name_of_work(input, collective.layer, collective.phase),
                          name_of(collective.kind), names_of_levels(collective.levels)),
              {}};
    item.collective = collective.kind;
    for (std::size_t stage = 0; stage < collective.segments; ++stage) {
        for (const Flow& flow : program.segments[collective.first_segment + stage].flows) {
            std::uint64_t& bytes = item.transfers[{flow.from, flow.to}];
            bytes = checked_add(bytes, flow.bytes);
        }
    }
    if (collective.kind != CollectiveKind::Swap && share_evenly(item, input.plan.division(), collective.levels))
        item.transfers.clear();
    return item;
}

/// Gives every member of a group that moves anything an even share; false where there is none in whole bytes.
bool Execution::share_evenly(Item& item, const Levels& levels, LevelSet set) {
    std::vector<std::uint64_t> sent(accelerators_);
    for (const auto& [ends, bytes] : item.transfers) sent[ends.first] = checked_add(sent[ends.first], bytes);
    std::vector<std::optional<Share>> shares(accelerators_);
    for (const std::vector<std::uint64_t>& group : groups_of(set, levels)) {
        std::uint64_t bytes = 0;
        for (const std::uint64_t member : group) bytes = checked_add(bytes, sent[member]);
        if (bytes == 0) continue;
        std::uint64_t for_each = sent_for_each(item.collective, group.size());
        if (item.collective == CollectiveKind::AllGather) for_each *= group.size();  // each has a part before
        if (bytes % for_each != 0) return false;
        for (const std::uint64_t member : group) shares[member] = Share{number_of(group), bytes / for_each};
    }
    item.shares = std::move(shares);
    return true;
}

std::size_t Execution::number_of(const std::vector<std::uint64_t>& group) {
    const auto [known, is_new] = group_numbers_.try_emplace(group, groups_.size());
    if (is_new) groups_.push_back(group);
    return known->second;
}

void Execution::order_sequential(const std::vector<std::size_t>& items) {
    order_ = items;
    for (std::size_t index = 1; index < items.size(); ++index) items_[items[index]].sources = {items[index - 1]};
}

void Execution::order_by_tasks(const RunInput& input, const Program& program) {
    const StepGraph step = derive_step(input.network, input.phases, input.step.batch, input.step.optimizer_words);
    const TaskGraph graph = task_graph(input.network, step, program);
    items_.resize(graph.tasks.size());
    for (std::size_t task = 0; task < graph.tasks.size(); ++task) {
        for (const std::uint32_t next : graph.tasks[task].next) items_[next].sources.push_back(task);
    }
    const std::vector<std::uint32_t> order = graph.in_order();
    order_.assign(order.begin(), order.end());
}

std::vector<ExecutionNode> Execution::nodes_of(std::uint64_t accelerator) const {
    std::vector<ExecutionNode> nodes;
    std::vector<std::vector<std::size_t>> ends(items_.size());  // nodes that have to be done, by item
    Picoseconds computed = 0;
    for (const std::size_t number : order_) {
        const Item& item = items_[number];
        std::vector<std::size_t> after;
        for (const std::size_t source : item.sources) {
            after.insert(after.end(), ends[source].begin(), ends[source].end());
        }
        std::sort(after.begin(), after.end());
        after.erase(std::unique(after.begin(), after.end()), after.end());
        const auto add = [&](ExecutionNode::Kind kind) -> ExecutionNode& {
            ends[number].push_back(nodes.size());
            nodes.push_back({kind, item.name, after});
            nodes.back().tag = number;
            return nodes.back();
        };
        if (!item.work.empty() && item.work[accelerator]) {
            ExecutionNode& node = add(ExecutionNode::Kind::Compute);
            const Picoseconds end = checked_add(computed, item.duration);
            node.microseconds = rounded(end) - rounded(computed);
            node.operations = item.work[accelerator]->operations;
            node.memory_bytes = item.work[accelerator]->memory_bytes;
            computed = end;
        }
        if (!item.shares.empty() && item.shares[accelerator]) {
            ExecutionNode& node = add(ExecutionNode::Kind::Collective);
            node.collective = item.collective;
            node.group = item.shares[accelerator]->group;
            node.bytes = item.shares[accelerator]->bytes;
        }
        for (const auto& [flow, bytes] : item.transfers) {
            if (flow.first != accelerator && flow.second != accelerator) continue;
            const bool sends = flow.first == accelerator;
            ExecutionNode& node = add(sends ? ExecutionNode::Kind::Send : ExecutionNode::Kind::Receive);
            node.bytes = bytes;
            node.peer = sends ? flow.second : flow.first;
        }
        if (ends[number].empty()) ends[number] = std::move(after);
    }
    return nodes;
}

}  // namespace hypar
