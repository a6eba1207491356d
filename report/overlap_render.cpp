#include "report/overlap_render.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/path_render.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

std::string line(const RunReport& report, const char* what, Cycles cycles, const std::string& comment) {
    return fmt::format("  {:<14} {:>9}   {:<7} {}", what, format_seconds(seconds_of(report, cycles)),
                       share_of_step(report, cycles), comment);
}

const char* binding(const StepBound& bound) {
    if (bound.longest() == bound.chain) return "the longest chain of tasks that need each other";
    return bound.longest() == bound.computing ? "what the slowest accelerator computes" : "the busiest link's bytes";
}

/// What is exposed, by tensor, the largest first.
std::string by_tensor(const RunReport& report) {
    std::vector<std::pair<Cycles, Tensor>> parts;
    for (const Tensor tensor : kTensors) {
        const Cycles cycles = report.overlap->exposed[static_cast<std::size_t>(tensor)];
        if (cycles > 0) parts.emplace_back(cycles, tensor);
    }
    std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::string text;
    for (const auto& [cycles, tensor] : parts) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name_of(tensor),
                            format_seconds(seconds_of(report, cycles)));
    }
    return text;
}

bool moves_weights(const RunReport& report) {
    return std::any_of(report.collectives.begin(), report.collectives.end(),
                       [](const CollectiveReport& entry) { return entry.collective.tensor == Tensor::Weights; });
}

/// Whether times differ by more than the text shows of the step.
bool differ(const std::vector<AcceleratorTime>& times, Cycles step) {
    const Cycles shown = step / 1000;
    const auto are_apart = [&](Cycles a, Cycles b) { return std::max(a, b) - std::min(a, b) > shown; };
    return std::any_of(times.begin(), times.end(), [&](const AcceleratorTime& time) {
        return are_apart(time.computing, times.front().computing) || are_apart(time.exposed, times.front().exposed);
    });
}

std::string sequential_times(const RunReport& report) {
    const auto part = [&](const char* what, Cycles cycles) {
        return fmt::format("  {:<14} {:>9}   {}\n", what, format_seconds(seconds_of(report, cycles)),
                           share_of_step(report, cycles));
    };
    return fmt::format("  step           {:>9}   {} cycles\n", format_seconds(seconds_of(report, report.cycles())),
                       format_count(report.cycles())) +
           part("compute", report.compute_cycles()) + part("communication", report.communication_cycles());
}

std::string overlapped_times(const RunReport& report) {
    const OverlapReport& overlap = *report.overlap;
    const AcceleratorTime& last = overlap.accelerators[overlap.last];
    std::string text =
        fmt::format("  step           {:>9}   {} cycles{}\n", format_seconds(seconds_of(report, report.cycles())),
                    format_count(report.cycles()),
                    overlap.steps == 1 ? "" : fmt::format(", the last of {} overlapped steps", overlap.steps));
    text += line(report, "compute", last.computing,
                 fmt::format("of {}, which ends last", report.topology.node_name(overlap.last))) +
            "\n";
    text += line(report, "exposed", last.exposed, by_tensor(report)) + "\n";
    text += line(report, "idle", last.idle(), "it waits for others") + "\n";
    const Cycles bound = overlap.bound.longest();
    text += line(report, "bound", bound, binding(overlap.bound)) + "\n";
    text += line(report, "sequential", overlap.sequential_cycles, "the same plan if nothing overlapped") + "\n";
    return text;
}

}  // namespace

std::string step_times(const RunReport& report) {
    return report.overlap ? overlapped_times(report) : sequential_times(report);
}

std::string accelerator_table(const RunReport& report, const TextStyle& style) {
    constexpr std::size_t kShown = 4;
    if (!report.overlap || !differ(report.overlap->accelerators, report.cycles())) return {};
    const std::vector<AcceleratorTime>& times = report.overlap->accelerators;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < times.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return times[a].idle() > times[b].idle(); });
    if (order.size() > kShown) order.resize(kShown);
    TextTable table({"most idle", "computing", "exposed", "waits", "finished"});
    for (const std::size_t i : order) {
        table.add_row({report.topology.node_name(i), share_of_step(report, times[i].computing),
                       share_of_step(report, times[i].exposed), share_of_step(report, times[i].waiting),
                       share_of_step(report, times[i].finished)});
    }
    return table.render(style);
}

nlohmann::ordered_json overlap_json(const RunReport& report) {
    const OverlapReport& overlap = *report.overlap;
    const auto seconds = [&](Cycles cycles) { return seconds_of(report, cycles); };
    nlohmann::ordered_json json;
    json["steps"] = overlap.steps;
    json["all_steps_seconds"] = seconds(overlap.all_cycles);
    json["sequential_seconds"] = seconds(overlap.sequential_cycles);
    json["bound_seconds"] = {{"computing", seconds(overlap.bound.computing)},
                             {"links", seconds(overlap.bound.links)},
                             {"chain", seconds(overlap.bound.chain)}};
    for (const Tensor tensor : kTensors) {
        if (tensor == Tensor::Weights && !moves_weights(report)) continue;
        json["exposed_seconds"][name_of(tensor)] = seconds(overlap.exposed[static_cast<std::size_t>(tensor)]);
    }
    json["reserved_memory_bandwidth"] = overlap.reserved;
    json["last"] = report.topology.node_name(overlap.last);
    json["accelerators"] = nlohmann::ordered_json::array();
    for (const AcceleratorTime& time : overlap.accelerators) {
        json["accelerators"].push_back({{"computing_seconds", seconds(time.computing)},
                                        {"exposed_seconds", seconds(time.exposed)},
                                        {"waiting_seconds", seconds(time.waiting)},
                                        {"finished_seconds", seconds(time.finished)}});
    }
    return json;
}

std::vector<std::string> overlap_notes(const RunReport& report) {
    const OverlapReport& overlap = *report.overlap;
    std::vector<std::string> notes{
        fmt::format("overlapped: {} of the memories' bandwidth is reserved for what is exchanged, as much as an "
                    "accelerator's links can need{}; computing takes the same time whatever moves",
                    format_percent(overlap.reserved), overlap.reserved < kMostReserved ? "" : ", at most half")};
    if (overlap.cycles > overlap.sequential_cycles) {
        notes.push_back(fmt::format("the sequential schedule is faster: {}",
                                    format_seconds(seconds_of(report, overlap.sequential_cycles))));
    }
    if (overlap.steps > 1) {
        notes.emplace_back(
            "times are those of the last step, from when the one before has ended; counts are of one step");
    }
    return notes;
}

}  // namespace hypar
