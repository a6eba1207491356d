#include "arch/unit/dataflow_model.h"

#include <array>

#include "arch/unit/flexflow.h"
#include "arch/unit/neurocube.h"
#include "arch/unit/output_stationary.h"
#include "arch/unit/row_stationary.h"
#include "arch/unit/streaming.h"
#include "arch/unit/systolic.h"

namespace hypar {
namespace {

/// By Dataflow.
constexpr std::array<const DataflowModel*, 8> kModels = {&kRowStationary,   &kOutputStationary, &kStreaming,
                                                         &kSystolicOutputs, &kSystolicWeights,  &kSystolicInputs,
                                                         &kNeurocube,       &kFlexFlow};

/// The dataflows that a kind of array can do.
using Dataflows = std::vector<const DataflowModel*>;

/// By PeArrayKind.
const std::array<Dataflows, 4>& dataflows_by_kind() {
    static const std::array<Dataflows, 4> kDataflows = {
        Dataflows{&kRowStationary, &kOutputStationary, &kStreaming},
        Dataflows{&kSystolicOutputs, &kSystolicWeights, &kSystolicInputs, &kStreaming},
        Dataflows{&kNeurocube, &kStreaming}, Dataflows{&kFlexFlow, &kStreaming}};
    return kDataflows;
}

}  // namespace

std::vector<std::uint64_t> halves_of(std::uint64_t count) {
    std::vector<std::uint64_t> halves;
    for (; count > 0; count /= 2) halves.push_back(count);
    return halves;
}

void add_sets_alone(std::vector<PassShape>& passes, const UnitSpec&, const LoopNest&, const PassShape& sets) {
    passes.push_back(sets);
}

const DataflowModel& model_of(Dataflow dataflow) { return *kModels[static_cast<std::size_t>(dataflow)]; }

std::vector<PassShape> array_sets(const UnitSpec& unit, const LoopNest& nest) {
    std::vector<PassShape> all;
    for (const DataflowModel* model : dataflows_by_kind()[static_cast<std::size_t>(unit.pe_array.kind)]) {
        const std::vector<PassShape> sets = model->sets(unit, nest);
        all.insert(all.end(), sets.begin(), sets.end());
    }
    return all;
}

}  // namespace hypar
