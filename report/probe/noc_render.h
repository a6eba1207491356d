#pragma once

#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "report/text_style.h"
#include "sim/probe/noc.h"

namespace hypar {

/// An interconnect under synthetic traffic, at one rate after the other.
struct NocReport {
    std::string array;  ///< name of the array whose interconnect it is; empty where options describe it
    InterconnectSpec spec;
    Clock clock;
    Topology topology;
    NocTraffic traffic;  ///< all points' but for the rate, which each point has
    std::vector<NocPoint> points;
};

std::string noc_text(const NocReport& report, const TextStyle& style = {});
std::string noc_json(const NocReport& report);
/// A line for each rate.
std::string noc_csv(const NocReport& report);

}  // namespace hypar
