#include "sim/overlap/task_scheduler.h"

#include <algorithm>
#include <utility>

namespace hypar {

TaskScheduler::TaskScheduler(const Program& program, const TaskGraph& graph, const ExchangeGroups& groups,
                             const Topology& topology, const ScheduleSpec& schedule, RestsAt rests_at)
    : program_(program),
      graph_(graph),
      groups_(groups),
      order_(schedule.order),
      steps_(static_cast<std::uint32_t>(schedule.steps)),
      rests_at_(std::move(rests_at)),
      arrived_(steps_ * groups.all().size()),
      ready_(topology.accelerator_count()),
      computing_(topology.accelerator_count()),
      exchanging_(topology.accelerator_count()),
      cluster_of_node_(topology.node_count(), kNone) {
    unfinished_ = topology.accelerator_count() * steps_ * graph.tasks.size();
    missing_.reserve(unfinished_);
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        for (std::uint32_t step = 0; step < steps_; ++step) {
            for (std::uint32_t task = 0; task < graph.tasks.size(); ++task) {
                const TaskGraph::Task& of = graph.tasks[task];
                missing_.push_back(of.needs + (step > 0 ? of.needs_of_step_before : 0));
                if (missing_.back() == 0) open_.emplace_back(i, task, step);
            }
        }
    }
}

void TaskScheduler::computed(std::size_t accelerator) {
    Busy& busy = computing_[accelerator];
    busy.is_busy = false;
    finish(accelerator, busy.task, busy.step);
}

void TaskScheduler::exchanged(std::size_t accelerator, Cycles now) {
    Busy& busy = exchanging_[accelerator];
    busy.is_busy = false;
    if (--members_left_[busy.exchange] == 0) {
        const std::size_t number = cluster_of_exchange_[busy.exchange];
        Cluster& cluster = clusters_[number];
        if (--cluster.running == 0) cluster.rests_at = std::max(now, rests_at_(number));
    }
    finish(accelerator, busy.task, busy.step);
}

std::vector<TaskStart> TaskScheduler::start(Cycles now) {
    while (!open_.empty()) {
        const auto [accelerator, task, step] = open_.back();
        open_.pop_back();
        arrive(accelerator, task, step, now);
    }
    release_clusters(now);
    fresh_nodes_.clear();
    std::vector<TaskStart> starts;
    start_computing(starts);
    start_exchanges(starts);
    return starts;
}

std::optional<Cycles> TaskScheduler::next_rest() const {
    std::optional<Cycles> next;
    for (const std::size_t cluster : active_clusters_) {
        const std::optional<Cycles>& rest = clusters_[cluster].rests_at;
        if (rest && (!next || *rest < *next)) next = rest;
    }
    return next;
}

bool TaskScheduler::has_share(std::size_t accelerator, std::uint32_t task) const {
    const TaskGraph::Task& of = graph_.tasks[task];
    if (of.kind == TaskGraph::Kind::Nothing) return false;
    if (of.kind == TaskGraph::Kind::Exchange) return groups_.group_of(task, accelerator).has_value();
    return units_at_work(program_, program_.segments[task], accelerator) > 0;
}

/// An accelerator has what it needs for a task.
void TaskScheduler::arrive(std::size_t accelerator, std::uint32_t task, std::uint32_t step, Cycles now) {
    const TaskGraph::Task& of = graph_.tasks[task];
    if (!has_share(accelerator, task)) return finish(accelerator, task, step);
    if (of.kind == TaskGraph::Kind::Compute) {
        ready_[accelerator].insert({of.turn, step, task});
        return;
    }
    const std::size_t group = *groups_.group_of(task, accelerator);
    if (++arrived_[step * groups_.all().size() + group] < groups_[group].members.size()) return;
    const bool errors_first = order_ == CommunicationOrder::ErrorsFirst;
    ready_groups_.insert({errors_first ? of.rank : 0, errors_first ? 0 : now, step, group});
}

