#include "sim/replay/remembered.h"

namespace hypar {
namespace {

// Every number of an array that decides what its components do and take. The bindings name all members of a spec: a
// new one does not compile until it has been considered here.

void append(Words& words, std::initializer_list<std::uint64_t> more) { words.insert(words.end(), more); }

void append_unit(Words& words, const ArraySpec& array) {
    const auto& [rows, columns, filter_registers, feature_registers, partial_sum_registers, filter_words,
                 feature_words, partial_sum_words] = array.pe_array;
    append(words, {rows, columns, filter_registers, feature_registers, partial_sum_registers, filter_words,
                   feature_words, partial_sum_words});
    const auto& [capacity_bytes, banks, bank_bytes_per_cycle] = array.buffer;
    append(words, {capacity_bytes, banks, bank_bytes_per_cycle});
    const auto& [outstanding_requests] = array.dma;
    append(words, {outstanding_requests});
}

/// The energy table decides only where mappings are chosen by it.
void append_mapping(Words& words, const MappingSpec& mapping, const EnergyTable& energy) {
    const auto& [minimise, whole_sets, row_stationary_only] = mapping;
    append(words, {static_cast<std::uint64_t>(minimise), whole_sets, row_stationary_only});
    if (minimise == MappingSpec::Objective::LeastCycles) return;
    const auto& [add, multiply, of_register, of_array, of_buffer, of_dram, of_tsv, of_link] = energy;
    for (const double picojoules : {add, multiply, of_register, of_array, of_buffer, of_dram, of_tsv}) {
        words.push_back(bits_of(picojoules));
    }
}

/// All but the capacity.
void append_memory(Words& words, const MemorySpec& memory) {
    const auto& [capacity_bytes, vaults, vault_bits_per_second, interleave_bytes, crossbar_cycles, banks, row_bytes,
                 bank_interleave_bytes, burst_bytes, page, timing] = memory;
    append(words, {vaults, vault_bits_per_second, interleave_bytes, crossbar_cycles, banks, row_bytes,
                   bank_interleave_bytes, burst_bytes, static_cast<std::uint64_t>(page)});
    const auto& [clock_period, row_to_column_delay, column_latency, write_latency, precharge_time, row_active_time,
                 row_cycle, activate_spacing, write_recovery, read_to_precharge, write_to_read, column_spacing,
                 activate_window, refresh_time, refresh_interval] = timing;
    append(words, {clock_period, row_to_column_delay, column_latency, write_latency, precharge_time, row_active_time,
                   row_cycle, activate_spacing, write_recovery, read_to_precharge, write_to_read, column_spacing,
                   activate_window, refresh_time, refresh_interval});
}

/// All but the links and deterministic routes, which are part of a piece.
void append_interconnect(Words& words, const InterconnectSpec& interconnect) {
    const auto& [topology, routing, flow_control, bits_per_second, is_per_link, link_latency, router_cycles,
                 packet_bytes, header_bytes, flit_bytes, buffer_flits, virtual_channels] = interconnect;
    append(words, {static_cast<std::uint64_t>(routing), static_cast<std::uint64_t>(flow_control), router_cycles,
                   packet_bytes, header_bytes, flit_bytes, buffer_flits, virtual_channels});
    if (routing == RoutingRule::Deterministic) return;
    append(words, {static_cast<std::uint64_t>(topology.kind)});  // an adaptive packet's way out from anywhere
    words.insert(words.end(), topology.size.begin(), topology.size.end());
}

Words hardware_of(const ArraySpec& array) {
    const auto& [name, source, accelerators, precision, clock, processing_units, pe_array, mapping, buffer, dma,
                 memory, interconnect, energy, ideal] = array;
    Words words{precision.bytes, clock.period, processing_units, static_cast<std::uint64_t>(ideal)};
    append_unit(words, array);
    append_mapping(words, mapping, energy);
    append_memory(words, memory);
    append_interconnect(words, interconnect);
    return words;
}

void append_schedule(Words& words, const TileSchedule& schedule) {
    for (const LoopNest* nest : {&schedule.nest(), &schedule.leader()}) {
        words.insert(words.end(), {static_cast<std::uint64_t>(nest->kind), static_cast<std::uint64_t>(nest->result),
                                   nest->groups, nest->samples, nest->in_channels, nest->out_channels,
                                   nest->in_height, nest->in_width, nest->out_height, nest->out_width, nest->kernel,
                                   nest->stride, nest->stored_out_plane, nest->state_words});
    }
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        words.push_back(schedule.mapping().block[loop]);
        words.push_back(static_cast<std::uint64_t>(schedule.mapping().order[loop]));
    }
    const PassShape& pass = schedule.mapping().pass;
    words.insert(words.end(),
                 {static_cast<std::uint64_t>(pass.dataflow), pass.e, pass.p, pass.q, pass.r, pass.t, pass.i, pass.k});
}

std::uint64_t words_of(const Words& key, const HardwareUse& use) {
    constexpr std::uint64_t kWordsOfAnInterface = 2;
    constexpr std::uint64_t kWordsOfALink = 6;
    return key.size() + kWordsOfAnInterface * use.accelerators.size() + kWordsOfALink * use.links.size() +
           use.vaults_busy.size();
}

void append_last(Words& words, const std::optional<LastWorker>& last) {
    words.push_back(std::uint64_t{last.has_value()});
    if (!last) return;
    const auto& [accelerator, unit, at, spent] = *last;
    const auto& [multiply, fill, delivery, buffer, drain] = spent;
    append(words, {accelerator, unit, at, multiply, fill, delivery, buffer, drain});
}

std::optional<LastWorker> read_last(WordReader& reader) {
    if (reader.next() == 0) return std::nullopt;
    LastWorker worker;
    auto& [accelerator, unit, at, spent] = worker;
    auto& [multiply, fill, delivery, buffer, drain] = spent;
    for (std::uint64_t* number : {&accelerator, &unit, &at, &multiply, &fill, &delivery, &buffer, &drain}) {
        *number = reader.next();
    }
    return worker;
}

/// Activities are not remembered.
void append_result(Words& words, const SegmentResult& result) {
    const auto& [cycles, use, last, activity] = result;
    append(words, {cycles, use.peak_buffer_bytes});
    append_last(words, last);
    EventCounts counts = use.counts;
    EventCounts::for_each(counts, counts, [&](std::uint64_t count, std::uint64_t) { words.push_back(count); });
    words.push_back(use.accelerators.size());
    for (const auto& [sent_bytes, received_bytes] : use.accelerators) append(words, {sent_bytes, received_bytes});
    words.push_back(use.links.size());
    for (const auto& [payload_bytes, packets, flits, busy_time, stalled_time, peak_flits] : use.links) {
        append(words, {payload_bytes, packets, flits, busy_time, stalled_time, peak_flits});
    }
    append_words(words, use.vaults_busy);
}

SegmentResult read_result(WordReader& reader) {
    SegmentResult result;
    result.cycles = reader.next();
    result.use.peak_buffer_bytes = reader.next();
    result.last = read_last(reader);
    EventCounts& counts = result.use.counts;
    EventCounts::for_each(counts, counts, [&](std::uint64_t& count, std::uint64_t) { count = reader.next(); });
    result.use.accelerators.resize(reader.next());
    for (auto& [sent_bytes, received_bytes] : result.use.accelerators) {
        sent_bytes = reader.next();
        received_bytes = reader.next();
    }
    result.use.links.resize(reader.next());
    for (auto& [payload_bytes, packets, flits, busy_time, stalled_time, peak_flits] : result.use.links) {
        for (std::uint64_t* number : {&payload_bytes, &packets, &flits, &busy_time, &stalled_time, &peak_flits}) {
            *number = reader.next();
        }
    }
    result.use.vaults_busy = reader.words();
    return result;
}

}  // namespace

