#pragma once

#include <random>

#include "tests/partition/random_operators.h"
#include "tests/sim/random_step.h"

namespace hypar::tests {

/// The step of a random network of every kind of operator, and a plan, on a random array, mostly with vector units.
struct RandomOperatorStep {
    explicit RandomOperatorStep(std::uint64_t seed)
        : random(seed),
          of_networks(static_cast<std::mt19937::result_type>(seed)),
          array(draw_array(random)),
          network(RandomOperators(of_networks).next(8)),
          plan(random_plan_of_operators(of_networks, network, default_levels(array.accelerators))),
          step{draw(random, 1, 40), 4, PartialSums::Pooled, seed % 3,
               seed % 2 == 0 ? OptimizerState::Whole : OptimizerState::Sharded} {}

    static ArraySpec draw_array(Random& random) {
        ArraySpec array = random_array(random, false);
        if (draw(random, 0, 3) > 0) {
            array.vector_unit = {draw(random, 1, 100), draw(random, 1, 40) * 64, draw(random, 0, 1) == 1};
        }
        return array;
    }

    Random random;
    std::mt19937 of_networks;
    ArraySpec array;
    Network network;
    Plan plan;
    StepShape step;
};

}  // namespace hypar::tests
