#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/kernel/spec_limits.h"
#include "workloads/phase.h"

namespace hypar {

/// What a mapping is to take least of.
struct MappingGoal {
    enum class Kind : std::uint8_t {
        LeastCycles,
        LeastEnergy,
        LeastProduct,  ///< the product of energy and cycles
        EnergyWithin,  ///< energy, of what takes up to `within` longer than what takes least
    };
    static constexpr Choice<Kind> kKinds[] = {
        {"cycles", Kind::LeastCycles}, {"energy", Kind::LeastEnergy}, {"edp", Kind::LeastProduct}};

    Kind kind = Kind::LeastCycles;
    std::uint64_t within = 0;  ///< in kParts of the least cycles

    static constexpr std::uint64_t kParts = 10000;
    static constexpr std::uint64_t kMostWithin = 100 * kParts;

    /// Those of the map that may stand in place of a name.
    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("energy_within", "energy, of the mappings that take up to so much longer than the fastest one"),
              self.within, Amount{Quantity::Share, 0, kMostWithin, "5 %"});
        visit(Key("", ""), self.kind, Unwritten{});
    }
};

/// The row-stationary mapping of one phase of a layer, in the letters of Chen et al., JSSC 2017, Table II; all rows
/// of the kernel lie on the array.
struct MappingPin {
    std::string layer;
    Phase phase = Phase::Forward;
    std::uint64_t n = 1;  ///< samples of a tile
    std::uint64_t m = 1;  ///< made channels of a tile
    std::uint64_t e = 1;
    std::uint64_t p = 1;
    std::uint64_t q = 1;
    std::uint64_t r = 1;
    std::uint64_t t = 1;

    static constexpr Choice<Phase> kPinned[] = {{"forward", Phase::Forward}, {"backward", Phase::Backward}};

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("layer", "a layer of the network"), self.layer, Text{"a layer's name"});
        visit(Key("phase", "`forward` or `backward`"), self.phase, one_of(kPinned, "forward or backward"));
        visit(Key("n", "samples of a tile"), self.n, Count{});
        visit(Key("m", "channels of its result"), self.m, Count{});
        visit(Key("e", "rows of outputs that a set of elements makes"), self.e, Count{1, kMostUnits});
        visit(Key("p", "channels made by one element"), self.p, Count{1, kMostUnits});
        visit(Key("q", "channels that it sums"), self.q, Count{1, kMostUnits});
        visit(Key("r", "sets that sum different channels"), self.r, Count{1, kMostUnits});
        visit(Key("t", "sets that make different channels"), self.t, Count{1, kMostUnits});
    }
};

/// The rule by which a nest is laid on a processing unit.
struct MappingSpec {
    MappingGoal minimise;
    bool whole_sets = false;
    bool row_stationary_only = false;
    std::vector<MappingPin> pins;

    static constexpr Choice<bool> kSets[] = {{"searched", false}, {"whole", true}};
    static constexpr Choice<bool> kDataflows[] = {{"searched", false}, {"row-stationary", true}};

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("minimise",
                  "`cycles`, `energy`, by the array's own table, `edp`, their product, or a map: "
                  "[below](#what-mappings-minimise)"),
              self.minimise, Apart{"cycles, energy, edp or a map"});
        visit(Key("sets",
                  "`whole`: a row-stationary set is as wide as the output is high, in pieces if need be, and takes "
                  "all rows of the kernel, as on the Eyeriss chip; `searched`: any width and fold; only for "
                  "row-stationary arrays, `searched` if left out")
                  .optional(),
              self.whole_sets, one_of(kSets, "whole or searched"));
        visit(
            Key("dataflow",
                "of a row-stationary array's forward and backward phases: `row-stationary`, or `searched` among row- "
                "and output-stationary, also if left out")
                .optional(),
            self.row_stationary_only, one_of(kDataflows, "row-stationary or searched"));
        visit(
            Key("pin", "a list of mappings of single phases, as a chip's table gives them: [below](#pinned-mappings)")
                .optional(),
            self.pins, Apart{"none"});
    }
};

}  // namespace hypar
