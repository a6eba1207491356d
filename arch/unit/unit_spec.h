#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "arch/kernel/spec_limits.h"
#include "arch/kernel/time.h"
#include "arch/unit/mapping_spec.h"
#include "base/checked.h"

namespace hypar {

/// The kinds of arrays of processing elements, each with dataflows of its own (arch/unit/dataflow_model.cpp).
enum class PeArrayKind : std::uint8_t { RowStationary, Systolic, Neurocube, FlexFlow };

/// What a systolic array has beside rows, columns and networks (Jouppi et al., ISCA 2017; Samajdar et al., ISPASS
/// 2020). What lies on it at once is a fold.
struct SystolicSpec {
    enum class Dataflow : std::uint8_t { Searched, OutputStationary, WeightStationary, InputStationary };
    enum class Folds : std::uint8_t { Apart, Overlapped, Pipelined };
    Dataflow dataflow = Dataflow::Searched;
    Folds folds = Folds::Overlapped;
    std::uint64_t accumulators = 0;

    static constexpr Choice<Dataflow> kDataflows[] = {{"searched", Dataflow::Searched},
                                                      {"output-stationary", Dataflow::OutputStationary},
                                                      {"weight-stationary", Dataflow::WeightStationary},
                                                      {"input-stationary", Dataflow::InputStationary}};
    static constexpr Choice<Folds> kFolds[] = {
        {"apart", Folds::Apart}, {"overlapped", Folds::Overlapped}, {"pipelined", Folds::Pipelined}};

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("dataflow",
                  "what stays in the elements: `output-stationary`, `weight-stationary`, `input-stationary`, or "
                  "`searched` among them for every phase of a layer"),
              self.dataflow, one_of(kDataflows, "output-, weight-, input-stationary or searched"));
        visit(Key("folds",
                  "`apart`: each begins when the one before has left the array; `overlapped`: what stays is loaded, "
                  "or leaves, while another fold streams; `pipelined`: elements hold what stays twice, and the next "
                  "fold's words follow this one's"),
              self.folds, one_of(kFolds, "apart, overlapped or pipelined"));
        visit(Key("accumulators",
                  "sums below each column, to which weight- and input-stationary folds add; with 0 each fold takes "
                  "them from the buffer and gives them back"),
              self.accumulators, Count{0, kMebi});
    }
};

/// One processing unit's array of processing elements. Which members count is up to its kind, whose list has their
/// keys.
struct PeArraySpec {
    std::uint64_t rows = 1;
    std::uint64_t columns = 1;
    std::uint64_t filter_registers = 1;
    std::uint64_t feature_registers = 1;
    std::uint64_t partial_sum_registers = 1;
    std::uint64_t filter_words_per_cycle = 1;
    std::uint64_t feature_words_per_cycle = 1;
    std::uint64_t partial_sum_words_per_cycle = 1;
    PeArrayKind kind = PeArrayKind::RowStationary;
    SystolicSpec systolic = {};

    static constexpr Choice<PeArrayKind> kKinds[] = {{"row-stationary", PeArrayKind::RowStationary},
                                                     {"systolic", PeArrayKind::Systolic},
                                                     {"neurocube", PeArrayKind::Neurocube},
                                                     {"flexflow", PeArrayKind::FlexFlow}};

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("kind",
                  "`row-stationary` (Chen et al., JSSC 2017), whose keys are below; `systolic`, `neurocube` and "
                  "`flexflow` have [others](#kinds-of-arrays); `row-stationary` if left out")
                  .optional()
                  .choosing(),
              self.kind, one_of(kKinds, "row-stationary, systolic, neurocube or flexflow"));
        visit_elements(self, visit);
        visit(Key("words_per_cycle.filter",
                  "words of filters that their network between buffer and processing elements delivers in a cycle"),
              self.filter_words_per_cycle, Count{});
        visit(Key("words_per_cycle.feature_map", "the same of feature maps"), self.feature_words_per_cycle, Count{});
        visit(Key("words_per_cycle.partial_sum", "the same of partial sums, so many each way"),
              self.partial_sum_words_per_cycle, Count{});
        if (self.kind == PeArrayKind::Systolic) SystolicSpec::for_each_field(self.systolic, visit);
    }

    std::uint64_t size() const { return rows * columns; }
    std::uint64_t slowest_words_per_cycle() const {
        return std::min({filter_words_per_cycle, feature_words_per_cycle, partial_sum_words_per_cycle});
    }

