#include "arch/unit/vector_work.h"

#include <algorithm>

#include "base/checked.h"
#include "base/even_part.h"

namespace hypar {
namespace {

/// The fewest even parts of which none reads and writes more than `most` elements.
std::uint64_t fewest_tiles(const VectorWork& work, std::uint64_t most) {
    std::uint64_t too_few = 0;
    std::uint64_t enough = std::max({std::uint64_t{1}, work.read_elements, work.written_elements});
    while (enough - too_few > 1) {
        const std::uint64_t tiles = too_few + (enough - too_few) / 2;
        const bool fits = ceil_divide(work.read_elements, tiles) + ceil_divide(work.written_elements, tiles) <= most;
        (fits ? enough : too_few) = tiles;
    }
    return enough;
}

}  // namespace

VectorSchedule::VectorSchedule(const VectorWork& work, const VectorUnitSpec& unit, std::uint64_t element_bytes)
    : work_(work),
      element_bytes_(element_bytes),
      memory_bytes_(checked_multiply(checked_add(work.read_elements, work.written_elements), element_bytes)) {
    if (work == VectorWork{}) return;
    size_ = fewest_tiles(work, unit.buffer_bytes / 2 / element_bytes);
}

VectorTile VectorSchedule::tile(std::uint64_t index) const {
    return {even_part(work_.operations, index, size_), even_part(work_.read_elements, index, size_) * element_bytes_,
            even_part(work_.written_elements, index, size_) * element_bytes_};
}

/// Along the tiles each part gets smaller by one item at one place at most.
std::uint64_t VectorSchedule::repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const {
    if (size_ <= distance || size_ - distance <= first) return 0;
    std::uint64_t end = size_ - distance;
    for (const std::uint64_t whole : {work_.operations, work_.read_elements, work_.written_elements}) {
        const std::uint64_t smaller_from = whole % size_;
        if (smaller_from <= first) continue;
        if (smaller_from <= first + distance) return 0;
        end = std::min(end, smaller_from - distance);
    }
    return std::min(at_most, end - first);
}

}  // namespace hypar
