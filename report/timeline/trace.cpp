#include "report/timeline/trace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arch/array/array_spec.h"

namespace hypar {
namespace {

// Processes and, within each, tracks, in the order in which they are shown.
constexpr std::size_t kStepProcess = 1;
constexpr std::size_t kLinksProcess = 2;
constexpr std::size_t kFirstAccelerator = 3;

enum StepTrack : std::size_t { kLayerTrack = 1, kPhaseTrack, kSegmentTrack };
enum AcceleratorTrack : std::size_t { kUnitTrack = 1, kInterfaceTrack, kVaultTrack, kVectorTrack };

/// User text as JSON; what is no UTF-8 is replaced.
std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Picoseconds as the format's microseconds, exactly.
std::string microseconds(Picoseconds time) {
    constexpr Picoseconds kMicrosecond = 1'000'000;
    return fmt::format("{}.{:06}", time / kMicrosecond, time % kMicrosecond);
}

/// Writes one trace.
class Trace {
public:
    explicit Trace(const RunReport& report) : report_(report), timeline_(*report.timeline) {
        for (const LayerReport& layer : report.layers) names_.push_back(quoted(layer.name));
        const auto end = timeline_.segments.begin() +
                         static_cast<std::ptrdiff_t>(timeline_.in_a_row.value_or(timeline_.segments.size()));
        in_a_row_.assign(timeline_.segments.begin(), end);
    }

    std::string render() {
        write_step();
        if (!timeline_.in_a_row) write_bandwidths();
        write_links();
        for (std::size_t index = 0; index < timeline_.units.size(); ++index) write_accelerator(index);
        write_flows();
        return fmt::format("{}:\"ns\",\n\"otherData\":{},\n\"traceEvents\":[\n{}\n]}}\n", kTraceBeginning,
                           other_data(), events_);
    }

private:
    // Events, one a line.

    template <typename... Arguments>
    void write(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        if (!events_.empty()) events_ += ",\n";
        fmt::format_to(std::back_inserter(events_), format, std::forward<Arguments>(arguments)...);
    }

    void write_process(std::size_t process, const std::string& name) {
        write(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":{}}}}})", process, quoted(name));
        write(R"({{"ph":"M","name":"process_sort_index","pid":{},"args":{{"sort_index":{}}}}})", process, process);
    }

