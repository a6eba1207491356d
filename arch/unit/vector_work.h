#pragma once

#include <cstdint>
#include <tuple>

#include "arch/kernel/state.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// What a vector unit does for one operator: all of it that one accelerator has. Each may be 0: an operator that is
/// fused with the one before it reads and writes nothing in memory.
struct VectorWork {
    std::uint64_t operations = 0;        ///< on an element: elements times the passes over them
    std::uint64_t read_elements = 0;     ///< from memory
    std::uint64_t written_elements = 0;  ///< to memory

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.operations, self.read_elements, self.written_elements);
    }

    friend bool operator==(const VectorWork& a, const VectorWork& b) { return numbers(a) == numbers(b); }
};

/// A part of the work whose elements lie in the vector unit's buffer at once.
struct VectorTile {
    std::uint64_t operations = 0;
    std::uint64_t load_bytes = 0;
    std::uint64_t store_bytes = 0;

    friend bool operator==(const VectorTile& a, const VectorTile& b) {
        return a.operations == b.operations && a.load_bytes == b.load_bytes && a.store_bytes == b.store_bytes;
    }
};

/// A work cut into tiles: every tile by its number, none stored. They are the fewest of which each, with all that it
/// reads and writes, fits half of the vector unit's buffer; each has an even part of the operations, of what is read
/// and of what is written.
class VectorSchedule : public WorkSequence {
public:
    /// Throws std::overflow_error for bytes beyond 64 bits.
    VectorSchedule(const VectorWork& work, const VectorUnitSpec& unit, std::uint64_t element_bytes);

    const VectorWork& work() const { return work_; }
    /// Number of tiles; 0 where there is nothing to do.
    std::uint64_t size() const { return size_; }
    VectorTile tile(std::uint64_t index) const;

    std::uint64_t repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const override;

    /// Bytes that all tiles load and store together.
    std::uint64_t memory_bytes() const { return memory_bytes_; }

private:
    VectorWork work_;
    std::uint64_t element_bytes_;
    std::uint64_t memory_bytes_;
    std::uint64_t size_ = 0;
};

}  // namespace hypar
