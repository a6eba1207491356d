#include "sweep/point/figures.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "report/energy.h"
#include "report/run_render.h"

namespace hypar {
namespace {

using Type = FigureColumn::Type;

double joules_of(const RunReport& report, const std::string& component) {
    double joules = 0;
    for (const EnergyEntry& entry : energy_entries(report.counts(), report.array.energy)) {
        if (component.empty() || entry.component == component) joules += entry.joules();
    }
    return joules;
}

double utilisation_of(const RunReport& report) {
    const double pes = static_cast<double>(report.array.accelerators * report.array.processing_units) *
                       static_cast<double>(report.array.pe_array.size());
    const double cycles = static_cast<double>(report.compute_cycles());
    return cycles == 0 ? 0 : static_cast<double>(report.counts().macs) / (pes * cycles);
}

ExchangeCycles exchange_of(const RunReport& report) {
    ExchangeCycles total;
    for (const LayerReport& layer : report.layers) {
        for (const PhaseReport& phase : layer.phases) total += phase.exchange;
    }
    return total;
}

double busiest_link_share(const RunReport& report) {
    Picoseconds busy = 0;
    for (const LinkReport& link : report.links) busy = std::max(busy, link.use.busy_time);
    const Picoseconds step = report.array.clock.duration(report.cycles());
    return step == 0 ? 0 : static_cast<double>(busy) / static_cast<double>(step);
}

std::uint64_t count_of(const RunReport& report, std::uint64_t EventCounts::*counter) {
    return report.counts().*counter;
}

struct PointEntry {
    const char* name;
    Type type;
    Figure (*figure)(const RunReport&);
};

const PointEntry kPointEntries[] = {
    {"cycles", Type::Integer, [](const RunReport& r) -> Figure { return r.cycles(); }},
    {"seconds", Type::Real, [](const RunReport& r) -> Figure { return seconds_of(r, r.cycles()); }},
    {"compute_seconds", Type::Real, [](const RunReport& r) -> Figure { return seconds_of(r, r.compute_cycles()); }},
    {"communication_seconds", Type::Real,
     [](const RunReport& r) -> Figure { return seconds_of(r, r.communication_cycles()); }},
    {"traffic_bytes", Type::Integer, [](const RunReport& r) -> Figure { return r.traffic_bytes; }},
    {"energy_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, ""); }},
    {"compute_cycles", Type::Integer, [](const RunReport& r) -> Figure { return r.compute_cycles(); }},
    {"communication_cycles", Type::Integer, [](const RunReport& r) -> Figure { return r.communication_cycles(); }},
    {"bandwidth_cycles", Type::Integer, [](const RunReport& r) -> Figure { return exchange_of(r).bandwidth; }},
    {"contention_cycles", Type::Integer, [](const RunReport& r) -> Figure { return exchange_of(r).contention; }},
    {"latency_cycles", Type::Integer, [](const RunReport& r) -> Figure { return exchange_of(r).latency; }},
    {"utilisation", Type::Real, [](const RunReport& r) -> Figure { return utilisation_of(r); }},
    {"busiest_link_utilisation", Type::Real, [](const RunReport& r) -> Figure { return busiest_link_share(r); }},
    {"multiply_accumulate_joules", Type::Real,
     [](const RunReport& r) -> Figure { return joules_of(r, "multiply_accumulate"); }},
    {"reduction_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "reduction"); }},
    {"register_file_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "register_file"); }},
    {"array_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "array"); }},
    {"buffer_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "buffer"); }},
    {"tsv_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "tsv"); }},
    {"dram_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "dram"); }},
    {"link_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "link"); }},
    {"priced_link_joules", Type::Real, [](const RunReport& r) -> Figure { return joules_of(r, "priced_link"); }},
    {"macs", Type::Integer, [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::macs); }},
    {"adds", Type::Integer, [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::adds); }},
    {"register_bytes", Type::Integer,
     [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::register_bytes); }},
    {"array_bytes", Type::Integer,
     [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::array_bytes); }},
    {"buffer_bytes", Type::Integer,
     [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::buffer_bytes); }},
    {"dram_bytes", Type::Integer, [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::dram_bytes); }},
    {"link_bytes", Type::Integer, [](const RunReport& r) -> Figure { return count_of(r, &EventCounts::link_bytes); }},
    {"memory_bytes", Type::Integer, [](const RunReport& r) -> Figure { return r.memory.bytes(); }},
    {"peak_buffer_bytes", Type::Integer, [](const RunReport& r) -> Figure { return r.peak_buffer_bytes; }},
    {"plan", Type::Text,
     [](const RunReport& r) -> Figure { return fmt::format("{}", fmt::join(r.plan.to_strings(), "/")); }},
};

struct PhaseEntry {
    const char* name;
    Type type;
    Figure (*figure)(const RunReport&, const PhaseReport&);
};

const PhaseEntry kPhaseEntries[] = {
    {"cycles", Type::Integer, [](const RunReport&, const PhaseReport& p) -> Figure { return p.cycles(); }},
    {"compute_cycles", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> Figure { return p.compute_cycles; }},
    {"compute_seconds", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> Figure { return seconds_of(r, p.compute_cycles); }},
    {"communication_cycles", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> Figure { return p.communication_cycles; }},
    {"communication_seconds", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> Figure { return seconds_of(r, p.communication_cycles); }},
    {"macs", Type::Integer, [](const RunReport&, const PhaseReport& p) -> Figure { return p.counts.macs; }},
    {"active_pes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> Figure {
         return p.mapping ? p.mapping->active_pes : std::uint64_t{0};
     }},
    {"utilisation", Type::Real, [](const RunReport& r, const PhaseReport& p) -> Figure { return utilisation(r, p); }},
    {"dram_bytes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> Figure { return p.counts.dram_bytes; }},
    {"sent_bytes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> Figure { return p.counts.sent_bytes; }},
    {"energy_joules", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> Figure {
         return total_joules(energy_entries(p.counts, r.array.energy));
     }},
};

template <typename Entries>
std::vector<FigureColumn> columns_of(const Entries& entries) {
    std::vector<FigureColumn> columns;
    for (const auto& entry : entries) columns.push_back({entry.name, entry.type});
    return columns;
}

}  // namespace

const std::vector<FigureColumn>& point_columns() {
    static const std::vector<FigureColumn> kColumns = columns_of(kPointEntries);
    return kColumns;
}

Figures point_figures(const RunReport& report) {
    Figures figures;
    for (const PointEntry& entry : kPointEntries) figures.push_back(entry.figure(report));
    return figures;
}

const std::vector<FigureColumn>& phase_columns() {
    static const std::vector<FigureColumn> kColumns = columns_of(kPhaseEntries);
    return kColumns;
}

Figures phase_figures(const RunReport& report, const PhaseReport& phase) {
    Figures figures;
    for (const PhaseEntry& entry : kPhaseEntries) figures.push_back(entry.figure(report, phase));
    return figures;
}

void append_figures(Words& words, const Figures& figures) {
    words.push_back(figures.size());
    for (const Figure& figure : figures) {
        words.push_back(figure.index());
        if (const auto* integer = std::get_if<std::uint64_t>(&figure)) words.push_back(*integer);
        if (const auto* real = std::get_if<double>(&figure)) words.push_back(bits_of(*real));
        if (const auto* text = std::get_if<std::string>(&figure)) append_text(words, *text);
    }
}

Figures read_figures(WordReader& reader) {
    Figures figures(reader.next());
    for (Figure& figure : figures) {
        switch (static_cast<Type>(reader.next())) {
            case Type::Integer: figure = reader.next(); break;
            case Type::Real: figure = double_of(reader.next()); break;
            case Type::Text: figure = reader.text(); break;
        }
    }
    return figures;
}

std::string text_of(const Figure& figure) {
    return std::visit([](const auto& value) { return fmt::format("{}", value); }, figure);
}

}  // namespace hypar
