#include "sim/program/lowering.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/names.h"
#include "base/words.h"
#include "collective/choice.h"
#include "partition/border.h"
#include "sim/program/collective_bucket.h"
#include "sim/program/traffic_bound.h"
#include "sim/program/vector_lowering.h"

namespace hypar {
namespace {

/// Flows from `first` on, by where they enter; in `added` those with sums in place of earlier ones.
void note_entered(const std::vector<Flow>& flows, std::uint32_t first,
                  std::vector<std::vector<std::uint32_t>>& entered, std::vector<std::vector<std::uint32_t>>& added) {
    for (std::uint32_t flow = first; flow < flows.size(); ++flow) {
        if (flows[flow].added_bytes > 0) added[flows[flow].to].clear();
    }
    for (std::uint32_t flow = first; flow < flows.size(); ++flow) {
        entered[flows[flow].to].push_back(flow);
        if (flows[flow].added_bytes > 0) added[flows[flow].to].push_back(flow);
    }
}

/// Stages without a barrier between them: what an accelerator sends in one leaves when all that it receives in those
/// before has come, and sums that come are added after theirs.
Stage one_stage(std::vector<Stage> stages, std::uint64_t accelerators) {
    if (stages.size() == 1) return std::move(stages.front());
    Stage whole;
    std::vector<std::vector<std::uint32_t>> entered(accelerators);  // in the stages before
    std::vector<std::vector<std::uint32_t>> added(accelerators);    // in the last of them with sums
    for (Stage& stage : stages) {
        whole.levels |= stage.levels;
        const auto first = static_cast<std::uint32_t>(whole.flows.size());
        for (Flow& flow : stage.flows) {
            flow.for_each_other([&](std::uint32_t& other) { other += first; });
            flow.after.insert(flow.after.begin(), entered[flow.from].begin(), entered[flow.from].end());
            if (flow.added_bytes > 0) {
                flow.adds_after.insert(flow.adds_after.end(), added[flow.to].begin(), added[flow.to].end());
            }
            whole.flows.push_back(std::move(flow));
        }
        note_entered(whole.flows, first, entered, added);
    }
    return whole;
}

/// All that decides how a collective is carried out: who sends what to whom.
Words words_of(const Collective& collective) {
    Words words{static_cast<std::uint64_t>(collective.kind), collective.levels};
    append_words(words, collective.blocks);
    for (const Exchange& exchange : collective.exchanges) {
        words.insert(words.end(), {exchange.group, std::uint64_t{exchange.adds}, exchange.rounds.size()});
        for (const Round& round : exchange.rounds) {
            words.push_back(round.offset);
            append_words(words, round.sent_bytes);
        }
    }
    return words;
}

class Lowering {
public:
    Lowering(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
             const ArraySpec& array, const Topology& topology, const Mappers& mappers, const ScheduleSpec& schedule)
        : network_(network),
          plan_(plan),
          step_(step),
          array_(array),
          mappers_(mappers),
          graph_(derive_step(network, phases, step.batch, step.optimizer_words)),
          exchanges_(plan_exchanges(network, plan, step)),
          vector_(network, plan, step, graph_, exchanges_, array),
          choice_(array, topology, plan.division()),
          element_bytes_(array.precision.bytes),
          is_overlapped_(schedule.is_overlapped()),
          gradients_(plan.division(), is_overlapped_ ? schedule.bucket_bytes : 0),
          weights_(plan.division(), is_overlapped_ ? schedule.bucket_bytes : 0) {}

    Program lower() {
        for (const StepOperator& part : graph_.operators) {
            if (part.moved_before) add_exchanges(part, graph_.tensors[*part.moved_before]);
            if (part.work.kind == OperatorKind::Vector) {
                add_vector(part);
            } else {
                add_compute(part);
            }
            if (part.moved_after) add_exchanges(part, graph_.tensors[*part.moved_after]);
        }
        close(gradients_);
        close(weights_);
        vector_.finish(program_);
        return std::move(program_);
    }

private:
    void add_vector(const StepOperator& part) {
        const std::size_t next = program_.segments.size();
        const std::optional<std::size_t> segment = vector_.add(part, program_);
        program_.operator_segments.push_back(segment.value_or(next));
        program_.is_computed.push_back(segment.has_value());
    }

