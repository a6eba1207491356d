#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>

#include "arch/kernel/energy_table.h"
#include "arch/kernel/time.h"
#include "arch/unit/tile_schedule.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// What mappings are searched for: the processing units of one accelerator, and the memory that they share.
struct MappingTarget {
    UnitSpec unit;
    std::uint64_t units = 1;
    Clock clock;
    std::uint64_t memory_bits_per_second = 1;
    Cycles memory_latency = 0;  ///< until a row that was closed answers
    EnergyTable energy;

    /// What one of `sharing` units takes to move so many bytes, all of which move as much.
    Cycles cycles_to_move(std::uint64_t bytes, std::uint64_t sharing) const {
        const std::uint64_t bits_per_second = std::max<std::uint64_t>(1, memory_bits_per_second / sharing);
        return clock.cycles_up_to(transfer_time(bytes, bits_per_second));
    }

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.unit, self.units, self.clock, self.memory_bits_per_second, self.memory_latency,
                        self.energy);
    }
};

/// What a processing unit may get to do, and how many units do the like and share the memory.
struct UnitWork {
    LoopNest nest;
    std::uint64_t units = 1;
};

/// A mapping with what it is expected to take on one processing unit that has its share of the memory's bandwidth.
struct MappingChoice {
    Mapping mapping;
    Cycles cycles = 0;
    double picojoules = 0;
    std::uint64_t tiles = 0;
};

/// A nest cut into tiles for one pass, with what it costs in each order of loops.
class TiledNest {
public:
    /// Costs where computing takes more than `most_cycles` are not worked out: `computing` says as much, and there is
    /// no asking for an order.
    TiledNest(const MappingTarget& target, const UnitWork& work, const ByLoop& block, const PassShape& pass,
              const RowBlocks& row_blocks, Cycles most_cycles = UINT64_MAX);

    Cycles computing() const { return cycles_; }

    /// The longer one of computing, with the first load before it and the last store after it, and of moving all
    /// data.
    MappingChoice in_order(const std::array<Loop, kLoops>& order) const;

private:
    /// Tiles of one shape: full in each loop, or what is left at its end.
    struct AlikeTiles {
        ByLoop sizes{};
        std::uint64_t results = 1;  ///< that they add to
        std::uint64_t of_a_result = 1;
        bool opens = true;      ///< whether the first of a result is among them
        bool completes = true;  ///< and the last
    };

    void compute_tiles(Cycles most_cycles);
    void compute(const AlikeTiles& tiles, Cycles most_cycles);
    template <typename Visit>
    void for_each_shape(Visit visit) const;
    void move_tiles(const RowBlocks& row_blocks);
    void add(std::uint64_t times, const ByLoop& sizes, Accumulation accumulation);
    double picojoules(std::uint64_t memory_bytes) const;

    const MappingTarget& target_;
    const LoopNest& nest_;
    std::uint64_t units_;
    ByLoop block_;
    PassShape pass_;
    ByLoop trips_;
    std::uint64_t tiles_;
    Tile whole_;
    Cycles in_turn_ = 0;  ///< computing, with the first load before it and the last store after it
    // Of all tiles:
    Cycles cycles_ = 0;
    std::uint64_t buffer_words_ = 0;
    std::uint64_t array_words_ = 0;
    std::uint64_t register_words_ = 0;
    std::uint64_t macs_ = 0;
};

/// What a mapping takes and costs: the longer one of computing, with the first load before it and the last store
/// after it, and of moving all data, with one tile behind it. Its largest tile must fit the buffer.
MappingChoice evaluate_mapping(const MappingTarget& target, const UnitWork& work, const Mapping& mapping);

}  // namespace hypar
