#include "sim/program/vector_lowering.h"

#include <algorithm>

#include "base/checked.h"
#include "partition/shard.h"

namespace hypar {
namespace {

bool is_nothing(const VectorWork& work) { return work == VectorWork{}; }

/// Whether it only adds up the errors that come from several readers, before its layer's own backward phase.
bool adds_errors(const StepOperator& part, const StepGraph& graph) {
    return graph.tensors[part.work.result.tensor].kind == TensorKind::OutputErrors;
}

bool moves(const std::vector<Exchange>& exchanges) {
    return std::any_of(exchanges.begin(), exchanges.end(),
                       [](const Exchange& exchange) { return exchange.bytes() > 0; });
}

}  // namespace

VectorWork vector_work(const Network& network, const Plan& plan, const StepShape& step, const StepOperator& part,
                       std::uint64_t accelerator) {
    const auto owned = [&](Operand operand) {
        return owned_elements(network, plan, step, part.layer, operand, accelerator);
    };
    const bool is_forward = part.phase == Phase::Forward;
    const std::uint64_t in = owned(is_forward ? Operand::Input : Operand::InputError);
    const std::uint64_t out = owned(is_forward ? Operand::Output : Operand::OutputError);
    const auto elements = [&](const ElementRate& rate) {
        return checked_add(checked_multiply(rate.of_input, in), checked_multiply(rate.of_output, out));
    };
    const VectorCost& cost = part.work.vector;
    return {elements(cost.operations), elements(cost.read), elements(cost.written)};
}

std::optional<std::size_t> VectorLowering::add(const StepOperator& part, Program& program) {
    if (!array_.vector_unit.exists()) return std::nullopt;
    Works works;
    for (std::uint64_t i = 0; i < plan_.accelerators(); ++i) {
        works.push_back(vector_work(network_, plan_, step_, part, i));
    }
    if (std::all_of(works.begin(), works.end(), is_nothing)) return std::nullopt;
    const std::optional<std::size_t> host = host_of(part);
    const std::size_t segment = host.value_or(program.segments.size());
    if (!adds_errors(part, graph_)) segments_[{part.layer, part.phase}] = segment;
    if (host) {
        join(part, *host, works);
    } else {
        program.segments.push_back({part.layer, part.phase, {}, {}});
        works_[segment] = std::move(works);
    }
    return segment;
}

std::optional<std::size_t> VectorLowering::segment_of(std::size_t layer, Phase phase) const {
    const auto found = segments_.find({layer, phase});
    if (found == segments_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::size_t> VectorLowering::host_of(const StepOperator& part) const {
    if (!array_.vector_unit.fuse || !is_pointwise(network_.layer(part.layer).type)) return std::nullopt;
    if (part.phase == Phase::Forward) return forward_host(part.layer);
    return part.phase == Phase::Backward && !adds_errors(part, graph_) ? backward_host(part.layer) : std::nullopt;
}

/// Of several inputs the one that is made last.
std::optional<std::size_t> VectorLowering::forward_host(std::size_t layer) const {
    const std::vector<std::size_t>& producers = network_.producers(layer);
    const Layer& shape = network_.layer(layer);
    if (producers.empty() || (shape.inputs == 1 && producers.size() > 1)) return std::nullopt;
    const std::size_t last = *std::max_element(producers.begin(), producers.end());
    const bool is_alone = network_.consumers(last).size() == 1 && network_.layer(last).output == shape.input;
    if (!is_alone || moves(exchanges_[last].forward)) return std::nullopt;
    return segment_of(last, Phase::Forward);
}

std::optional<std::size_t> VectorLowering::backward_host(std::size_t layer) const {
    const std::vector<std::size_t>& consumers = network_.consumers(layer);
    if (consumers.size() != 1 || moves(exchanges_[layer].backward)) return std::nullopt;
    const Layer& consumer = network_.layer(consumers.front());
    const bool is_alone =
        consumer.inputs == 1 && consumer.input.elements() == network_.layer(layer).output.elements();
    return is_alone ? segment_of(consumers.front(), Phase::Backward) : std::nullopt;
}

/// What the host makes is not read; it is written only where it is kept for the backward phase.
void VectorLowering::join(const StepOperator& part, std::size_t host, const Works& works) {
    Works& joined = works_[host];
    joined.resize(works.size());
    const bool is_forward = part.phase == Phase::Forward;
    const bool is_kept = is_forward && graph_.at(TensorKind::Inputs, part.layer).kept.has_value();
    for (std::uint64_t i = 0; i < works.size(); ++i) {
        const std::uint64_t shared =
            owned_elements(network_, plan_, step_, part.layer, is_forward ? Operand::Input : Operand::OutputError, i);
        VectorWork& sum = joined[i];
        sum.operations = checked_add(sum.operations, works[i].operations);
        sum.read_elements = checked_add(sum.read_elements, works[i].read_elements - shared);
        sum.written_elements = checked_add(sum.written_elements, works[i].written_elements - (is_kept ? 0 : shared));
    }
}

void VectorLowering::finish(Program& program) const {
    for (const auto& [segment, works] : works_) {
        for (const VectorWork& work : works) {
            program.segments[segment].vector_work.push_back(vector_schedule_of(program, work, array_));
        }
    }
}

}  // namespace hypar
