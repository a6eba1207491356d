#include "arch/unit/mapping_search.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "arch/unit/tile_timing.h"
#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

using Objective = MappingSpec::Objective;
using Order = std::array<Loop, kLoops>;

/// Loops that may be outermost, in both orders that keep the loops a phase sums over innermost.
std::vector<Order> loop_orders(Phase phase) {
    using L = Loop;
    switch (phase) {
        case Phase::Forward:
            return {{L::Groups, L::Samples, L::Rows, L::OutChannels, L::InChannels},
                    {L::Groups, L::OutChannels, L::Samples, L::Rows, L::InChannels}};
        case Phase::Backward:
            return {{L::Groups, L::Samples, L::Rows, L::InChannels, L::OutChannels},
                    {L::Groups, L::InChannels, L::Samples, L::Rows, L::OutChannels}};
        case Phase::Gradient:
            return {{L::Groups, L::OutChannels, L::InChannels, L::Samples, L::Rows},
                    {L::Groups, L::InChannels, L::OutChannels, L::Samples, L::Rows}};
        case Phase::Update: return {{L::Groups, L::Samples, L::Rows, L::InChannels, L::OutChannels}};
    }
    return {};
}

/// How often tiles add to the same result.
std::uint64_t tiles_of_a_result(Phase phase, const ByLoop& trips) {
    const auto of = [&](Loop loop) { return trips[static_cast<std::size_t>(loop)]; };
    switch (phase) {
        case Phase::Forward: return of(Loop::InChannels);
        case Phase::Backward: return of(Loop::OutChannels);
        case Phase::Gradient: return checked_multiply(of(Loop::Samples), of(Loop::Rows));
        case Phase::Update: return 1;
    }
    return 1;
}

/// Costs of tiles of one shape and pass; of a unit with its share of the memory's bandwidth.
class TileCosts {
public:
    /// Costs above `most_cycles` are not worked out; `cycles` says as much.
    TileCosts(const MappingTarget& target, const LoopNest& nest, const TileShape& shape, const PassShape& pass,
              std::uint64_t tiles, std::uint64_t tiles_of_a_result, Cycles most_cycles) {
        const std::uint64_t results = tiles / tiles_of_a_result;
        const auto add = [&](std::uint64_t times, Accumulation accumulation) {
            if (times == 0) return;
            const TileTiming timing = time_tile(target.unit, nest, shape, pass, accumulation);
            cycles_ = checked_add(cycles_, checked_multiply(times, timing.cycles.total()));
            buffer_words_ = checked_add(buffer_words_, checked_multiply(times, timing.buffer_words));
            array_words_ = checked_add(array_words_, checked_multiply(times, timing.array_words));
            macs_ = checked_add(macs_, checked_multiply(times, timing.macs));
            register_words_ = checked_add(register_words_, checked_multiply(times, timing.register_words()));
        };
        if (tiles_of_a_result == 1) {
            add(results, {true, true});
            return;
        }
        add(results, {true, false});
        // No tile takes less than one that opens a result and leaves it.
        const Cycles at_least = checked_multiply(cycles_, tiles_of_a_result);
        if (at_least > most_cycles) {
            cycles_ = at_least;
            return;
        }
        add(checked_multiply(results, tiles_of_a_result - 2), {false, false});
        add(results, {false, true});
    }

    Cycles cycles() const { return cycles_; }
    double picojoules(const MappingTarget& target, std::uint64_t memory_bytes) const {
        const EnergyTable& table = target.energy;
        const double words = static_cast<double>(target.unit.element_bytes) / 4;
        return static_cast<double>(macs_) * (table.add + table.multiply) +
               static_cast<double>(register_words_) * words * table.register_32bit +
               static_cast<double>(array_words_) * words * table.array_32bit +
               static_cast<double>(buffer_words_) * words * table.buffer_32bit +
               static_cast<double>(memory_bytes) * (table.dram_32bit + table.buffer_32bit + 32 * table.tsv_bit) / 4;
    }

private:
    Cycles cycles_ = 0;
    std::uint64_t buffer_words_ = 0;
    std::uint64_t array_words_ = 0;
    std::uint64_t register_words_ = 0;
    std::uint64_t macs_ = 0;
};