    void add_compute(const StepOperator& part) {
        Segment segment{part.layer, part.phase, {}, {}};
        program_.operator_segments.push_back(program_.segments.size());
        program_.is_computed.push_back(true);
        vector_.note(part, program_.segments.size());
        for (std::uint64_t i = 0; i < plan_.accelerators(); ++i) {
            const LoopNest shard = shard_nest(network_, plan_, step_, part, i);
            segment.compute.push_back(schedules_of(shard, part, array_.kind_of(i)));
            if (!shard.empty()) {
                segment.tensor_bytes = checked_add(segment.tensor_bytes, tensor_bytes(shard, element_bytes_));
            }
        }
        program_.segments.push_back(std::move(segment));
    }

    const std::vector<Exchange>& exchanges_of(const StepTensor& tensor) const {
        const LayerExchanges& layer = exchanges_[tensor.layer];
        switch (tensor.kind) {
            case TensorKind::Outputs: return layer.forward;
            case TensorKind::OutputErrors: return layer.backward;
            case TensorKind::Weights: return layer.weights;
            default: return layer.gradient;
        }
    }

    /// Where the tensor waits for others to go with it; none of what goes at once.
    CollectiveBucket* bucket_of(const StepTensor& tensor) {
        if (!gradients_.exists()) return nullptr;
        if (tensor.kind == TensorKind::WeightGradients) return &gradients_;
        return tensor.kind == TensorKind::Weights ? &weights_ : nullptr;
    }

    void add_exchanges(const StepOperator& part, const StepTensor& tensor) {
        const std::size_t number = graph_.tensor(tensor.kind, tensor.layer);
        const std::vector<Collective> collectives = collectives_of(exchanges_of(tensor), plan_.division());
        CollectiveBucket* bucket = bucket_of(tensor);
        if (bucket != nullptr && collectives.size() == 1) {
            if (!bucket->takes(collectives.front())) close(*bucket);
            bucket->add(part, number, collectives.front());
            return;
        }
        for (const Collective& collective : collectives) add_collective(part, collective, {number});
    }

    void close(CollectiveBucket& bucket) {
        if (!bucket.is_empty()) add_collective(bucket.last(), bucket.joined(), bucket.tensors());
        bucket.clear();
    }

    void add_collective(const StepOperator& part, const Collective& collective,
                        const std::vector<std::size_t>& moved) {
        const std::uint64_t bytes = collective.bytes();
        if (bytes == 0) return;
        const auto [known, is_new] = alike_.try_emplace(words_of(collective), program_.collectives.size());
        if (!is_new) return add_again(part, collective, moved, program_.collectives[known->second]);
        CarriedOut carried = choice_.carry_out(collective);
        if (is_overlapped_) carried.stages = {one_stage(std::move(carried.stages), plan_.accelerators())};
        program_.collectives.push_back({part.layer, part.phase, collective.tensor, collective.kind, collective.levels,
                                        plan_.division().places(collective.levels), carried.algorithm, bytes,
                                        carried.predicted, choice_.bound(collective), program_.segments.size(),
                                        carried.stages.size(), moved});
        for (Stage& stage : carried.stages) {
            program_.segments.push_back({part.layer, part.phase, {}, std::move(stage.flows), stage.levels});
        }
    }

    /// A collective of which one alike is carried out before.
    void add_again(const StepOperator& part, const Collective& collective, const std::vector<std::size_t>& moved,
                   ProgramCollective before) {
        const std::size_t first = program_.segments.size();
        for (std::size_t stage = 0; stage < before.segments; ++stage) {
            const Segment& same = program_.segments[before.first_segment + stage];
            Segment segment{part.layer, part.phase, {}, same.flows, same.levels};
            program_.segments.push_back(std::move(segment));
        }
        before.layer = part.layer;
        before.phase = part.phase;
        before.tensor = collective.tensor;
        before.first_segment = first;
        before.moved = moved;
        program_.collectives.push_back(std::move(before));
    }