    void write_track(std::size_t process, std::size_t track, const std::string& name) {
        write(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}}}})", process, track,
              quoted(name));
        write(R"({{"ph":"M","name":"thread_sort_index","pid":{},"tid":{},"args":{{"sort_index":{}}}}})", process,
              track, track);
    }

    /// `name` and what is in `args` are JSON.
    void write_slice(std::size_t process, std::size_t track, Picoseconds from, Picoseconds duration,
                     const char* category, const std::string& name, const std::string& args) {
        write(R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"cat":"{}","name":{},"args":{{{}}}}})", process, track,
              microseconds(from), microseconds(duration), category, name, args);
    }

    // The array as a whole.

    void write_step() {
        write_process(kStepProcess, "step");
        write_track(kStepProcess, kLayerTrack, "layers");
        write_track(kStepProcess, kPhaseTrack, "phases");
        write_track(kStepProcess, kSegmentTrack, "computing and exchanges");
        const auto is_one_pass = [](const TimelineSegment& a, const TimelineSegment& b) {
            return a.layer == b.layer && (a.phase == Phase::Forward) == (b.phase == Phase::Forward);
        };
        const auto is_one_phase = [](const TimelineSegment& a, const TimelineSegment& b) {
            return a.layer == b.layer && a.phase == b.phase;
        };
        write_stretches(kLayerTrack, "layer", is_one_pass,
                        [&](const TimelineSegment& segment) { return names_[segment.layer]; });
        write_stretches(kPhaseTrack, "phase", is_one_phase,
                        [&](const TimelineSegment& segment) { return work_name(segment, ""); });
        for (const TimelineSegment& segment : in_a_row_) {
            write_slice(kStepProcess, kSegmentTrack, segment.from, report_.array.clock.duration(segment.cycles),
                        segment.levels != 0 ? "exchange" : "compute", work_name(segment, segment_suffix(segment)),
                        fmt::format(R"({},"cycles":{},"memory_bytes":{},"link_bytes":{})", work_args(segment),
                                    segment.cycles, segment.memory_bytes, segment.link_bytes));
        }
    }

    /// A slice for all segments in a row that belong together.
    template <typename Belongs, typename Name>
    void write_stretches(StepTrack track, const char* category, Belongs belong_together, Name name_of_stretch) {
        const std::vector<TimelineSegment>& segments = in_a_row_;
        for (auto first = segments.begin(); first != segments.end();) {
            const auto end = std::find_if(
                first, segments.end(), [&](const TimelineSegment& other) { return !belong_together(*first, other); });
            Cycles cycles = 0;
            for (auto segment = first; segment != end; ++segment) cycles += segment->cycles;
            write_slice(kStepProcess, track, first->from, report_.array.clock.duration(cycles), category,
                        name_of_stretch(*first),
                        fmt::format(R"("layer":{},"cycles":{})", names_[first->layer], cycles));
            first = end;
        }
    }

    /// `suffix` must need no quotes.
    std::string work_name(const TimelineSegment& segment, const std::string& suffix) const {
        std::string name = names_[segment.layer];
        name.pop_back();
        return fmt::format("{} {}{}\"", name, name_of(segment.phase), suffix);
    }

    static std::string segment_suffix(const TimelineSegment& segment) {
        return segment.levels != 0 ? ", exchange at " + names_of_levels(segment.levels) : "";
    }

    std::string work_args(const TimelineSegment& segment) const {
        return fmt::format(R"("layer":{},"phase":"{}")", names_[segment.layer], name_of(segment.phase));
    }

    /// Means over each segment; a counter keeps its value until the next.
    void write_bandwidths() {
        Picoseconds end = 0;
        for (const TimelineSegment& segment : timeline_.segments) {
            const Picoseconds duration = report_.array.clock.duration(segment.cycles);
            if (duration == 0) continue;
            write_bandwidth("memory bandwidth", segment.from, segment.memory_bytes, duration);
            if (!timeline_.links.empty()) {
                write_bandwidth("link bandwidth", segment.from, segment.link_bytes, duration);
            }
            end = segment.from + duration;
        }
        write_bandwidth("memory bandwidth", end, 0, 1);
        if (!timeline_.links.empty()) write_bandwidth("link bandwidth", end, 0, 1);
    }

    void write_bandwidth(const char* name, Picoseconds from, std::uint64_t bytes, Picoseconds duration) {
        const double rate =
            static_cast<double>(bytes) / static_cast<double>(duration) * static_cast<double>(kPicosecondsPerSecond);
        write(R"({{"ph":"C","pid":{},"ts":{},"name":"{}","args":{{"bytes per second":{}}}}})", kStepProcess,
              microseconds(from), name, rate);
    }

    // The hardware.

    void write_links() {
        if (timeline_.links.empty()) return;
        write_process(kLinksProcess, "links");
        for (std::size_t link = 0; link < timeline_.links.size(); ++link) {
            const LinkReport& ends = report_.links[link];
            write_activity(kLinksProcess, link + 1, ends.from + " -> " + ends.to, "link", "packets",
                           timeline_.links[link]);
        }
    }

    void write_accelerator(std::size_t index) {
        const std::size_t process = kFirstAccelerator + index;
        write_process(process, fmt::format("accelerator {}", report_.topology.node_name(index)));
        write_activity(process, kUnitTrack, fmt::format("processing units ({})", report_.array.units_of(index)),
                       "compute", "tiles", timeline_.units[index]);
        write_activity(process, kVectorTrack, "vector unit", "compute", "tiles", timeline_.vector_units[index]);
        write_activity(process, kInterfaceTrack, "network interface", "exchange", "exchanges",
                       timeline_.interfaces[index]);
        write_activity(process, kVaultTrack, fmt::format("vaults ({})", report_.array.memory.vaults), "memory",
                       "blocks", timeline_.vaults[index]);
    }

    /// A track that never works is left out.
    void write_activity(std::size_t process, std::size_t track, const std::string& name, const char* category,
                        const char* items, const TimelineTrack& activity) {
        if (activity.empty()) return;
        write_track(process, track, name);
        for (const Activity& slice : activity) {
            std::string args;
            if (slice.work != Activity::kMixed) args = work_args(timeline_.segments[slice.work]) + ",";
            args += fmt::format(R"("busy_us":{},"bytes":{},"{}":{})", microseconds(slice.busy), slice.bytes, items,
                                slice.items);
            if (slice.periods > 0) args += fmt::format(R"(,"skipped_periods":{})", slice.periods);
            if (slice.merged > 1) args += fmt::format(R"(,"merged_slices":{})", slice.merged);
            write_slice(process, track, slice.from, slice.duration(), category, slice_name(slice), args);
        }
        count_merged(activity);
    }

    std::string slice_name(const Activity& slice) const {
        if (slice.work == Activity::kMixed) return "\"merged\"";
        const TimelineSegment& segment = timeline_.segments[slice.work];
        const std::string exchange = timeline_.in_a_row ? segment_suffix(segment) : "";
        return work_name(segment,
                         exchange + (slice.merged > 1 ? ", merged" : (slice.periods > 0 ? ", periods skipped" : "")));
    }

    void count_merged(const TimelineTrack& activity) {
        std::uint64_t made = 0;
        for (const Activity& slice : activity) {
            ++slices_;
            if (slice.merged == 1) continue;
            ++made;
            merged_ += slice.merged;
            longest_ = std::max(longest_, slice.duration());
        }
        merged_into_ += made;
        if (made > 0) ++merged_tracks_;
    }

    // Transfers.

    /// An arrow from the sender's slice to the receiver's, where both have one of their own.
    void write_flows() {
        std::vector<std::set<std::uint64_t>> own(timeline_.interfaces.size());
        for (std::size_t index = 0; index < own.size(); ++index) {
            for (const Activity& slice : timeline_.interfaces[index]) {
                if (slice.merged == 1) own[index].insert(own[index].end(), slice.work);
            }
        }
        for (const TimelineTransfer& transfer : timeline_.transfers) {
            if (own[transfer.from].count(transfer.segment) == 0 || own[transfer.to].count(transfer.segment) == 0) {
                continue;
            }
            ++flows_;
            write(R"({{"ph":"s","pid":{},"tid":{},"ts":{},"cat":"transfer","name":"transfer","id":{},)"
                  R"("args":{{"bytes":{}}}}})",
                  kFirstAccelerator + transfer.from, std::size_t{kInterfaceTrack}, microseconds(transfer.sent),
                  flows_, transfer.bytes);
            write(R"({{"ph":"f","bp":"e","pid":{},"tid":{},"ts":{},"cat":"transfer","name":"transfer","id":{}}})",
                  kFirstAccelerator + transfer.to, std::size_t{kInterfaceTrack}, microseconds(transfer.received),
                  flows_);
        }
    }

    std::string other_data() const {
        nlohmann::ordered_json json;
        json["network"] = report_.network;
        json["array"] = report_.array.name;
        json["topology"] = name_of(report_.array.interconnect.topology.kind);
        json["strategy"] = report_.strategy;
        json["batch"] = report_.batch;
        json["fidelity"] = name_of(report_.simulation.fidelity);
        json["clock_picoseconds"] = report_.array.clock.period;
        json["step_cycles"] = report_.cycles();
        if (report_.is_partial()) {
            json["partial"] = {{"segments_done", report_.segments_done()}, {"segments", report_.segments}};
        }
        json["most_slices"] = timeline_.most_slices;
        json["slices"] = slices_;
        json["merged"] = {{"tracks", merged_tracks_},
                          {"slices", merged_},
                          {"into", merged_into_},
                          {"longest_us", static_cast<double>(longest_) / 1e6}};
        if (merged_ > 0)
            json["note"] = "neighbouring slices were merged where a track had more than its share of them";
        json["transfers"] = timeline_.transfers.size();
        json["flows"] = flows_;
        return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    const RunReport& report_;
    const Timeline& timeline_;
    std::vector<TimelineSegment> in_a_row_;  ///< what the step runs through
    std::vector<std::string> names_;         ///< of layers, as JSON
    std::string events_;
    std::uint64_t slices_ = 0;       ///< of the hardware
    std::uint64_t merged_ = 0;       ///< of these were made others for want of room,
    std::uint64_t merged_into_ = 0;  ///< so many,
    std::uint64_t merged_tracks_ = 0;
    Picoseconds longest_ = 0;  ///< of the slices that were made
    std::uint64_t flows_ = 0;
};

}  // namespace

std::string trace_json(const RunReport& report) { return Trace(report).render(); }

}  // namespace hypar