/// By one of `units` that share the memory.
Cycles cycles_to_move(const MappingTarget& target, std::uint64_t bytes, std::uint64_t units) {
    const std::uint64_t bits_per_second = std::max<std::uint64_t>(1, target.memory_bits_per_second / units);
    return target.clock.cycles_up_to(transfer_time(bytes, bits_per_second));
}

ByLoop trips_of(const LoopNest& nest, const ByLoop& block) {
    ByLoop trips = extents_of(nest);
    for (std::size_t loop = 0; loop < kLoops; ++loop) trips[loop] = ceil_divide(trips[loop], block[loop]);
    return trips;
}

/// A nest in tiles with what it costs in each order of loops.
class TiledNest {
public:
    TiledNest(const MappingTarget& target, const UnitWork& work, const ByLoop& block, const PassShape& pass,
              const RowBlocks& row_blocks, Cycles most_cycles = UINT64_MAX)
        : target_(target),
          nest_(work.nest),
          units_(work.units),
          block_(block),
          pass_(pass),
          row_blocks_(row_blocks),
          trips_(trips_of(work.nest, block)),
          tiles_(checked_multiply(trips_[0], trips_[1], trips_[2], trips_[3], trips_[4])),
          costs_(target, work.nest, shape_of(block), pass, tiles_, tiles_of_a_result(work.nest.phase, trips_),
                 most_cycles) {}

    Cycles computing() const { return costs_.cycles(); }

    /// The longer one of computing, with the first load before it and the last store after it, and of moving all
    /// data.
    MappingChoice in_order(const Order& order) const {
        const Tile largest = tile_of(nest_, shape_of(block_), row_blocks_.largest, target_.unit.element_bytes);
        const Tile whole = whole_tile(nest_, row_blocks_, target_.unit.element_bytes);
        const std::uint64_t memory_bytes = moved_bytes(whole, nest_.phase, order, trips_);
        const Cycles store = cycles_to_move(target_, largest.store_bytes, units_);
        const Cycles first_load =
            cycles_to_move(target_, largest.operand_bytes[0] + largest.operand_bytes[1], units_);
        // A tile ends when the result of the one before has been stored: no sooner than memory answers.
        const Cycles waiting = checked_multiply(tiles_, target_.memory_latency);
        const Cycles in_turn = checked_add(std::max(costs_.cycles(), waiting), checked_add(first_load, store));
        return {{block_, order, pass_},
                std::max(in_turn, cycles_to_move(target_, memory_bytes, units_)),
                costs_.picojoules(target_, memory_bytes),
                tiles_};
    }

private:
    const MappingTarget& target_;
    const LoopNest& nest_;
    std::uint64_t units_;
    ByLoop block_;
    PassShape pass_;
    const RowBlocks& row_blocks_;
    ByLoop trips_;
    std::uint64_t tiles_;
    TileCosts costs_;
};

/// The order in which block sizes are chosen: every size of the first three loops, and of the last, which decides how
/// many tiles there are more than what they cost, the largest that fits and the smallest.
struct ChoiceOrder {
    Loop first;
    Loop second;
    Loop third;
    Loop last;
};

ChoiceOrder choice_order(Phase phase) {
    switch (phase) {
        case Phase::Forward: return {Loop::Rows, Loop::Samples, Loop::OutChannels, Loop::InChannels};
        case Phase::Backward: return {Loop::Rows, Loop::Samples, Loop::InChannels, Loop::OutChannels};
        case Phase::Gradient: return {Loop::Rows, Loop::InChannels, Loop::OutChannels, Loop::Samples};
        case Phase::Update: break;
    }
    return {Loop::Rows, Loop::OutChannels, Loop::InChannels, Loop::Samples};
}

/// The ways to compute one nest, those of its passes and tilings that may be best.
class NestSearch {
public:
    NestSearch(const MappingTarget& target, const LoopNest& nest)
        : target_(target), nest_(nest), extents_(extents_of(nest)), order_(choice_order(nest.phase)) {}