    /// The schedules of a shard on an accelerator of a kind, by processing unit.
    std::vector<std::uint32_t> schedules_of(const LoopNest& shard, const StepOperator& part, std::uint32_t kind) {
        Mapper& mapper = *mappers_[kind];
        std::vector<std::uint32_t> numbers;
        try {
            const DividedShard& division =
                mapper.divide(shard, mapper.pin_of(network_.layer(part.layer).name, part.phase));
            for (const LoopNest& nest : division.nests) numbers.push_back(number_of(nest, division, mapper));
        } catch (const ConfigError& error) {
            throw ConfigError(error.key(), fmt::format("{} {}: {}", network_.layer(part.layer).name,
                                                       name_of(part.phase), error.problem()));
        }
        return numbers;
    }

    /// Of the schedule of a part, the same for parts that do the same.
    std::uint32_t number_of(const LoopNest& nest, const DividedShard& division, Mapper& mapper) {
        std::vector<std::uint32_t>& numbers = numbers_[{&mapper, nest, division.nests.front()}];
        for (const std::uint32_t number : numbers) {
            if (program_.schedules[number].mapping() == division.mapping) return number;
        }
        numbers.push_back(static_cast<std::uint32_t>(program_.schedules.size()));
        program_.schedules.push_back(mapper.schedule(nest, division));
        return numbers.back();
    }

