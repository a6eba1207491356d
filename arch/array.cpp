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

const std::vector<TopologyName>& topologies() {
    static const std::vector<TopologyName> kTopologies = {
        {"htree", TopologyKind::HTree, "binary tree whose links double their bandwidth at every level"},
        {"torus", TopologyKind::Torus, "2-D torus, as square as the number of accelerators allows"},
    };
    return kTopologies;
}

const char* name_of(TopologyKind kind) {
    for (const TopologyName& topology : topologies()) {
        if (topology.kind == kind) return topology.name;
    }
    return "";
}

}  // namespace hypar