void TaskScheduler::finish(std::size_t accelerator, std::uint32_t task, std::uint32_t step) {
    --unfinished_;
    for (const std::uint32_t next : graph_.tasks[task].next) release(accelerator, next, step);
    if (step + 1 == steps_) return;
    for (const std::uint32_t next : graph_.tasks[task].next_of_step_after) release(accelerator, next, step + 1);
}

void TaskScheduler::release(std::size_t accelerator, std::uint32_t task, std::uint32_t step) {
    if (--missing_[place(accelerator, task, step)] == 0) open_.emplace_back(accelerator, task, step);
}

void TaskScheduler::release_clusters(Cycles now) {
    for (auto number = active_clusters_.begin(); number != active_clusters_.end();) {
        const Cluster& cluster = clusters_[*number];
        if (!cluster.rests_at || *cluster.rests_at > now) {
            ++number;
            continue;
        }
        for (const std::uint32_t node : cluster.nodes) cluster_of_node_[node] = kNone;
        number = active_clusters_.erase(number);
    }
}

void TaskScheduler::start_computing(std::vector<TaskStart>& starts) {
    for (std::size_t i = 0; i < ready_.size(); ++i) {
        if (computing_[i].is_busy || ready_[i].empty()) continue;
        const Ready first = *ready_[i].begin();
        ready_[i].erase(ready_[i].begin());
        computing_[i] = {first.step, first.task, kNone, true};
        starts.push_back({first.step, first.task, i, std::nullopt});
    }
}

void TaskScheduler::start_exchanges(std::vector<TaskStart>& starts) {
    for (auto ready = ready_groups_.begin(); ready != ready_groups_.end();) {
        const ExchangeGroup& group = groups_[ready->group];
        if (!can_start(group)) {
            ++ready;
            continue;
        }
        const auto task = static_cast<std::uint32_t>(group.segment);
        const std::size_t exchange = members_left_.size();
        for (const std::uint32_t member : group.members) exchanging_[member] = {ready->step, task, exchange, true};
        members_left_.push_back(group.members.size());
        cluster_of_exchange_.push_back(kNone);
        join_cluster(exchange, group);
        starts.push_back({ready->step, task, 0, ready->group});
        ready = ready_groups_.erase(ready);
    }
}

bool TaskScheduler::can_start(const ExchangeGroup& group) const {
    const bool all_are_free = std::none_of(group.members.begin(), group.members.end(),
                                           [&](std::uint32_t member) { return exchanging_[member].is_busy; });
    return all_are_free && std::none_of(group.nodes.begin(), group.nodes.end(), [&](std::uint32_t node) {
               return cluster_of_node_[node] != kNone && clusters_[cluster_of_node_[node]].rests_at;
           });
}

/// The exchange and all those that it meets are of one cluster from now on.
void TaskScheduler::join_cluster(std::size_t exchange, const ExchangeGroup& group) {
    const std::size_t number = clusters_.size();
    Cluster cluster;
    std::set<std::size_t> met;
    for (const std::uint32_t node : group.nodes) {
        if (cluster_of_node_[node] == kNone) {
            fresh_nodes_.push_back(node);
        } else {
            met.insert(cluster_of_node_[node]);
        }
        cluster.nodes.insert(node);
    }
    for (const std::size_t other : met) {
        Cluster& joined = clusters_[other];
        cluster.exchanges.insert(cluster.exchanges.end(), joined.exchanges.begin(), joined.exchanges.end());
        cluster.nodes.insert(joined.nodes.begin(), joined.nodes.end());
        cluster.running += joined.running;
        for (const std::size_t of_it : joined.exchanges) cluster_of_exchange_[of_it] = number;
        joined = {};
        active_clusters_.erase(other);
    }
    std::sort(cluster.exchanges.begin(), cluster.exchanges.end());
    cluster.exchanges.push_back(exchange);
    ++cluster.running;
    cluster_of_exchange_[exchange] = number;
    for (const std::uint32_t node : cluster.nodes) cluster_of_node_[node] = number;
    clusters_.push_back(std::move(cluster));
    active_clusters_.insert(number);
}

}  // namespace hypar
