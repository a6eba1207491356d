#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace hypar {

/// The parts of a layer's training step, in the order in which they need each other:
/// forward (F_{l+1} = f(F_l W_l)), backward (E_l from E_{l+1} and W_l), gradient (dW_l from F_l and E_{l+1}),
/// update (W_l from dW_l).
enum class Phase { Forward, Backward, Gradient, Update };

constexpr std::array<Phase, 4> kPhases = {Phase::Forward, Phase::Backward, Phase::Gradient, Phase::Update};

constexpr const char* name_of(Phase phase) {
    constexpr std::array<const char*, 4> kNames = {"forward", "backward", "gradient", "update"};
    return kNames[static_cast<std::size_t>(phase)];
}

/// In the order of kPhases.
inline std::vector<std::string> phase_names() {
    std::vector<std::string> names;
    names.reserve(kPhases.size());
    for (const Phase phase : kPhases) names.emplace_back(name_of(phase));
    return names;
}

}  // namespace hypar