    /// The nest as one tile: hardly any tiling takes less time with a pass. Where channels do not divide evenly one
    /// may, by a few padded words.
    Cycles bound(const PassShape& pass) const {
        return time_tile(target_.unit, nest_, shape_of(extents_), pass).cycles.total();
    }

    /// Calls `add(sizes of a tile by loop, RowBlocks)` for each tiling worth trying with a pass.
    template <typename Add>
    void for_each_tiling(const PassShape& pass, const Add& add) {
        search_tiles(granules_of(pass), add);
    }

    /// The same with tiles that fill no pass, which leave elements idle.
    template <typename Add>
    void for_each_small_tiling(const Add& add) {
        search_tiles({1, 1, 1, 1, 1}, add);
    }

    [[noreturn]] void refuse() const {
        const Tile smallest = TileSchedule(nest_, {}, target_.unit.element_bytes).largest();
        throw ConfigError("array.buffer.capacity",
                          fmt::format("the smallest tile, with operands twice, needs {} bytes in banks of {}; the "
                                      "buffer has {}",
                                      smallest.buffer_bytes(target_.unit.buffer),
                                      target_.unit.buffer.capacity_bytes / target_.unit.buffer.banks,
                                      target_.unit.buffer.capacity_bytes));
    }

private:
    /// Multiples of `granule` worth trying for a loop of `extent`: even pieces, in numbers that double, the largest
    /// first.
    static std::vector<std::uint64_t> block_sizes(std::uint64_t extent, std::uint64_t granule) {
        std::vector<std::uint64_t> sizes;
        const std::uint64_t granules = ceil_divide(extent, granule);
        for (std::uint64_t pieces = 1; pieces < granules; pieces *= 2) {
            const std::uint64_t size = std::min(extent, ceil_divide(granules, pieces) * granule);
            if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
        }
        const std::uint64_t smallest = std::min(extent, granule);
        if (sizes.empty() || sizes.back() != smallest) sizes.push_back(smallest);
        return sizes;
    }

    /// What the blocks of each loop should be multiples of, so that passes are full.
    ByLoop granules_of(const PassShape& pass) const {
        const bool row_stationary = pass.dataflow == Dataflow::RowStationary;
        const std::uint64_t made = pass.p * pass.t;
        const std::uint64_t summed = row_stationary ? pass.q * pass.r : 1;
        const std::uint64_t rows = row_stationary ? pass.e : 1;
        switch (nest_.phase) {
            case Phase::Forward: return {1, 1, rows, summed, made};
            case Phase::Backward: return {1, 1, rows, made, summed};
            case Phase::Gradient: return {1, 1, 1, pass.q * pass.r, made};
            case Phase::Update: break;
        }
        return {1, 1, 1, 1, target_.unit.pe_array.slowest_words_per_cycle()};
    }

    static std::uint64_t& size_of(ByLoop& sizes, Loop loop) { return sizes[static_cast<std::size_t>(loop)]; }

    std::vector<std::uint64_t> sizes_for(Loop loop, const ByLoop& granules) const {
        constexpr std::uint64_t kSmall = 16;  // so few are cut anywhere
        const auto index = static_cast<std::size_t>(loop);
        return block_sizes(extents_[index], extents_[index] <= kSmall ? 1 : granules[index]);
    }

    template <typename Add>
    void search_tiles(const ByLoop& granules, const Add& add) {
        const std::vector<std::uint64_t> second = sizes_for(order_.second, granules);
        const std::vector<std::uint64_t> third = sizes_for(order_.third, granules);
        const std::vector<std::uint64_t> last = sizes_for(order_.last, granules);
        ByLoop sizes{};
        for (const std::uint64_t groups : sizes_for(Loop::Groups, granules)) {
            size_of(sizes, Loop::Groups) = groups;
            for (const std::uint64_t first_size : sizes_for(order_.first, granules)) {
                size_of(sizes, order_.first) = first_size;
                for (const std::uint64_t second_size : second) {
                    size_of(sizes, order_.second) = second_size;
                    complete_tiles(sizes, third, last, add);
                }
            }
        }
    }

