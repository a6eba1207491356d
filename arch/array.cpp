#include "arch/array.h"

namespace hypar {

const std::vector<Precision>& precisions() {
    static const std::vector<Precision> kPrecisions = {
        {"float32", 4}, {"float16", 2}, {"bfloat16", 2}, {"int16", 2}, {"int8", 1}};
    return kPrecisions;
}

const std::vector<PagePolicyName>& page_policies() {
    static const std::vector<PagePolicyName> kPolicies = {{"open", PagePolicy::Open}, {"closed", PagePolicy::Closed}};
    return kPolicies;
}

const char* name_of(RoutingRule rule) {
    return rule == RoutingRule::Deterministic ? "deterministic" : "minimal-adaptive";
}

const char* name_of(FlowControl flow_control) {
    return flow_control == FlowControl::VirtualCutThrough ? "virtual-cut-through" : "wormhole";
}

}  // namespace hypar
