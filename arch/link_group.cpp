#include "arch/link_group.h"

#include <map>
#include <utility>

namespace hypar {

std::vector<LinkGroup> link_groups(const Topology& topology) {
    std::vector<LinkGroup> groups;
    std::map<std::string, std::size_t> numbers;
    std::vector<std::string> names = topology.family().link_groups(topology);
    for (std::size_t link = 0; link < names.size(); ++link) {
        const auto [found, is_new] = numbers.try_emplace(names[link], groups.size());
        if (is_new) groups.push_back({std::move(names[link]), {}});
        groups[found->second].links.push_back(link);
    }
    return groups;
}

}  // namespace hypar