    /// Every size of the third loop with the largest of the last one that fits, which makes the fewest tiles, and
    /// with the smallest, whose first load is over soonest.
    template <typename Add>
    void complete_tiles(ByLoop& sizes, const std::vector<std::uint64_t>& third,
                        const std::vector<std::uint64_t>& last, const Add& add) {
        const RowBlocks& rows = row_blocks(sizes);
        for (const std::uint64_t third_size : third) {
            size_of(sizes, order_.third) = third_size;
            size_of(sizes, order_.last) = last.back();
            if (!fits(sizes, rows)) continue;
            add(sizes, rows);
            for (const std::uint64_t size : last) {
                size_of(sizes, order_.last) = size;
                if (fits(sizes, rows)) break;
            }
            if (size_of(sizes, order_.last) == last.back()) continue;
            add(sizes, rows);
        }
    }

    const RowBlocks& row_blocks(const ByLoop& sizes) {
        const std::uint64_t rows = sizes[static_cast<std::size_t>(Loop::Rows)];
        return row_blocks_.try_emplace(rows, nest_, rows).first->second;
    }

    bool fits(const ByLoop& sizes, const RowBlocks& rows) const {
        const Tile largest = tile_of(nest_, shape_of(sizes), rows.largest, target_.unit.element_bytes);
        return largest.buffer_bytes(target_.unit.buffer) <= target_.unit.buffer.capacity_bytes;
    }

    const MappingTarget& target_;
    const LoopNest& nest_;
    ByLoop extents_;
    ChoiceOrder order_;
    std::map<std::uint64_t, RowBlocks> row_blocks_;  ///< by rows of a block
};

/// Choices within this part of the least count as equal to it.
constexpr std::uint64_t kTolerance = 100;

/// Passes that may be tried one after the other without finding anything better, those with the least bounds first:
/// where memory is the bound, or energy is minimised, thousands come to the same.
constexpr std::size_t kMostInVain = 400;

/// Searches through several nests at once, of which the best is wanted.
class MappingSearch {
public:
    MappingSearch(const MappingTarget& target, const std::vector<UnitWork>& works) : target_(target), works_(works) {
        for (const UnitWork& work : works) searches_.emplace_back(target, work.nest);
    }

    /// Candidates are taken up by what they take at least: first sets of elements, then the passes with these sets,
    /// then the tilings with these passes. What takes more than the least found so far is never looked at.
    BestWork search() {
        add_sets();
        std::vector<Candidate> tried;
        for (std::size_t in_vain = 0; !candidates_.empty() && in_vain < kMostInVain;) {
            const Candidate candidate = take_candidate();
            if (minimises_cycles() && is_too_long(candidate.bound)) break;
            if (!candidate.is_pass) {
                add_passes(candidate);
                continue;
            }
            const double least_before = least_;
            searches_[candidate.work].for_each_tiling(
                candidate.pass, [&](const ByLoop& block, const RowBlocks& rows) { add(candidate, block, rows); });
            if (found_.empty()) {
                tried.push_back(candidate);
            } else {
                in_vain = least_ == least_before ? in_vain + 1 : 0;
            }
        }
        for (std::size_t index = 0; found_.empty() && index < tried.size(); ++index) {
            searches_[tried[index].work].for_each_small_tiling(
                [&](const ByLoop& block, const RowBlocks& rows) { add(tried[index], block, rows); });
        }
        if (found_.empty()) searches_.front().refuse();
        return best();
    }

private:
    struct Candidate {
        Cycles bound;
        std::size_t work;
        std::size_t number;  ///< in the order in which candidates were added
        bool is_pass;        ///< or sets, of which passes are made
        PassShape pass;

        /// Whether it is to be tried after the other.
        static bool later(const Candidate& a, const Candidate& b) {
            return std::tie(a.bound, a.work, a.number) > std::tie(b.bound, b.work, b.number);
        }
    };

    void add_candidate(Cycles bound, std::size_t work, bool is_pass, const PassShape& pass) {
        if (minimises_cycles() && is_too_long(bound)) return;
        candidates_.push_back({bound, work, candidates_added_++, is_pass, pass});
        std::push_heap(candidates_.begin(), candidates_.end(), Candidate::later);
    }

