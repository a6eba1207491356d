#include "sim/program/task_graph.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

namespace hypar {
namespace {

using Tasks = std::vector<std::uint32_t>;

class TaskGraphBuilder {
public:
    TaskGraphBuilder(const Network& network, const StepGraph& step, const Program& program)
        : network_(network), step_(step), program_(program), makers_(step.tensors.size()) {}

    TaskGraph build() {
        add_segments();
        add_operators();
        chain_computing();
        for (const ProgramCollective& collective : program_.collectives) join_collective(collective);
        for (std::size_t number = 0; number < step_.operators.size(); ++number) join_operator(number);
        join_steps();
        settle();
        return std::move(graph_);
    }

private:
    void add_segments() {
        for (const Segment& segment : program_.segments) {
            TaskGraph::Task task;
            task.kind = segment.is_compute() ? TaskGraph::Kind::Compute : TaskGraph::Kind::Exchange;
            if (segment.is_compute() && segment.phase == Phase::Update) task.turn = TaskGraph::Turn::Last;
            graph_.tasks.push_back(task);
        }
        rank_exchanges();
    }

    /// The last layer's weights are made first, and read last.
    void rank_exchanges() {
        std::uint32_t last = 1;
        for (auto collective = program_.collectives.rbegin(); collective != program_.collectives.rend();
             ++collective) {
            if (collective->tensor != Tensor::Gradient && collective->tensor != Tensor::Weights) continue;
            const std::uint32_t rank = collective->tensor == Tensor::Gradient ? 1 : ++last;
            for (std::size_t stage = 0; stage < collective->segments; ++stage) {
                graph_.tasks[collective->first_segment + stage].rank = rank;
            }
        }
    }

    void add_operators() {
        for (std::size_t number = 0; number < step_.operators.size(); ++number) {
            std::size_t task = program_.operator_segments[number];
            if (!program_.is_computed[number]) {
                task = graph_.tasks.size();
                graph_.tasks.emplace_back();
            }
            task_of_.push_back(static_cast<std::uint32_t>(task));
            makers_[step_.operators[number].work.result.tensor].push_back(task_of_.back());
        }
        sources_.resize(graph_.tasks.size());
    }

    void chain_computing() {
        for (std::uint32_t task = 0; task < program_.segments.size(); ++task) {
            if (graph_.tasks[task].kind != TaskGraph::Kind::Compute) continue;
            if (graph_.tasks[task].turn != TaskGraph::Turn::InOrder) continue;
            if (last_computing_) {
                need(task, {*last_computing_});
            } else {
                first_computing_ = task;
            }
            last_computing_ = task;
        }
    }

    void join_collective(const ProgramCollective& collective) {
        const auto first = static_cast<std::uint32_t>(collective.first_segment);
        for (const std::size_t tensor : collective.moved) need(first, arrival_of(tensor));
        if (collective.tensor == Tensor::Weights) {
            for (const std::uint32_t update : sources_[first]) graph_.tasks[update].turn = TaskGraph::Turn::First;
        }
        for (std::uint32_t stage = 1; stage < collective.segments; ++stage) need(first + stage, {first + stage - 1});
        const auto last = static_cast<std::uint32_t>(first + collective.segments - 1);
        for (const std::size_t tensor : collective.moved) arrivals_[tensor] = last;
    }

    /// Those that make what moves as a tensor: errors are made by the layers that read the outputs, the last layer's
    /// own by its forward phase.
    Tasks made_by(std::size_t tensor) const {
        const StepTensor& moved = step_.tensors[tensor];
        if (moved.kind != TensorKind::OutputErrors) return makers_[tensor];
        if (moved.parts.empty()) return makers_[step_.tensor(TensorKind::Outputs, moved.layer)];
        Tasks tasks;
        for (const std::size_t part : moved.parts) {
            tasks.insert(tasks.end(), makers_[part].begin(), makers_[part].end());
        }
        return tasks;
    }

