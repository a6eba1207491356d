#include "sim/replay/workers.h"

namespace hypar {

void Workers::number(ArrayModel& model) {
    model_ = &model;
    for (std::size_t index = 0; index < model.accelerators().size(); ++index) {
        Accelerator& accelerator = model.accelerator(index);
        std::size_t unit = 0;
        const auto add = [&](const Worker& worker, bool is_interface) {
            numbers_.emplace(&worker, places_.size());
            places_.push_back({index, unit++, is_interface});
        };
        for (const auto& one : accelerator.units()) add(*one, false);
        if (const VectorUnit* vector_unit = accelerator.vector_unit()) add(*vector_unit, false);
        add(accelerator.interface(), true);
    }
}

ArrayCycles Workers::spent_by(std::uint64_t number) const {
    Accelerator& of = model_->accelerator(accelerator_of(number));
    const std::size_t unit = unit_of(number);
    return unit == of.units().size() ? of.vector_unit()->spent() : of.unit(unit).spent();
}

std::uint64_t start_computing(ArrayModel& model, const Program& program, const Segment& segment,
                              std::size_t accelerator, Picoseconds arrival) {
    Accelerator& of = model.accelerator(accelerator);
    if (!segment.compute.empty()) {
        const std::vector<std::uint32_t>& units = segment.compute[accelerator];
        for (std::size_t unit = 0; unit < units.size(); ++unit) {
            of.unit(unit).start(program.schedules[units[unit]], arrival);
        }
    }
    if (has_vector_work(program, segment, accelerator)) {
        of.vector_unit()->start(program.vector_schedules[segment.vector_work[accelerator]], arrival);
    }
    return units_at_work(program, segment, accelerator);
}

}  // namespace hypar
