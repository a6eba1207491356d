#include "report/estimate.h"

#include <algorithm>

#include "report/run_render.h"

namespace hypar {
namespace {

constexpr double kBitsOfAByte = 8;

}  // namespace

Estimate estimate_of(const RunReport& report) {
    const double accelerators = static_cast<double>(report.array.accelerators);
    const double macs = static_cast<double>(report.counts().macs);
    Estimate estimate;
    estimate.compute_seconds = macs / (kEstimatedUtilisation * peak_macs_per_second(report));
    if (report.traffic_bytes == 0) return estimate;
    const double links = static_cast<double>(report.topology.wiring().into_accelerator.least);
    estimate.communication_seconds =
        kBitsOfAByte * static_cast<double>(report.traffic_bytes) / (accelerators * links);
    return estimate;
}

}  // namespace hypar
