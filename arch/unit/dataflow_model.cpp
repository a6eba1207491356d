#include "arch/unit/dataflow_model.h"

#include <array>

#include "arch/unit/output_stationary.h"
#include "arch/unit/row_stationary.h"
#include "arch/unit/streaming.h"

namespace hypar {
namespace {

constexpr std::array<const DataflowModel*, 3> kModels = {&kRowStationary, &kOutputStationary, &kStreaming};

}  // namespace

const DataflowModel& model_of(Dataflow dataflow) { return *kModels[static_cast<std::size_t>(dataflow)]; }

std::vector<PassShape> array_sets(const UnitSpec& unit, const LoopNest& nest) {
    std::vector<PassShape> all;
    for (const DataflowModel* model : kModels) {
        const std::vector<PassShape> sets = model->sets(unit, nest);
        all.insert(all.end(), sets.begin(), sets.end());
    }
    return all;
}

}  // namespace hypar
