#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <systemc>

#include "arch/array/array_spec.h"
#include "arch/kernel/time.h"
#include "arch/unit/dataflow_model.h"
#include "arch/unit/loop_nest.h"
#include "arch/unit/processing_unit.h"
#include "tests/arch/phases.h"

namespace hypar::tests {

/// A SystemC kernel of its own for one test, from time 0. Declared before the modules of the test.
class Kernel {
public:
    Kernel() : context_(std::make_unique<sc_core::sc_simcontext>()) { sc_core::sc_curr_simcontext = context_.get(); }
    ~Kernel() {
        context_.reset();
        sc_core::sc_curr_simcontext = nullptr;
    }
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;

    static Picoseconds now() { return sc_core::sc_time_stamp().value(); }

    /// Runs all that happens up to and at `time`: the kernel holds back what is due at the end of a run.
    static void run_through(Picoseconds time) {
        sc_core::sc_start(sc_core::sc_time::from_value(time + 1 - now()), sc_core::SC_RUN_TO_TIME);
    }

    static void run_to_end() {
        if (sc_core::sc_pending_activity()) sc_core::sc_start();
    }

private:
    std::unique_ptr<sc_core::sc_simcontext> context_;
};

/// Remembers when processing units and network interfaces ended.
class Ends final : public CompletionListener {
public:
    void completed(const Worker&, Picoseconds arrival) override { arrivals_.push_back(arrival); }

    std::size_t count() const { return arrivals_.size(); }
    Picoseconds last() const { return *std::max_element(arrivals_.begin(), arrivals_.end()); }

private:
    std::vector<Picoseconds> arrivals_;
};

/// Blocks of `bytes`, each of which is one row of one bank.
inline void set_interleave(MemorySpec& memory, std::uint64_t bytes) {
    memory.interleave_bytes = memory.row_bytes = memory.bank_interleave_bytes = bytes;
}

/// A byte of a vault takes `time`.
inline void set_byte_time(MemorySpec& memory, Picoseconds time) {
    memory.timing.column_spacing = time;
    memory.vault_bits_per_second = 8 * kPicosecondsPerSecond / time;
}

/// Vaults in which nothing but opening a row, reading or writing it, and the data bus takes time: every block is a
/// row, closed as soon as it has been used, bursts are single bytes, and no bank and no refresh is ever waited for.
inline MemorySpec simple_memory() {
    MemorySpec memory;
    memory.capacity_bytes = 8'000'000'000;
    memory.vaults = 32;
    memory.banks = 64;
    memory.page = PagePolicy::Closed;
    //               tCK tRCD    tCL   tCWL  tRP tRAS tRC tRRD tWR tRTP tWTR tCCD tFAW tRFC tREFI
    memory.timing = {25, 10'200, 9900, 9900, 25, 25, 25, 25, 25, 25, 25, 100, 100, 25, 1'000'000'000};
    set_interleave(memory, 32 * 1024);
    set_byte_time(memory, 100);
    return memory;
}

/// The accelerators of Song et al., HPCA 2019, with the numbers of configs/arrays/hpca19.yaml but for larger packets
/// (32 KiB), smaller buffers (two packets) and a simpler memory with larger blocks (32 KiB), which the arithmetic of
/// the tests uses: a byte takes 100 ps on a vault's bus, a row 20.1 ns to open and read, a clock cycle 4 ns.
inline ArraySpec hpca19() {
    ArraySpec array;
    array.name = "hpca19";
    array.accelerators = 16;
    array.clock.period = 4000;
    array.processing_units = 16;
    array.pe_array = {12, 14, 224, 12, 24, 4, 4, 4};
    array.buffer = {108 * 1024, 108 * 1024, 1};  // banks of one byte: what a tile takes is what it holds
    array.dma.outstanding_requests = 16;
    array.memory = simple_memory();
    array.interconnect.bits_per_second = 25'600'000'000;
    array.interconnect.link_latency = 4000;
    array.interconnect.input_reads = InputReads::All;
    array.interconnect.packet_bytes = 32 * 1024;
    array.interconnect.flit_bytes = 64;  // a local port takes 128 Gb/s
    array.interconnect.virtual_channels = 2;
    array.interconnect.buffer_flits = 2 * 512;
    return array;
}

/// Buffers of `packets` whole packets.
inline void set_buffer_packets(InterconnectSpec& interconnect, std::uint64_t packets) {
    interconnect.buffer_flits = packets * interconnect.flits_of(interconnect.packet_bytes);
}

using Random = std::mt19937_64;

inline std::uint64_t draw(Random& random, std::uint64_t least, std::uint64_t most) {
    return least + random() % (most - least + 1);
}

/// A fully connected layer: its product has the samples as items.
inline LoopNest product(std::uint64_t items, std::uint64_t length, std::uint64_t columns) {
    LoopNest nest;
    set_phase(nest, Phase::Forward);
    nest.samples = items;
    nest.in_channels = length;
    nest.out_channels = columns;
    return nest;
}

/// A nest of a small convolution or, now and then, a fully connected layer, with padding and pooling, whose height
/// and width have nothing to do with each other.
inline LoopNest random_nest(Random& random, Phase phase) {
    LoopNest nest;
    set_phase(nest, phase);
    if (phase == Phase::Update) {
        nest.samples = 1;
        nest.in_channels = 1;
        nest.out_channels = draw(random, 1, 2000);
        return nest;
    }
    nest.groups = draw(random, 0, 3) == 0 ? draw(random, 2, 4) : 1;
    nest.samples = draw(random, 1, 7);
    nest.in_channels = draw(random, 1, 9);
    nest.out_channels = draw(random, 1, 9);
    if (draw(random, 0, 4) == 0) return nest;
    const auto draw_extents = [&](std::uint64_t& kernel, std::uint64_t& stride, std::uint64_t& dilation,
                                  std::uint64_t& in, std::uint64_t& out) {
        kernel = draw(random, 1, 5);
        stride = draw(random, 1, 3);
        dilation = draw(random, 0, 2) == 0 ? draw(random, 2, 4) : 1;
        const std::uint64_t reach = (kernel - 1) * dilation + 1;
        const std::uint64_t padding = draw(random, 0, reach - 1);
        in = reach + draw(random, 0, 9);
        out = (in + 2 * padding - reach) / stride + 1;
    };
    draw_extents(nest.kernel_height, nest.stride_height, nest.dilation_height, nest.in_height, nest.out_height);
    draw_extents(nest.kernel_width, nest.stride_width, nest.dilation_width, nest.in_width, nest.out_width);
    const std::uint64_t pool = draw(random, 1, std::min<std::uint64_t>({3, nest.out_height, nest.out_width}));
    nest.stored_out_plane = (nest.out_height / pool) * (nest.out_width / pool);
    return nest;
}

/// Every pass that a search may try.
inline std::vector<PassShape> pass_shapes(const ArraySpec& array, const LoopNest& nest) {
    std::vector<PassShape> shapes;
    for (const PassShape& sets : array_sets(array.unit(), nest)) {
        model_of(sets.dataflow).add_passes(shapes, array.unit(), nest, sets);
    }
    return shapes;
}

inline std::uint64_t macs_of(const LoopNest& nest) {
    return nest.is_elementwise() ? nest.out_channels
                                 : nest.groups * nest.samples * nest.in_channels * nest.out_channels *
                                       nest.kernel_height * nest.kernel_width * nest.out_height * nest.out_width;
}

}  // namespace hypar::tests
