#include "sim/analysis/critical_path.h"

#include <algorithm>
#include <map>
#include <set>

#include "arch/array/flow_limits.h"
#include "base/checked.h"
#include "sim/analysis/lone_flow.h"

namespace hypar {
namespace {

/// Of a link that takes no time: a flit crosses it in a picosecond.
constexpr std::uint64_t kUnlimited = kPicosecondsPerSecond * 1'000'000;

/// The links whose bandwidth the path waits for, in groups: as topologies have them, but of a user's graph the one
/// wire that it waits for longest, and the others.
class CriticalLinks {
public:
    struct Group {
        std::string name;
        std::set<std::size_t> links;
        Cycles cycles = 0;
    };

    CriticalLinks(const Topology& topology, const std::vector<StepSegment>& segments) {
        std::vector<std::size_t> group_of(topology.links().size());
        for (LinkGroup& group : topology.link_groups()) {
            for (const std::size_t link : group.links) group_of[link] = groups_.size();
            groups_.push_back({std::move(group.name), {group.links.begin(), group.links.end()}, 0});
        }
        for (const StepSegment& entry : segments) {
            if (!entry.flow || !entry.flow->link) continue;
            Cycles& cycles = groups_[group_of[*entry.flow->link]].cycles;
            cycles = checked_add(cycles, entry.flow->cycles.bandwidth);
        }
        groups_.erase(
            std::remove_if(groups_.begin(), groups_.end(), [](const Group& group) { return group.cycles == 0; }),
            groups_.end());
        if (topology.family().lists_links && groups_.size() > 1) join_all_but_the_longest();
    }

    const std::vector<Group>& groups() const { return groups_; }
    const std::set<std::size_t>& named(const std::string& name) const {
        return std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) { return group.name == name; })
            ->links;
    }

private:
    void join_all_but_the_longest() {
        const auto shorter = [](const Group& a, const Group& b) { return a.cycles < b.cycles; };
        std::swap(groups_.front(), *std::max_element(groups_.begin(), groups_.end(), shorter));
        Group others{"other links", {}, 0};
        for (std::size_t index = 1; index < groups_.size(); ++index) {
            others.links.insert(groups_[index].links.begin(), groups_[index].links.end());
            others.cycles = checked_add(others.cycles, groups_[index].cycles);
        }
        groups_.resize(1);
        groups_.push_back(std::move(others));
    }

    std::vector<Group> groups_;
};

/// Replays of the step with one resource idealised, told their progress as if each took as long.
class WhatIf {
public:
    WhatIf(const Program& program, const ArraySpec& array, const Topology& topology,
           const std::vector<StepSegment>& segments, const ReplayOptions& options, const OverlappedStep* overlapped)
        : program_(program),
          array_(array),
          topology_(topology),
          segments_(segments),
          options_(options),
          overlapped_(overlapped) {}

    void expect(std::size_t replays) { expected_ = replays; }

    /// None if it was stopped.
    std::optional<Cycles> without(const CriticalResource& resource, const CriticalLinks& links) {
        switch (resource.resource) {
            case Resource::Links: return without_bandwidth_of(links.named(resource.name));
            case Resource::Contention: return without_contention();
            case Resource::Port: return without_port();
            case Resource::Dma: return without_dma();
            case Resource::Latency: return without_latency();
            default: return with(ideal_of(resource.resource));
        }
    }

private:
    std::optional<Cycles> with(Ideal ideal) {
        ArraySpec array = array_;
        array.ideal = ideal;
        // Units have no part in exchanges, memories do.
        return replayed(array, topology_,
                        [&](const StepSegment& entry) { return entry.is_compute() || ideal == Ideal::Memory; });
    }

    std::optional<Cycles> without_port() {
        ArraySpec array = array_;
        array.interconnect.port_bits_per_second.reset();
        return replayed(array, topology_, [](const StepSegment& entry) { return !entry.is_compute(); });
    }

    std::optional<Cycles> without_dma() {
        ArraySpec array = array_;
        array.interconnect.outstanding_requests = kMostQueued;
        return replayed(array, topology_, [](const StepSegment& entry) { return !entry.is_compute(); });
    }

    /// Interfaces stay what they are: they do not grow with the links.
    std::optional<Cycles> without_bandwidth_of(const std::set<std::size_t>& links) {
        ArraySpec array = array_;
        array.interconnect.outstanding_requests = interface_requests(array_, topology_);
        const Topology topology = topology_.with_links([&](std::size_t index, LinkSpec& link) {
            if (links.count(index) > 0) link.bits_per_second = kUnlimited;
        });
        return replayed(array, topology, [](const StepSegment& entry) { return !entry.is_compute(); });
    }

    std::optional<Cycles> without_latency() {
        ArraySpec array = array_;
        array.interconnect.router_cycles = 0;
        const Topology topology = topology_.with_links([](std::size_t, LinkSpec& link) { link.latency = 1; });
        return replayed(array, topology, [](const StepSegment& entry) { return !entry.is_compute(); });
    }