    Candidate take_candidate() {
        std::pop_heap(candidates_.begin(), candidates_.end(), Candidate::later);
        const Candidate candidate = candidates_.back();
        candidates_.pop_back();
        return candidate;
    }

    void add_sets() {
        for (std::size_t work = 0; work < works_.size(); ++work) {
            for (const PassShape& sets : array_sets(target_.unit, works_[work].nest)) {
                add_candidate(least_cycles(target_.unit, works_[work].nest, sets), work, false, sets);
            }
        }
    }

    void add_passes(const Candidate& sets) {
        passes_.clear();
        add_pass_shapes(passes_, target_.unit, works_[sets.work].nest, sets.pass);
        for (const PassShape& pass : passes_) {
            add_candidate(searches_[sets.work].bound(pass), sets.work, true, pass);
        }
    }

    bool minimises_cycles() const { return target_.unit.mapping.minimise == Objective::LeastCycles; }

    void add(const Candidate& candidate, const ByLoop& block, const RowBlocks& rows) {
        const UnitWork& work = works_[candidate.work];
        const Cycles most = minimises_cycles() && !found_.empty() ? static_cast<Cycles>(limit()) : UINT64_MAX;
        const TiledNest tiled(target_, work, block, candidate.pass, rows, most);
        if (tiled.computing() > most) return;
        for (const Order& order : loop_orders(work.nest.phase)) add({candidate.work, tiled.in_order(order)});
    }

    void add(const BestWork& choice) {
        if (!found_.empty() && objective(choice) > limit()) return;
        least_ = found_.empty() ? objective(choice) : std::min(least_, objective(choice));
        found_.push_back(choice);
    }

    double cycles(const BestWork& choice) const { return static_cast<double>(choice.mapping.cycles); }
    double energy(const BestWork& choice) const {
        return choice.mapping.picojoules * static_cast<double>(works_[choice.work].units);
    }
    double objective(const BestWork& choice) const { return minimises_cycles() ? cycles(choice) : energy(choice); }
    double other(const BestWork& choice) const { return minimises_cycles() ? energy(choice) : cycles(choice); }
    static double tolerated(double least) { return least + least / kTolerance; }
    double limit() const { return tolerated(least_); }
    bool is_too_long(Cycles cycles) const { return !found_.empty() && static_cast<double>(cycles) > limit(); }

    /// Of those that count as least in the objective, those that count as least in the other; of these the one of
    /// fewest tiles.
    BestWork best() const {
        std::vector<const BestWork*> good;
        double least_other = 0;
        for (const BestWork& choice : found_) {
            if (objective(choice) > limit()) continue;
            least_other = good.empty() ? other(choice) : std::min(least_other, other(choice));
            good.push_back(&choice);
        }
        const auto rank = [&](const BestWork& choice) {
            return std::make_tuple(other(choice) > tolerated(least_other), choice.mapping.tiles, objective(choice),
                                   other(choice));
        };
        return **std::min_element(good.begin(), good.end(),
                                  [&](const BestWork* a, const BestWork* b) { return rank(*a) < rank(*b); });
    }

    const MappingTarget& target_;
    const std::vector<UnitWork>& works_;
    std::vector<NestSearch> searches_;
    std::vector<Candidate> candidates_;  ///< a heap, the least bound in front
    std::size_t candidates_added_ = 0;
    std::vector<PassShape> passes_;  ///< whose memory is used again
    std::vector<BestWork> found_;
    double least_ = 0;
};

}  // namespace

MappingChoice evaluate_mapping(const MappingTarget& target, const UnitWork& work, const Mapping& mapping) {
    const RowBlocks row_blocks(work.nest, mapping.block[static_cast<std::size_t>(Loop::Rows)]);
    return TiledNest(target, work, mapping.block, mapping.pass, row_blocks).in_order(mapping.order);
}

BestWork search_mapping(const MappingTarget& target, const std::vector<UnitWork>& works) {
    return MappingSearch(target, works).search();
}

}  // namespace hypar