    /// Where a tensor is there: its last move so far, or those that make it.
    Tasks arrival_of(std::size_t tensor) const {
        const auto known = arrivals_.find(tensor);
        return known == arrivals_.end() ? made_by(tensor) : Tasks{known->second};
    }

    void join_operator(std::size_t number) {
        const StepOperator& part = step_.operators[number];
        const std::uint32_t task = task_of_[number];
        if (part.phase == Phase::Forward) {
            for (const TensorKind kind : {TensorKind::Inputs, TensorKind::SecondInputs}) {
                for (const std::size_t made : step_.at(kind, part.layer).parts) need(task, arrival_of(made));
            }
        } else if (part.phase == Phase::Update) {
            for (const std::size_t layer : users_of(part.layer)) {
                need(task, arrival_of(step_.tensor(TensorKind::WeightGradients, layer)));
            }
        } else {
            const std::size_t errors = step_.tensor(TensorKind::OutputErrors, part.layer);
            need(task, arrival_of(errors));
            need(task, makers_[errors]);  // several errors are added up first
        }
    }

    /// Layers that use a layer's weights, it among them.
    std::vector<std::size_t> users_of(std::size_t owner) const {
        std::vector<std::size_t> users = network_.users_of_weights(owner);
        users.push_back(owner);
        return users;
    }

    void join_steps() {
        if (last_computing_) later_sources_[first_computing_].insert(*last_computing_);
        std::map<std::size_t, std::uint32_t> forward;
        for (std::size_t number = 0; number < step_.operators.size(); ++number) {
            const StepOperator& part = step_.operators[number];
            if (part.phase == Phase::Forward) forward[part.layer] = task_of_[number];
            if (part.phase != Phase::Update) continue;
            for (const std::size_t layer : users_of(part.layer)) {
                const Tasks made = arrival_of(part.work.result.tensor);
                later_sources_[forward.at(layer)].insert(made.begin(), made.end());
            }
        }
    }

    void need(std::uint32_t task, const Tasks& sources) {
        for (const std::uint32_t source : sources) {
            if (source != task) sources_[task].insert(source);
        }
    }

    void settle() {
        for (std::uint32_t task = 0; task < graph_.tasks.size(); ++task) {
            graph_.tasks[task].needs = static_cast<std::uint32_t>(sources_[task].size());
            for (const std::uint32_t source : sources_[task]) graph_.tasks[source].next.push_back(task);
        }
        for (const auto& [task, sources] : later_sources_) {
            graph_.tasks[task].needs_of_step_before = static_cast<std::uint32_t>(sources.size());
            for (const std::uint32_t source : sources) graph_.tasks[source].next_of_step_after.push_back(task);
        }
        if (graph_.in_order().size() < graph_.tasks.size()) throw std::logic_error("tasks wait for each other");
    }

    const Network& network_;
    const StepGraph& step_;
    const Program& program_;
    TaskGraph graph_;
    std::vector<Tasks> makers_;                     ///< by tensor
    Tasks task_of_;                                 ///< by operator
    std::vector<std::set<std::uint32_t>> sources_;  ///< by task
    std::map<std::uint32_t, std::set<std::uint32_t>> later_sources_;
    std::map<std::size_t, std::uint32_t> arrivals_;  ///< of tensors that have moved
    std::uint32_t first_computing_ = 0;
    std::optional<std::uint32_t> last_computing_;
};

}  // namespace

std::vector<std::uint32_t> TaskGraph::in_order() const {
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> missing;
    for (std::uint32_t task = 0; task < tasks.size(); ++task) {
        missing.push_back(tasks[task].needs);
        if (missing.back() == 0) order.push_back(task);
    }
    for (std::size_t at = 0; at < order.size(); ++at) {
        for (const std::uint32_t next : tasks[order[at]].next) {
            if (--missing[next] == 0) order.push_back(next);
        }
    }
    return order;
}

TaskGraph task_graph(const Network& network, const StepGraph& step, const Program& program) {
    return TaskGraphBuilder(network, step, program).build();
}

}  // namespace hypar
