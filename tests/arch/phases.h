#pragma once

#include <stdexcept>

#include "arch/unit/loop_nest.h"
#include "workloads/phase.h"

namespace hypar::tests {

/// Makes of a nest what a training phase computes.
inline void set_phase(LoopNest& nest, Phase phase) {
    nest.kind = phase == Phase::Update ? OperatorKind::Elementwise : OperatorKind::MultiplyAccumulate;
    switch (phase) {
        case Phase::Forward: nest.result = NestTensor::Outputs; break;
        case Phase::Backward: nest.result = NestTensor::Features; break;
        case Phase::Gradient:
        case Phase::Update: nest.result = NestTensor::Filters; break;
    }
}

inline Phase phase_of(const LoopNest& nest) {
    for (const Phase phase : kPhases) {
        LoopNest other = nest;
        set_phase(other, phase);
        if (other == nest) return phase;
    }
    throw std::logic_error("no phase computes this");
}

}  // namespace hypar::tests