private:
    template <typename Self, typename Visit>
    static void visit_elements(Self& self, Visit&& visit) {
        if (self.kind == PeArrayKind::Neurocube) {
            visit(Key("macs", "multiply-accumulate units that the state machine of a vault feeds"), self.columns,
                  Count{1, kMostUnits});
            return;
        }
        visit(Key("rows", "rows of processing elements"), self.rows, Count{1, kMostUnits});
        visit(Key("columns", "columns of processing elements"), self.columns, Count{1, kMostUnits});
        if (self.kind == PeArrayKind::Systolic) return;
        visit(
            Key("registers.filter", "register file of one processing element for filters, in words of the precision"),
            self.filter_registers, Count{});
        visit(Key("registers.feature_map", "the same for feature maps"), self.feature_registers, Count{});
        if (self.kind == PeArrayKind::FlexFlow) return;
        visit(Key("registers.partial_sum", "the same for partial sums"), self.partial_sum_registers, Count{});
    }
};

/// One processing unit's global buffer: banks of equal size, each with a port for the array of processing elements
/// and one for the engine that moves data to and from memory.
struct BufferSpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t banks = 1;
    std::uint64_t bank_bytes_per_cycle = 1;

    static constexpr std::uint64_t kFewestBanks = 5;  // two operands of two tiles, and a result

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("capacity", "size"), self.capacity_bytes, ::hypar::capacity("108 KiB"));
        visit(Key("banks", "equal banks; what a tile holds of a tensor takes whole ones")
                  .where("two operands of two tiles, and a result"),
              self.banks, Count{kFewestBanks, kMostUnits});
        visit(Key("bank_width", "bytes that a bank gives or takes in a cycle"), self.bank_bytes_per_cycle,
              Amount{Quantity::Size, 1, kMebi, "8 B"});
    }

    std::uint64_t bytes_per_cycle() const { return banks * bank_bytes_per_cycle; }
    /// What `bytes` of one tensor's tile take: whole banks.
    std::uint64_t allocated(std::uint64_t bytes) const {
        const std::uint64_t bank = divide(capacity_bytes, banks);
        return checked_multiply(ceil_divide(bytes, bank), bank);
    }
};

/// The vector unit of an accelerator: lanes that work on elements one by one, and a buffer of its own for two tiles,
/// of which one is worked on while the next is loaded and the last is stored.
struct VectorUnitSpec {
    std::uint64_t lanes = 0;  ///< 0: there is no vector unit
    std::uint64_t buffer_bytes = 0;
    bool fuse = true;

    static constexpr Choice<bool> kFuse[] = {{"true", true}, {"false", false}};

    /// Two tiles of an element that is read and one that is written, in the widest precision.
    static constexpr std::uint64_t kLeastBuffer = 16;

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("lanes", "elements that are operated on in a cycle"), self.lanes, Count{1, kMostQueued});
        visit(Key("buffer", "its own buffer, for two tiles of elements: one is worked on while the other is moved"),
              self.buffer_bytes, Amount{Quantity::Size, kLeastBuffer, 1024 * kTebi, "64 KiB"});
        visit(
            Key("fuse",
                "`true`: sums, products and functions of single elements are done as the operator before them makes "
                "these, where nothing else reads them; `false`: each reads and writes memory")
                .optional()
                .deciding(Decides::Nothing),
            self.fuse, one_of(kFuse, "true or false"));
    }

    bool exists() const { return lanes > 0; }
};

/// A resource that takes no time, in a run that asks what a step would take without it. No array has one.
enum class Ideal : std::uint8_t {
    Nothing,
    Multiply,  ///< processing elements multiply in no time
    Fill,      ///< registers are filled before a pass in no time
    Delivery,  ///< no network holds up a pass
    Buffer,    ///< the buffer's banks deliver whatever they are asked for
    Drain,     ///< the last sums leave in no time
    Memory,    ///< vaults answer as soon as they are asked
    Vector,    ///< lanes of vector units operate in no time
};

/// One processing unit: what the time and the mapping of its tiles follow from.
struct UnitSpec {
    PeArraySpec pe_array;
    BufferSpec buffer;
    MappingSpec mapping;
    std::uint64_t element_bytes = 4;  ///< of the array's precision
    Ideal ideal = Ideal::Nothing;

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.pe_array, self.buffer, self.mapping, self.element_bytes, self.ideal);
    }

    /// What `resource` takes of so many cycles.
    Cycles cycles_of(Ideal resource, Cycles cycles) const { return ideal == resource ? 0 : cycles; }
};

}  // namespace hypar
