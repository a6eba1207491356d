#include "sim/program/lowering.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

class Lowering {
public:
    Lowering(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
             Mapper& mapper)
        : network_(network),
          plan_(plan),
          step_(step),
          phases_(phases),
          mapper_(mapper),
          exchanges_(plan_exchanges(network, plan, step)) {}

    Program lower() {
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            add_compute(layer, Phase::Forward);
            add_exchanges(layer, Phase::Forward, exchanges_[layer].forward);
        }
        for (std::size_t layer = network_.size(); layer-- > 0;) {
            add_exchanges(layer, Phase::Backward, exchanges_[layer].backward);
            add_compute(layer, Phase::Backward);
            add_compute(layer, Phase::Gradient);
            add_exchanges(layer, Phase::Gradient, exchanges_[layer].gradient);
            add_compute(layer, Phase::Update);
        }
        return std::move(program_);
    }

private:
    bool has(Phase phase) const { return std::find(phases_.begin(), phases_.end(), phase) != phases_.end(); }

    void add_compute(std::size_t layer, Phase phase) {
        if (!has(phase)) return;
        Segment segment{layer, phase, {}, {}};
        for (std::uint64_t i = 0; i < plan_.accelerators(); ++i) {
            segment.compute.push_back(schedules_of(shard_nest(network_, plan_, step_, layer, phase, i), layer));
        }
        program_.segments.push_back(std::move(segment));
    }

    void add_exchanges(std::size_t layer, Phase phase, const std::vector<Exchange>& exchanges) {
        if (!has(phase)) return;
        for (const Exchange& exchange : exchanges) {
            Segment segment{layer, phase, {}, {}, exchange.level};
            for (std::uint64_t i = 0; i < plan_.accelerators(); ++i) {
                const std::uint64_t partner = partner_at(i, exchange.level, plan_.levels());
                segment.shares.push_back({partner, exchange.sent_bytes[i], exchange.sent_bytes[partner],
                                          exchange.pattern == Pattern::ReduceScatter});
            }
            program_.segments.push_back(std::move(segment));
        }
    }

    /// The schedules of a shard, by processing unit.
    std::vector<std::uint32_t> schedules_of(const LoopNest& shard, std::size_t layer) {
        std::vector<std::uint32_t> numbers;
        try {
            const DividedShard& division = mapper_.divide(shard);
            for (const LoopNest& nest : division.nests) numbers.push_back(number_of(nest, division));
        } catch (const ConfigError& error) {
            throw ConfigError(error.key(), fmt::format("{} {}: {}", network_.layer(layer).name, name_of(shard.phase),
                                                       error.problem()));
        }
        return numbers;
    }

    /// Of the schedule of a part, the same for parts that do the same.
    std::uint32_t number_of(const LoopNest& nest, const DividedShard& division) {
        std::vector<std::uint32_t>& numbers = numbers_[{nest, division.nests.front()}];
        for (const std::uint32_t number : numbers) {
            if (program_.schedules[number].mapping() == division.mapping) return number;
        }
        numbers.push_back(static_cast<std::uint32_t>(program_.schedules.size()));
        program_.schedules.push_back(mapper_.schedule(nest, division));
        return numbers.back();
    }

    const Network& network_;
    const Plan& plan_;
    const StepShape& step_;
    const std::vector<Phase>& phases_;
    Mapper& mapper_;
    std::vector<LayerExchanges> exchanges_;
    /// Of the schedules of a nest led by another, one for each mapping.
    std::map<std::pair<LoopNest, LoopNest>, std::vector<std::uint32_t>> numbers_;
    Program program_;
};

/// A share of the input channels as groups with channels of their own: whole groups, or a part of one.
void divide_into_groups(LoopNest& nest, const Layer& layer, std::size_t index) {
    const std::uint64_t of_a_group = layer.input.channels / layer.groups;
    const std::uint64_t owned = nest.in_channels;
    if (owned % of_a_group == 0) {
        nest.groups = owned / of_a_group;
        nest.in_channels = of_a_group;
    } else if (of_a_group % owned != 0) {
        throw ConfigError(fmt::format("network.layers.{}.groups", index),
                          fmt::format("{} groups of {} input channels cannot be divided into shares of {} channels: "
                                      "expected shares of whole groups or equal parts of one",
                                      layer.groups, of_a_group, owned));
    }
}

}  // namespace

LoopNest shard_nest(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer, Phase phase,
                    std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const Layout layout = compute_layout(plan, layer);
    LoopNest nest;
    nest.phase = phase;
    nest.samples = owned_items(step.batch, layout.batch, accelerator, plan.levels());
    nest.in_channels = owned_channels(network, plan, layer, step.partial_sums, accelerator);
    nest.out_channels = shape.unpooled_output.channels / shape.groups;
    if (shape.groups > 1) divide_into_groups(nest, shape, layer);
    if (phase == Phase::Update) {
        nest.groups = 1;
        nest.out_channels = owned_weights(network, plan, layer, step.partial_sums, accelerator);
        nest.samples = 1;
        nest.in_channels = 1;
        nest.state_words = step.optimizer_words;
        return nest;
    }
    nest.in_height = shape.input.height;
    nest.in_width = shape.input.width;
    nest.out_height = shape.unpooled_output.height;
    nest.out_width = shape.unpooled_output.width;
    nest.kernel = shape.kernel;
    nest.stride = shape.stride;
    const bool sums_leave_unpooled =
        phase == Phase::Forward && step.partial_sums == PartialSums::BeforePooling && layout.channels != 0;
    nest.stored_out_plane = (sums_leave_unpooled ? shape.unpooled_output : shape.output).plane();
    return nest;
}

Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              const ArraySpec& array) {
    Mapper mapper(array.mapping_target());
    return lower(network, plan, step, phases, mapper);
}

Program lower(const Network& network, const Plan& plan, const StepShape& step, const std::vector<Phase>& phases,
              Mapper& mapper) {
    return Lowering(network, plan, step, phases, mapper).lower();
}

}  // namespace hypar