    std::optional<Cycles> without_contention() {
        const auto alone = cycles_without_contention(program_, array_, topology_, next_options());
        if (!alone) return std::nullopt;
        if (overlapped_ != nullptr) return overlapped_->taking(*alone);
        Cycles step = 0;
        for (std::size_t index = 0; index < segments_.size(); ++index) {
            step = checked_add(step, (*alone)[index] > 0 ? (*alone)[index] : segments_[index].cycles);
        }
        return step;
    }

    /// The step with the segments of which `is_changed` replayed on other hardware.
    template <typename IsChanged>
    std::optional<Cycles> replayed(const ArraySpec& array, const Topology& topology, IsChanged is_changed) {
        if (overlapped_ != nullptr) {
            const ReplayOptions next = next_options();
            if (next.progress && !next.progress(0)) return std::nullopt;
            return overlapped_->on(array, topology);
        }
        Program changed;
        changed.schedules = program_.schedules;
        changed.vector_schedules = program_.vector_schedules;
        Cycles step = 0;
        for (std::size_t index = 0; index < segments_.size(); ++index) {
            if (is_changed(segments_[index])) {
                changed.segments.push_back(program_.segments[index]);
            } else {
                step = checked_add(step, segments_[index].cycles);
            }
        }
        const ReplayResult result = replay(changed, array, topology, next_options());
        if (result.segments.size() < changed.segments.size()) return std::nullopt;
        for (const SegmentTotals& segment : result.segments) step = checked_add(step, segment.cycles);
        return step;
    }

    ReplayOptions next_options() {
        ReplayOptions next = options_;
        next.timeline_slices = 0;
        const auto done = static_cast<double>(replays_++);
        if (options_.progress) {
            next.progress = [this, done](double fraction) {
                return options_.progress((done + fraction) / static_cast<double>(expected_));
            };
        }
        return next;
    }

    const Program& program_;
    const ArraySpec& array_;
    const Topology& topology_;
    const std::vector<StepSegment>& segments_;
    const ReplayOptions& options_;
    const OverlappedStep* overlapped_;
    std::size_t replays_ = 0;
    std::size_t expected_ = 1;
};

/// Without those that no cycle is spent on.
std::vector<CriticalResource> cycles_by_resource(const std::vector<StepSegment>& segments,
                                                 const CriticalLinks& links) {
    std::map<Resource, Cycles> sums;
    const auto add = [&](Resource resource, Cycles cycles) { sums[resource] = checked_add(sums[resource], cycles); };
    for (const StepSegment& entry : segments) {
        for (const UnitResource& resource : unit_resources()) {
            if (entry.unit) add(resource.resource, resource.cycles_of(entry.unit->spent, entry.unit->waiting));
        }
        for (const FlowResource& resource : flow_resources()) {
            if (entry.flow) add(resource.resource, entry.flow->cycles.*resource.spent);
        }
    }
    std::vector<CriticalResource> resources;
    const auto show = [&](Resource resource, const std::string& name, Cycles cycles) {
        if (cycles > 0) resources.push_back({resource, name, cycles, 0});
    };
    for (const UnitResource& entry : unit_resources()) show(entry.resource, entry.name, sums[entry.resource]);
    for (const FlowResource& entry : flow_resources()) {
        if (entry.resource == Resource::Memory) continue;  // among those of units
        if (entry.resource != Resource::Links) {
            show(entry.resource, entry.name, sums[entry.resource]);
            continue;
        }
        for (const CriticalLinks::Group& group : links.groups()) show(entry.resource, group.name, group.cycles);
    }
    return resources;
}

std::vector<Cycles> cycles_by_layer(const std::vector<StepSegment>& segments, std::size_t layers) {
    std::vector<Cycles> sums(layers, 0);
    for (const StepSegment& entry : segments) sums[entry.layer] = checked_add(sums[entry.layer], entry.cycles);
    return sums;
}

}  // namespace

std::optional<CriticalPath> find_critical_path(const Program& program, const ArraySpec& array,
                                               const Topology& topology, const std::vector<StepSegment>& segments,
                                               std::size_t layers, const ReplayOptions& options,
                                               const OverlappedStep* overlapped) {
    const CriticalLinks links(topology, segments);
    CriticalPath path;
    path.layer_cycles = cycles_by_layer(segments, layers);
    path.resources = cycles_by_resource(segments, links);
    WhatIf what_if(program, array, topology, segments, options, overlapped);
    what_if.expect(path.resources.size());
    for (CriticalResource& resource : path.resources) {
        const std::optional<Cycles> without = what_if.without(resource, links);
        if (!without) return std::nullopt;
        resource.step_cycles_without = *without;
    }
    return path;
}

}  // namespace hypar
