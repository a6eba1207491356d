#include "sim/remembered.h"

namespace hypar {
namespace {

using Words = Remembered::Key;

/// Every number of an array that decides what its components do and take; not its name, size, energy and topology.
/// The bindings name all members: a new one does not compile until it has been considered here.
Words hardware_of(const ArraySpec& array) {
    const auto& [name, source, accelerators, precision, clock, processing_units, pe_array, buffer, dma, memory,
                 interconnect, energy] = array;
    const auto& [rows, columns, filter_registers, feature_registers, partial_sum_registers, filter_words,
                 feature_words, partial_sum_words] = pe_array;
    const auto& [buffer_bytes] = buffer;
    const auto& [outstanding_requests] = dma;
    const auto& [memory_bytes, vaults, vault_bits_per_second, interleave_bytes, crossbar_cycles, banks, row_bytes,
                 bank_interleave_bytes, burst_bytes, page, timing] = memory;
    const auto& [clock_period, row_to_column_delay, column_latency, write_latency, precharge_time, row_active_time,
                 row_cycle, activate_spacing, write_recovery, read_to_precharge, write_to_read, column_spacing,
                 activate_window, refresh_time, refresh_interval] = timing;
    const auto& [topology, total_bits_per_second, link_latency, router_cycles, packet_bytes, header_bytes,
                 buffer_packets, virtual_channels] = interconnect;
    return {precision.bytes,
            clock.period,
            processing_units,
            rows,
            columns,
            filter_registers,
            feature_registers,
            partial_sum_registers,
            filter_words,
            feature_words,
            partial_sum_words,
            buffer_bytes,
            outstanding_requests,
            vaults,
            vault_bits_per_second,
            interleave_bytes,
            crossbar_cycles,
            banks,
            row_bytes,
            bank_interleave_bytes,
            burst_bytes,
            static_cast<std::uint64_t>(page),
            clock_period,
            row_to_column_delay,
            column_latency,
            write_latency,
            precharge_time,
            row_active_time,
            row_cycle,
            activate_spacing,
            write_recovery,
            read_to_precharge,
            write_to_read,
            column_spacing,
            activate_window,
            refresh_time,
            refresh_interval,
            link_latency,
            router_cycles,
            packet_bytes,
            header_bytes,
            buffer_packets,
            virtual_channels};
}

void append_schedule(Words& words, const TileSchedule& schedule) {
    for (const LoopNest* nest : {&schedule.nest(), &schedule.leader()}) {
        words.insert(words.end(), {static_cast<std::uint64_t>(nest->phase), nest->samples, nest->in_channels,
                                   nest->out_channels, nest->in_height, nest->in_width, nest->out_height,
                                   nest->out_width, nest->kernel, nest->stride, nest->stored_out_plane});
    }
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        words.push_back(schedule.blocking().block[loop]);
        words.push_back(static_cast<std::uint64_t>(schedule.blocking().order[loop]));
    }
}

}  // namespace

Mapper& Remembered::mapper(const ArraySpec& array) {
    return mappers_.try_emplace(hardware_of(array), array).first->second;
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

}  // namespace hypar
