#include "arch/unit/mapping_search.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "arch/unit/dataflow_model.h"
#include "arch/unit/tilings.h"
#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

using Objective = MappingSpec::Objective;

/// Choices within this part of the least count as equal to it.
constexpr std::uint64_t kTolerance = 100;

/// Passes that may be tried one after the other without finding anything better, those with the least bounds first:
/// where memory is the bound, or energy is minimised, thousands come to the same.
constexpr std::size_t kMostInVain = 400;

/// Searches through several nests at once, of which the best is wanted.
class MappingSearch {
public:
    MappingSearch(const MappingTarget& target, const std::vector<UnitWork>& works) : target_(target), works_(works) {
        for (const UnitWork& work : works) tilings_.emplace_back(target.unit, work.nest);
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
            tilings_[candidate.work].for_each(
                candidate.pass, [&](const ByLoop& block, const RowBlocks& rows) { add(candidate, block, rows); });
            if (found_.empty()) {
                tried.push_back(candidate);
            } else {
                in_vain = least_ == least_before ? in_vain + 1 : 0;
            }
        }
        for (std::size_t index = 0; found_.empty() && index < tried.size(); ++index) {
            tilings_[tried[index].work].for_each_small(
                [&](const ByLoop& block, const RowBlocks& rows) { add(tried[index], block, rows); });
        }
        if (found_.empty()) refuse();
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
                const Cycles bound = model_of(sets.dataflow).at_least(target_.unit, works_[work].nest, sets);
                add_candidate(bound, work, false, sets);
            }
        }
    }

    void add_passes(const Candidate& sets) {
        const LoopNest& nest = works_[sets.work].nest;
        const TileShape whole = shape_of(extents_of(nest));
        passes_.clear();
        model_of(sets.pass.dataflow).add_passes(passes_, target_.unit, nest, sets.pass);
        // The nest as one tile: hardly any tiling takes less time with a pass. Where channels do not divide evenly
        // one may, by a few padded words.
        for (const PassShape& pass : passes_) {
            add_candidate(time_tile(target_.unit, nest, whole, pass).cycles.total(), sets.work, true, pass);
        }
    }

    [[noreturn]] void refuse() const {
        const BufferSpec& buffer = target_.unit.buffer;
        const Tile smallest = TileSchedule(works_.front().nest, {}, target_.unit.element_bytes).largest();
        throw ConfigError(
            "array.buffer.capacity",
            fmt::format("the smallest tile, with operands twice, needs {} bytes in banks of {}; the "
                        "buffer has {}",
                        smallest.buffer_bytes(buffer), buffer.capacity_bytes / buffer.banks, buffer.capacity_bytes));
    }

    bool minimises_cycles() const { return target_.unit.mapping.minimise == Objective::LeastCycles; }

    void add(const Candidate& candidate, const ByLoop& block, const RowBlocks& rows) {
        const UnitWork& work = works_[candidate.work];
        const Cycles most = minimises_cycles() && !found_.empty() ? static_cast<Cycles>(limit()) : UINT64_MAX;
        const TiledNest tiled(target_, work, block, candidate.pass, rows, most);
        if (tiled.computing() > most) return;
        for (const auto& order : tilings_[candidate.work].orders()) add({candidate.work, tiled.in_order(order)});
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
    std::vector<Tilings> tilings_;
    std::vector<Candidate> candidates_;  ///< a heap, the least bound in front
    std::size_t candidates_added_ = 0;
    std::vector<PassShape> passes_;  ///< whose memory is used again
    std::vector<BestWork> found_;
    double least_ = 0;
};

}  // namespace

BestWork search_mapping(const MappingTarget& target, const std::vector<UnitWork>& works) {
    return MappingSearch(target, works).search();
}

}  // namespace hypar
