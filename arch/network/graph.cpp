#include "arch/network/graph.h"

#include <cassert>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>

namespace hypar {

std::size_t Graph::add_node(std::string name) {
    names_.push_back(std::move(name));
    links_from_.emplace_back();
    links_into_.emplace_back();
    return names_.size() - 1;
}

void Graph::add_link(const LinkSpec& link) {
    links_from_[link.from].push_back(links_.size());
    links_into_[link.to].push_back(links_.size());
    links_.push_back(link);
}

void Graph::add_wire(LinkSpec link) {
    add_link(link);
    std::swap(link.from, link.to);
    add_link(link);
}

std::size_t Graph::link_between(std::size_t from, std::size_t to) const {
    for (const std::size_t link : links_from_[from]) {
        if (links_[link].to == to) return link;
    }
    assert(false && "neighbours are joined by a link");
    return links_.size();
}

std::vector<std::uint32_t> Graph::distances_to(std::size_t destination) const {
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> backwards(node_count());
    for (const LinkSpec& link : links_) boost::add_edge(link.to, link.from, backwards);
    std::vector<std::uint32_t> distances(node_count(), kUnreachable);
    distances[destination] = 0;
    boost::breadth_first_search(
        backwards, destination,
        boost::visitor(boost::make_bfs_visitor(boost::record_distances(distances.data(), boost::on_tree_edge()))));
    return distances;
}

}  // namespace hypar
