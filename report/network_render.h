#pragma once

#include <string>

#include "report/text_style.h"
#include "workloads/network.h"

namespace hypar {

/// A network, a line for each layer, with what it trains, computes and keeps, for people.
std::string network_text(const Network& network, const TextStyle& style = {});
/// The same for programs and for the page (docs/report-format.md).
std::string network_json(const Network& network);

}  // namespace hypar
