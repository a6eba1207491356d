#include "collective/algorithm.h"

#include <algorithm>

#include "base/even_part.h"

namespace hypar {

const std::vector<AlgorithmModel>& algorithm_models() {
    static const std::vector<AlgorithmModel> kModels = {pairwise_model(), ring_model(), bucket_model(), tree_model(),
                                                        direct_model()};
    return kModels;
}

const AlgorithmModel& model_of(CollectiveAlgorithm algorithm) {
    const std::vector<AlgorithmModel>& models = algorithm_models();
    return *std::find_if(models.begin(), models.end(),
                         [&](const AlgorithmModel& model) { return model.algorithm == algorithm; });
}

std::uint64_t groups_of_any_size(CollectiveKind) { return UINT64_MAX; }

std::uint64_t part_of_bytes(std::uint64_t bytes, std::uint64_t part, std::uint64_t parts,
                            std::uint64_t element_bytes) {
    return even_part(bytes / element_bytes, part, parts) * element_bytes;
}

}  // namespace hypar
