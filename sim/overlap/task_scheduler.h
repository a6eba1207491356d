#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "arch/kernel/time.h"
#include "sim/overlap/exchange_groups.h"
#include "sim/program/schedule_spec.h"
#include "sim/program/task_graph.h"

namespace hypar {

/// What starts: a task on an accelerator, or the exchange of a group.
struct TaskStart {
    std::uint32_t step = 0;
    std::uint32_t task = 0;
    std::size_t accelerator = 0;       ///< that computes
    std::optional<std::size_t> group;  ///< that exchanges
};

/// Decides what starts when in an overlapped schedule, told what has ended; knows nothing of how long anything takes.
///
/// An accelerator computes one task at a time, and takes part in one exchange at a time. A group starts when all of
/// its members have what they need and none takes part in another exchange. Groups whose packets may meet in a node
/// while they are on their way are of one cluster; one that meets a cluster of which all have ended waits until the
/// last credit is back.
class TaskScheduler {
public:
    /// When a cluster of which all groups have ended is at rest.
    using RestsAt = std::function<Cycles(std::size_t cluster)>;

    /// All must outlive it.
    TaskScheduler(const Program& program, const TaskGraph& graph, const ExchangeGroups& groups,
                  const Topology& topology, const ScheduleSpec& schedule, RestsAt rests_at);

    /// What an accelerator computed has ended, or its part of an exchange has.
    void computed(std::size_t accelerator);
    void exchanged(std::size_t accelerator, Cycles now);
    /// What starts at `now`, after all that ends then has been told. At 0 without anything.
    std::vector<TaskStart> start(Cycles now);

    /// When something may start although nothing ends: a cluster comes to rest.
    std::optional<Cycles> next_rest() const;
    bool is_finished() const { return unfinished_ == 0; }
    /// The part of all tasks that have ended.
    double done() const { return 1 - static_cast<double>(unfinished_) / static_cast<double>(missing_.size()); }

    /// Exchanges are numbered in the order in which they start; those of a cluster in this order, those that have
    /// ended among them; clusters that have met are one.
    std::size_t cluster_of(std::size_t exchange) const { return cluster_of_exchange_[exchange]; }
    const std::vector<std::size_t>& exchanges_in(std::size_t cluster) const { return clusters_[cluster].exchanges; }
    const std::set<std::uint32_t>& nodes_of(std::size_t cluster) const { return clusters_[cluster].nodes; }
    /// Nodes of the last start() that were in no cluster before, which begin anew.
    const std::vector<std::uint32_t>& fresh_nodes() const { return fresh_nodes_; }

private:
    static constexpr std::size_t kNone = SIZE_MAX;

    /// Computing in the order in which it is taken up.
    struct Ready {
        TaskGraph::Turn turn;
        std::uint32_t step;
        std::uint32_t task;
        friend bool operator<(const Ready& a, const Ready& b) {
            return std::tie(a.turn, a.step, a.task) < std::tie(b.turn, b.step, b.task);
        }
    };
    /// Exchanges in the order of the schedule.
    struct ReadyGroup {
        std::uint32_t rank;
        Cycles since;
        std::uint32_t step;
        std::size_t group;
        friend bool operator<(const ReadyGroup& a, const ReadyGroup& b) {
            return std::tie(a.rank, a.since, a.step, a.group) < std::tie(b.rank, b.since, b.step, b.group);
        }
    };
    struct Cluster {
        std::vector<std::size_t> exchanges;
        std::set<std::uint32_t> nodes;
        std::size_t running = 0;
        std::optional<Cycles> rests_at;  ///< once all have ended
    };
    struct Busy {
        std::uint32_t step = 0;
        std::uint32_t task = 0;
        std::size_t exchange = kNone;
        bool is_busy = false;
    };

    std::size_t place(std::size_t accelerator, std::uint32_t task, std::uint32_t step) const {
        return (accelerator * steps_ + step) * graph_.tasks.size() + task;
    }
    bool has_share(std::size_t accelerator, std::uint32_t task) const;
    void arrive(std::size_t accelerator, std::uint32_t task, std::uint32_t step, Cycles now);
    void finish(std::size_t accelerator, std::uint32_t task, std::uint32_t step);
    void release(std::size_t accelerator, std::uint32_t task, std::uint32_t step);
    void release_clusters(Cycles now);
    void start_computing(std::vector<TaskStart>& starts);
    void start_exchanges(std::vector<TaskStart>& starts);
    bool can_start(const ExchangeGroup& group) const;
    void join_cluster(std::size_t exchange, const ExchangeGroup& group);

    const Program& program_;
    const TaskGraph& graph_;
    const ExchangeGroups& groups_;
    CommunicationOrder order_;
    std::uint32_t steps_;
    RestsAt rests_at_;
    std::vector<std::uint32_t> missing_;  ///< by place: what it still needs
    std::vector<std::uint32_t> arrived_;  ///< by step and group: members that have what they need
    std::vector<std::set<Ready>> ready_;  ///< by accelerator
    std::set<ReadyGroup> ready_groups_;
    std::vector<Busy> computing_;            ///< by accelerator
    std::vector<Busy> exchanging_;           ///< by accelerator
    std::vector<std::size_t> members_left_;  ///< by exchange
    std::vector<std::size_t> cluster_of_exchange_;
    std::vector<std::size_t> cluster_of_node_;
    std::vector<Cluster> clusters_;
    std::set<std::size_t> active_clusters_;
    std::vector<std::uint32_t> fresh_nodes_;
    std::vector<std::tuple<std::size_t, std::uint32_t, std::uint32_t>> open_;  ///< that have what they need
    std::size_t unfinished_ = 0;
};

}  // namespace hypar
