#include "report/estimate.h"

#include <algorithm>

#include "report/run_render.h"

namespace hypar {
namespace {

constexpr double kBitsOfAByte = 8;

}  // namespace

Estimate estimate_of(const RunReport& report) {
    const ArraySpec& array = report.array;
    const double accelerators = static_cast<double>(array.accelerators);
    const double elements = static_cast<double>(array.processing_units) * static_cast<double>(array.pe_array.size());
    const double peak = accelerators * elements / seconds_of(report, 1);
    const double macs = static_cast<double>(report.counts().macs);
    Estimate estimate;
    estimate.compute_seconds = macs / (kEstimatedUtilisation * peak);
    if (report.traffic_bytes == 0) return estimate;
    const double links = static_cast<double>(report.topology.wiring().into_accelerator.least);
    estimate.communication_seconds =
        kBitsOfAByte * static_cast<double>(report.traffic_bytes) / (accelerators * links);
    return estimate;
}

}  // namespace hypar
