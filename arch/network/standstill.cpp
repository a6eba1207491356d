#include "arch/network/standstill.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <systemc>

#include "arch/network/interconnect_model.h"

namespace hypar {
namespace {

constexpr std::size_t kShown = 8;
constexpr std::size_t kOut = SIZE_MAX;  // in place of a channel: out of the network

/// A buffer: the link that fills it, or the local port of a node, and its virtual channel.
struct Buffer {
    std::size_t link = 0;
    std::size_t node = 0;
    std::size_t queue = 0;  ///< of the local port
    std::size_t channel = 0;

    friend bool operator<(const Buffer& a, const Buffer& b) {
        return std::tie(a.link, a.node, a.queue, a.channel) < std::tie(b.link, b.node, b.queue, b.channel);
    }
};

class WaitForGraph {
public:
    explicit WaitForGraph(const InterconnectModel& interconnect) : topology_(interconnect.topology()) {
        for (std::size_t node = 0; node < interconnect.routers().size(); ++node) {
            for (const Router::Waiting& waiting : interconnect.routers()[node]->waiting()) add(node, waiting);
        }
    }

    std::string text() const {
        std::string text = fmt::format("{} packets wait at the heads of buffers", waiting_.size());
        const std::vector<Buffer> circle = cycle();
        if (!circle.empty()) {
            text += "\n  wait-for cycle (buffers, virtual channel in brackets):";
            for (const Buffer& buffer : circle) text += fmt::format("\n    {}", name_of(buffer));
        }
        text += "\n  oldest packets:";
        for (const auto* entry : oldest()) text += fmt::format("\n    {}", describe(entry->first, entry->second));
        text += "\n  fullest queues:";
        for (const auto* entry : fullest()) {
            text += fmt::format("\n    {}: {} flits", name_of(entry->first), entry->second.queued_flits);
        }
        return text;
    }

    std::string graphviz() const {
        std::string text = "digraph wait_for {\n";
        for (const auto& [buffer, waiting] : waiting_) {
            text += fmt::format("  \"{}\" -> \"{}\" [label=\"{} to {}\"];\n", name_of(buffer),
                                name_of(wanted(waiting)), topology_.node_name(waiting.packet.source),
                                topology_.node_name(waiting.packet.destination));
        }
        return text + "}\n";
    }

private:
    using Entry = std::pair<const Buffer, Router::Waiting>;

    void add(std::size_t node, const Router::Waiting& waiting) {
        const std::size_t own = waiting.into_link == Router::kLocalPort ? node : 0;
        waiting_.emplace(Buffer{waiting.into_link, own, waiting.queue, waiting.virtual_channel}, waiting);
    }

    Buffer wanted(const Router::Waiting& waiting) const {
        const bool is_out = waiting.wanted.link == Router::kLocalPort;
        return {waiting.wanted.link, is_out ? waiting.packet.destination : 0, 0,
                is_out ? kOut : waiting.wanted.virtual_channel};
    }

    std::string name_of(const Buffer& buffer) const {
        if (buffer.channel == kOut) return fmt::format("{} itself", topology_.node_name(buffer.node));
        if (buffer.link == Router::kLocalPort) {
            return fmt::format("local port of {}, queue {} [{}]", topology_.node_name(buffer.node), buffer.queue,
                               buffer.channel);
        }
        const LinkSpec& link = topology_.links()[buffer.link];
        return fmt::format("{} -> {} [{}]", topology_.node_name(link.from), topology_.node_name(link.to),
                           buffer.channel);
    }

    std::string describe(const Buffer& buffer, const Router::Waiting& waiting) const {
        return fmt::format("from {} to {}, in {}, waits for {} since {} ps",
                           topology_.node_name(waiting.packet.source),
                           topology_.node_name(waiting.packet.destination), name_of(buffer), name_of(wanted(waiting)),
                           waiting.since);
    }

    /// Every buffer waits for one (of adaptive packets: for the way out, or the one chosen last): following them from
    /// any leads out or into a circle.
    std::vector<Buffer> cycle() const {
        for (const auto& [start, ignored] : waiting_) {
            std::vector<Buffer> way;
            Buffer at = start;
            while (true) {
                const auto is_at = [&](const Buffer& buffer) { return !(buffer < at) && !(at < buffer); };
                const auto seen = std::find_if(way.begin(), way.end(), is_at);
                if (seen != way.end()) return {seen, way.end()};
                const auto found = waiting_.find(at);
                if (found == waiting_.end()) break;
                way.push_back(at);
                at = wanted(found->second);
            }
        }
        return {};
    }

    template <typename Before>
    std::vector<const Entry*> first(Before before) const {
        std::vector<const Entry*> entries;
        for (const Entry& entry : waiting_) entries.push_back(&entry);
        std::stable_sort(entries.begin(), entries.end(),
                         [&](const Entry* a, const Entry* b) { return before(a->second, b->second); });
        entries.resize(std::min(entries.size(), kShown));
        return entries;
    }
    std::vector<const Entry*> oldest() const {
        return first([](const Router::Waiting& a, const Router::Waiting& b) { return a.since < b.since; });
    }
    std::vector<const Entry*> fullest() const {
        return first(
            [](const Router::Waiting& a, const Router::Waiting& b) { return a.queued_flits > b.queued_flits; });
    }

    const Topology& topology_;
    std::map<Buffer, Router::Waiting> waiting_;
};

}  // namespace

StandstillError standstill(const std::string& where, const InterconnectModel& interconnect) {
    const WaitForGraph graph(interconnect);
    return {
        fmt::format("{} came to a standstill at {}: {}", where, sc_core::sc_time_stamp().to_string(), graph.text()),
        graph.graphviz()};
}

}  // namespace hypar
