#include "arch/network/interconnect_spec.h"

namespace hypar {

const char* name_of(RoutingRule rule) {
    return rule == RoutingRule::Deterministic ? "deterministic" : "minimal-adaptive";
}

const char* name_of(FlowControl flow_control) {
    return flow_control == FlowControl::VirtualCutThrough ? "virtual-cut-through" : "wormhole";
}

}  // namespace hypar
