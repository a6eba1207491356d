#include "arch/network/topology_spec.h"

namespace hypar {

const std::vector<TopologyName>& topologies() {
    static const std::vector<TopologyName> kTopologies = {
        {"htree", TopologyKind::HTree, "arity by level, such as 4,4",
         "tree; every level has the same total bandwidth"},
        {"torus", TopologyKind::Torus, "4x4", "rings in 1 to 3 dimensions, as square as can be"},
        {"mesh", TopologyKind::Mesh, "4x4", "a torus without the links that close its rings"},
        {"ring", TopologyKind::Ring, "8", "a torus of one dimension"},
        {"fully-connected", TopologyKind::FullyConnected, "8", "a wire between each two accelerators"},
        {"fat-tree", TopologyKind::FatTree, "arity,levels, such as 4,2",
         "k-ary n-tree: all levels have as many links"},
        {"dragonfly", TopologyKind::Dragonfly, "terminals,routers,groups, such as 2,2,4",
         "groups of routers, each two groups joined by a wire"},
        {"graph", TopologyKind::Graph, "", "the links that an array's file lists"},
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