    const Network& network_;
    const Plan& plan_;
    const StepShape& step_;
    const ArraySpec& array_;
    const Mappers& mappers_;
    StepGraph graph_;
    std::vector<LayerExchanges> exchanges_;
    VectorLowering vector_;
    CollectiveChoice choice_;
    std::uint64_t element_bytes_;
    bool is_overlapped_;
    CollectiveBucket gradients_;
    CollectiveBucket weights_;
    /// Of the schedules that a mapper makes of a nest led by another, one for each mapping.
    std::map<std::tuple<const Mapper*, LoopNest, LoopNest>, std::vector<std::uint32_t>> numbers_;
    std::map<Words, std::size_t> alike_;  ///< by what decides how it is carried out: the first such collective
    Program program_;
};

/// Every pin must be of a layer.
void check_pins(const std::vector<MappingPin>& pins, const Network& network) {
    std::vector<std::string> names;
    for (const Layer& layer : network.layers()) names.push_back(layer.name);
    for (const MappingPin& pin : pins) {
        if (std::find(names.begin(), names.end(), pin.layer) != names.end()) continue;
        throw ConfigError("array.mapping.pin", unknown_name("layer", pin.layer, names));
    }
}

/// A share of the input channels as groups with channels of their own: whole groups, or a part of one.
void divide_into_groups(LoopNest& nest, const StepOperator& part) {
    const std::uint64_t of_a_group = part.work.extent(Axis::InChannels);
    const std::uint64_t owned = nest.in_channels;
    if (owned % of_a_group == 0) {
        nest.groups = owned / of_a_group;
        nest.in_channels = of_a_group;
    } else if (of_a_group % owned != 0) {
        throw ConfigError(fmt::format("network.layers.{}.groups", part.layer),
                          fmt::format("{} groups of {} input channels cannot be divided into shares of {} channels: "
                                      "expected shares of whole groups or equal parts of one",
                                      part.work.extent(Axis::Groups), of_a_group, owned));
    }
}

/// Weights lack the rows, features the output channels, outputs the input channels.
NestTensor nest_tensor(const TensorUse& use) {
    if (!contains(use.axes, Axis::Rows)) return NestTensor::Filters;
    return contains(use.axes, Axis::InChannels) ? NestTensor::Features : NestTensor::Outputs;
}

/// Every head of every sample is a product of its own, with no other's operands.
void add_product_extents(LoopNest& nest, const Network& network, const Plan& plan, const StepShape& step,
                         const StepOperator& part, std::uint64_t accelerator) {
    const Layer& shape = network.layer(part.layer);
    const Operator& work = part.work;
    const Layout layout = compute_layout(plan, part.layer);
    const auto owned = [&](std::uint64_t items, LevelSet levels) {
        return owned_items(items, levels, accelerator, plan.division());
    };
    nest.samples = 1;
    const std::uint64_t of_a_head = shape.output.channels / shape.kv_heads;
    nest.groups = checked_multiply(owned(step.batch, layout.batch),
                                   owned_outputs(network, plan, part.layer, accelerator) / of_a_head);
    nest.in_channels = work.extent(Axis::InChannels);
    nest.out_channels = work.extent(Axis::OutChannels);
    nest.in_height = checked_multiply(owned(shape.input.height, layout.rows), shape.heads / shape.kv_heads);
    nest.out_height = nest.in_height;
    nest.stored_out_plane = nest.out_height;
    if (nest.out_height == 0) nest.groups = 0;
}

void add_convolution_extents(LoopNest& nest, const Network& network, const Plan& plan, const StepShape& step,
                             const StepOperator& part, std::uint64_t accelerator) {
    const Layer& shape = network.layer(part.layer);
    const Operator& work = part.work;
    const bool is_transposed = shape.type == LayerType::TransposedConvolution;
    const Layout layout = compute_layout(plan, part.layer);
    nest.samples = owned_items(work.extent(Axis::Batch), layout.batch, accelerator, plan.division());
    nest.in_channels = owned_channels(network, plan, part.layer, step.partial_sums, accelerator);
    nest.out_channels = owned_outputs(network, plan, part.layer, accelerator) / work.extent(Axis::Groups);
    if (is_transposed) {
        std::swap(nest.in_channels, nest.out_channels);
        nest.in_channels *= work.extent(Axis::Groups);
        nest.out_channels /= work.extent(Axis::Groups);
    }
    if (work.extent(Axis::Groups) > 1) divide_into_groups(nest, part);
    nest.in_width = work.window.columns;
    nest.out_width = work.extent(Axis::Columns);
    nest.kernel_height = work.extent(Axis::KernelRows);
    nest.kernel_width = work.extent(Axis::KernelColumns);
    nest.stride_height = work.window.stride.height;
    nest.stride_width = work.window.stride.width;
    nest.dilation_height = work.window.dilation.height;
    nest.dilation_width = work.window.dilation.width;
    if (is_transposed) {
        nest.in_height = work.window.rows;
        nest.out_height = work.extent(Axis::Rows);
        nest.stored_out_plane = shape.input.plane();
        return;
    }
    nest.in_height = input_rows(shape, layout.rows, accelerator, plan.division());
    nest.out_height = computed_rows(shape, layout.rows, accelerator, plan.division());
    const bool sums_leave_unpooled = nest.result == NestTensor::Outputs &&
                                     step.partial_sums == PartialSums::BeforePooling &&
                                     makes_partial_sums(network, plan, part.layer);
    const std::uint64_t stored_rows =
        sums_leave_unpooled ? nest.out_height
                            : owned_items(shape.output.height, layout.rows, accelerator, plan.division());
    nest.stored_out_plane =
        checked_multiply(stored_rows, (sums_leave_unpooled ? shape.unpooled_output : shape.output).width);
}

}  // namespace

LoopNest shard_nest(const Network& network, const Plan& plan, const StepShape& step, const StepOperator& part,
                    std::uint64_t accelerator) {
    const Operator& work = part.work;
    const Layer& shape = network.layer(part.layer);
    LoopNest nest;
    nest.kind = work.kind;
    nest.result = nest_tensor(work.result);
    if (work.kind == OperatorKind::Elementwise) {
        nest.samples = 1;
        nest.in_channels = 1;
        nest.out_channels = updated_weights(network, plan, step, part.layer, accelerator);
        nest.state_words = work.written_words - 1;
        return nest;
    }
    if (shape.is_product()) {
        add_product_extents(nest, network, plan, step, part, accelerator);
    } else {
        add_convolution_extents(nest, network, plan, step, part, accelerator);
    }
    return nest;
}

Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array, const ScheduleSpec& schedule) {
    std::deque<Mapper> own;
    Mappers mappers;
    for (const ArraySpec& kind : array.by_kind()) mappers.push_back(&own.emplace_back(kind.mapping_target()));
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    return lower(network, plan, step, phases, array, topology, mappers, schedule);
}

Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array, const Topology& topology, const Mappers& mappers,
              const ScheduleSpec& schedule) {
    for (const ArraySpec& kind : array.by_kind()) check_pins(kind.mapping.pins, network);
    return Lowering(network, plan, step, phases, array, topology, mappers, schedule).lower();
}

}  // namespace hypar