Mapper& Remembered::mapper(const ArraySpec& array) {
    const auto [found, is_new] = mappers_.try_emplace(hardware_of(array), array.mapping_target());
    if (!is_new) return found->second;
    const auto untold = untold_.find(found->first);
    if (untold == untold_.end()) return found->second;
    for (const Words& news : untold->second) found->second.learn(news);
    untold_.erase(untold);
    return found->second;
}

Remembered::Key Remembered::key_of(const ArraySpec& array, const Program& program, const CollapsedProgram& collapsed,
                                   const Piece& piece) {
    Key key = hardware_of(array);
    const Words& part = collapsed.kinds[piece.kind].signature;
    key.insert(key.end(), part.begin(), part.end());
    for (const auto& units : piece.segment.compute) {
        key.push_back(units.size());
        for (const std::uint32_t schedule : units) append_schedule(key, program.schedules[schedule]);
    }
    for (const ExchangeShare& share : piece.segment.shares) {
        key.insert(key.end(), {share.partner, share.send_bytes, share.receive_bytes, std::uint64_t{share.reduces}});
    }
    return key;
}

const SegmentResult* Remembered::find(const Key& key) const {
    const auto found = results_.find(key);
    return found == results_.end() ? nullptr : &found->second;
}

void Remembered::keep(const Key& key, SegmentResult result) {
    const auto [kept, is_new] = results_.emplace(key, std::move(result));
    if (!is_new) return;
    size_ += words_of(key, kept->second.use);
    news_.push_back(kept);
}

Words Remembered::take_news() {
    Words words;
    for (auto& [hardware, mapper] : mappers_) {
        const Words news = mapper.take_news();
        if (news.empty()) continue;
        append_words(words, hardware);
        append_words(words, news);
    }
    if (words.empty() && news_.empty()) return {};
    Words all;
    append_words(all, words);
    for (const auto& news : news_) {
        append_words(all, news->first);
        append_result(all, news->second);
    }
    news_.clear();
    return all;
}

void Remembered::learn(const Words& news) {
    WordReader reader(news);
    const Words of_mappers = reader.words();
    WordReader mappers(of_mappers);
    while (!mappers.at_end()) {
        const Key hardware = mappers.words();
        const Words found = mappers.words();
        const auto mapper = mappers_.find(hardware);
        if (mapper == mappers_.end()) {
            untold_[hardware].push_back(found);
        } else {
            mapper->second.learn(found);
        }
    }
    while (!reader.at_end()) {
        Key key = reader.words();
        const auto [kept, is_new] = results_.emplace(std::move(key), read_result(reader));
        if (is_new) size_ += words_of(kept->first, kept->second.use);
    }
}

}  // namespace hypar
