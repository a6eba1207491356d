#include "sweep/point/columns.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "report/energy.h"
#include "report/run_render.h"

namespace hypar {
namespace {

using Type = ResultColumn::Type;

double joules_of(const RunReport& report, const std::string& component) {
    double joules = 0;
    for (const EnergyEntry& entry : energy_entries(report)) {
        if (component.empty() || entry.component == component) joules += entry.joules();
    }
    return joules;
}

double utilisation_of(const RunReport& report) {
    const auto pes = static_cast<double>(report.array.processing_elements());
    const double cycles = static_cast<double>(report.compute_cycles());
    return cycles == 0 ? 0 : static_cast<double>(report.counts().macs) / (pes * cycles);
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
    ColumnValue (*value)(const RunReport&);
};

const PointEntry kPointEntries[] = {
    {"cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.cycles(); }},
    {"seconds", Type::Real, [](const RunReport& r) -> ColumnValue { return seconds_of(r, r.cycles()); }},
    {"compute_seconds", Type::Real,
     [](const RunReport& r) -> ColumnValue { return seconds_of(r, r.compute_cycles()); }},
    {"communication_seconds", Type::Real,
     [](const RunReport& r) -> ColumnValue { return seconds_of(r, r.communication_cycles()); }},
    {"communication_bound_seconds", Type::Real,
     [](const RunReport& r) -> ColumnValue { return to_seconds(r.communication_bound()); }},
    {"idle_seconds", Type::Real, [](const RunReport& r) -> ColumnValue { return seconds_of(r, r.idle_cycles()); }},
    {"bound_seconds", Type::Real, [](const RunReport& r) -> ColumnValue { return to_seconds(r.bound()); }},
    {"traffic_bytes", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.traffic_bytes; }},
    {"energy_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, ""); }},
    {"energy_delay_product", Type::Real, [](const RunReport& r) -> ColumnValue { return energy_delay_product(r); }},
    {"compute_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.compute_cycles(); }},
    {"communication_cycles", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return r.communication_cycles(); }},
    {"bandwidth_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().bandwidth; }},
    {"contention_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().contention; }},
    {"port_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().port; }},
    {"memory_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().memory; }},
    {"dma_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().dma; }},
    {"latency_cycles", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.exchange().latency; }},
    {"utilisation", Type::Real, [](const RunReport& r) -> ColumnValue { return utilisation_of(r); }},
    {"busiest_link_utilisation", Type::Real, [](const RunReport& r) -> ColumnValue { return busiest_link_share(r); }},
    {"multiply_accumulate_joules", Type::Real,
     [](const RunReport& r) -> ColumnValue { return joules_of(r, "multiply_accumulate"); }},
    {"reduction_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "reduction"); }},
    {"register_file_joules", Type::Real,
     [](const RunReport& r) -> ColumnValue { return joules_of(r, "register_file"); }},
    {"array_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "array"); }},
    {"buffer_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "buffer"); }},
    {"tsv_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "tsv"); }},
    {"dram_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "dram"); }},
    {"link_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "link"); }},
    {"priced_link_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "priced_link"); }},
    {"vector_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "vector"); }},
    {"router_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "router"); }},
    {"accelerator_static_joules", Type::Real,
     [](const RunReport& r) -> ColumnValue { return joules_of(r, "accelerator_static"); }},
    {"link_static_joules", Type::Real, [](const RunReport& r) -> ColumnValue { return joules_of(r, "link_static"); }},
    {"macs", Type::Integer, [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::macs); }},
    {"vector_operations", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::vector_operations); }},
    {"adds", Type::Integer, [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::adds); }},
    {"register_bytes", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::register_bytes); }},
    {"array_bytes", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::array_bytes); }},
    {"buffer_bytes", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::buffer_bytes); }},
    {"dram_bytes", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::dram_bytes); }},
    {"link_bytes", Type::Integer,
     [](const RunReport& r) -> ColumnValue { return count_of(r, &EventCounts::link_bytes); }},
    {"router_flits", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.counts().router_flits(); }},
    {"memory_bytes", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.memory.bytes(); }},
    {"peak_buffer_bytes", Type::Integer, [](const RunReport& r) -> ColumnValue { return r.peak_buffer_bytes; }},
    {"plan", Type::Text,
     [](const RunReport& r) -> ColumnValue { return fmt::format("{}", fmt::join(r.plan.to_strings(), "/")); }},
};

struct PhaseEntry {
    const char* name;
    Type type;
    ColumnValue (*value)(const RunReport&, const PhaseReport&);
};

const PhaseEntry kPhaseEntries[] = {
    {"cycles", Type::Integer, [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.cycles(); }},
    {"compute_cycles", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.compute_cycles; }},
    {"compute_seconds", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> ColumnValue { return seconds_of(r, p.compute_cycles); }},
    {"communication_cycles", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.communication_cycles; }},
    {"communication_seconds", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> ColumnValue { return seconds_of(r, p.communication_cycles); }},
    {"macs", Type::Integer, [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.counts.macs; }},
    {"active_pes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> ColumnValue {
         return p.mapping ? p.mapping->active_pes : std::uint64_t{0};
     }},
    {"utilisation", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> ColumnValue { return utilisation(r, p); }},
    {"dram_bytes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.counts.dram_bytes; }},
    {"sent_bytes", Type::Integer,
     [](const RunReport&, const PhaseReport& p) -> ColumnValue { return p.counts.sent_bytes; }},
    {"energy_joules", Type::Real,
     [](const RunReport& r, const PhaseReport& p) -> ColumnValue { return total_joules(energy_entries(r, p)); }},
};

template <typename Entries>
std::vector<ResultColumn> columns_of(const Entries& entries) {
    std::vector<ResultColumn> columns;
    for (const auto& entry : entries) columns.push_back({entry.name, entry.type});
    return columns;
}

}  // namespace

const std::vector<ResultColumn>& point_columns() {
    static const std::vector<ResultColumn> kColumns = columns_of(kPointEntries);
    return kColumns;
}

ColumnValues point_column_values(const RunReport& report) {
    ColumnValues values;
    for (const PointEntry& entry : kPointEntries) values.push_back(entry.value(report));
    return values;
}

const std::vector<ResultColumn>& phase_columns() {
    static const std::vector<ResultColumn> kColumns = columns_of(kPhaseEntries);
    return kColumns;
}

ColumnValues phase_column_values(const RunReport& report, const PhaseReport& phase) {
    ColumnValues values;
    for (const PhaseEntry& entry : kPhaseEntries) values.push_back(entry.value(report, phase));
    return values;
}

void append_column_values(Words& words, const ColumnValues& values) {
    words.push_back(values.size());
    for (const ColumnValue& value : values) {
        words.push_back(value.index());
        if (const auto* integer = std::get_if<std::uint64_t>(&value)) words.push_back(*integer);
        if (const auto* real = std::get_if<double>(&value)) words.push_back(bits_of(*real));
        if (const auto* text = std::get_if<std::string>(&value)) append_text(words, *text);
    }
}

ColumnValues read_column_values(WordReader& reader) {
    ColumnValues values(reader.next());
    for (ColumnValue& value : values) {
        switch (static_cast<Type>(reader.next())) {
            case Type::Integer: value = reader.next(); break;
            case Type::Real: value = double_of(reader.next()); break;
            case Type::Text: value = reader.text(); break;
        }
    }
    return values;
}

std::string text_of(const ColumnValue& value) {
    return std::visit([](const auto& one) { return fmt::format("{}", one); }, value);
}

}  // namespace hypar
