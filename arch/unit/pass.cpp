#include "arch/unit/pass.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {

void wait_for_banks(ArrayCycles& cycles, const UnitSpec& unit, std::uint64_t words) {
    const Cycles needed = ceil_divide(checked_multiply(words, unit.element_bytes), unit.buffer.bytes_per_cycle());
    cycles.buffer = unit.cycles_of(Ideal::Buffer, std::max(needed, cycles.total()) - cycles.total());
}

std::uint64_t macs_of(const LoopNest& nest, const TileShape& tile) {
    return checked_multiply(tile.groups, tile.samples, tile.in_channels, tile.out_channels, nest.kernel_height,
                            nest.kernel_width, tile.out_rows, nest.out_width);
}

std::vector<std::uint64_t> fractions_of(std::uint64_t count) {
    std::vector<std::uint64_t> fractions;
    for (std::uint64_t parts = 1; parts <= count; parts = count / fractions.back() + 1) {
        fractions.push_back(count / parts);
    }
    return fractions;
}

std::vector<std::uint64_t> kernel_rows_at_once(const UnitSpec& unit, std::uint64_t kernel_height) {
    const std::uint64_t whole = std::min(kernel_height, unit.pe_array.rows);
    if (unit.mapping.whole_sets || unit.pe_array.rows % whole == 0) return {whole};
    return fractions_of(whole);
}

}  // namespace hypar
