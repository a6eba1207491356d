#include "arch/unit/mapping_search.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "arch/kernel/event_prices.h"
#include "arch/unit/dataflow_model.h"
#include "arch/unit/row_stationary.h"
#include "arch/unit/tilings.h"
#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

using Goal = MappingGoal::Kind;

/// Choices within this part of the least count as equal to it.
constexpr std::uint64_t kTolerance = 100;

/// Passes that may be tried one after the other without finding anything better, those with the least bounds first:
/// where memory is the bound, thousands come to the same, and of energy it is so nearly always.
constexpr std::size_t kMostInVain = 400;
constexpr std::size_t kMostInVainOfEnergy = 1600;

/// Those that a pin says.
ByLoop blocks_of(const MappingPin& pin, const LoopNest& nest) {
    ByLoop blocks{};
    blocks[at(Loop::Samples)] = pin.n;
    blocks[at(nest.is_transposed() ? Loop::InChannels : Loop::OutChannels)] = pin.m;
    return blocks;
}

/// Searches through several nests at once, of which the best is wanted: the one that takes least of `goal`, which is
/// no EnergyWithin, of those that take `most_cycles` or less.
class MappingSearch {
public:
    MappingSearch(const MappingTarget& target, const std::vector<UnitWork>& works, const MappingPin* pin, Goal goal,
                  Cycles most_cycles = UINT64_MAX)
        : target_(target), works_(works), pin_(pin), goal_(goal), most_cycles_(most_cycles) {
        for (const UnitWork& work : works) {
            tilings_.emplace_back(target.unit, work.nest, pin == nullptr ? ByLoop{} : blocks_of(*pin, work.nest));
        }
    }

    /// Something that is there to be chosen, too.
    void add_known(const BestWork& choice) { add(choice); }

    /// Of what a search has found, what takes least cycles.
    const BestWork& fastest() const {
        return *std::min_element(found_.begin(), found_.end(), [&](const BestWork& a, const BestWork& b) {
            return std::make_pair(a.mapping.cycles, energy(a)) < std::make_pair(b.mapping.cycles, energy(b));
        });
    }

    /// Candidates are taken up by what they take at least: first sets of elements, then the passes with these sets,
    /// then the tilings with these passes. What takes more than the least found so far is never looked at.
    BestWork search() {
        if (pin_ == nullptr) {
            add_works();
        } else {
            add_pinned();
        }
        std::vector<Candidate> tried;
        const std::size_t most_in_vain = goal_ == Goal::LeastCycles ? kMostInVain : kMostInVainOfEnergy;
        for (std::size_t in_vain = 0; !candidates_.empty() && in_vain < most_in_vain;) {
            const Candidate candidate = take_candidate();
            if (is_too_much(candidate.bound)) break;
            if (candidate.level == Candidate::Level::Work) add_sets(candidate.work);
            if (candidate.level == Candidate::Level::Sets) add_passes(candidate);
            if (candidate.level != Candidate::Level::Pass) continue;
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
        if (found_.empty() && pin_ != nullptr) {
            throw ConfigError(
                "array.mapping.pin",
                fmt::format("no tile of n {} and m {} fits the buffer, with operands twice", pin_->n, pin_->m));
        }
        if (found_.empty()) refuse();
        return best();
    }

private:
    struct Candidate {
        enum class Level : std::uint8_t { Work, Sets, Pass };

        double bound;      ///< of the goal
        Cycles computing;  ///< at least
        std::size_t work;
        std::size_t number;  ///< in the order in which candidates were added
        Level level;
        PassShape pass;

        /// Whether it is to be tried after the other.
        static bool later(const Candidate& a, const Candidate& b) {
            return std::tie(a.bound, a.computing, a.work, a.number) >
                   std::tie(b.bound, b.computing, b.work, b.number);
        }
    };

    /// `least` is what one unit computes and what it takes of energy at least.
    void add_candidate(std::size_t work, Candidate::Level level, const PassShape& pass, const MappingChoice& least) {
        if (least.cycles > most_cycles_) return;
        MappingChoice moving = least;
        moving.cycles = std::max(least.cycles, target_.cycles_to_move(least_moved_[work], works_[work].units));
        const double bound = measure({work, moving});
        if (is_too_much(bound)) return;
        candidates_.push_back({bound, least.cycles, work, candidates_added_++, level, pass});
        std::push_heap(candidates_.begin(), candidates_.end(), Candidate::later);
    }

    Candidate take_candidate() {
        std::pop_heap(candidates_.begin(), candidates_.end(), Candidate::later);
        const Candidate candidate = candidates_.back();
        candidates_.pop_back();
        return candidate;
    }

    /// Works, of each the sets that it may be laid in, and of these the passes are tried in the order of what they
    /// take at least.
    void add_works() {
        least_moved_.resize(works_.size());
        for (std::size_t work = 0; work < works_.size(); ++work) {
            const LoopNest& nest = works_[work].nest;
            const std::uint64_t macs = macs_of(nest, whole_of(nest));
            add_candidate(work, Candidate::Level::Work, {}, {{}, ceil_divide(macs, target_.unit.pe_array.size())});
        }
    }

    void add_sets(std::size_t work) {
        const LoopNest& nest = works_[work].nest;
        least_moved_[work] = least_moved_by(work);
        for (const PassShape& sets : array_sets(target_.unit, nest)) {
            const Cycles cycles = model_of(sets.dataflow).at_least(target_.unit, nest, sets);
            add_candidate(work, Candidate::Level::Sets, sets, {{}, cycles, least_energy_of(work)});
        }
    }

    /// Of one unit: all that is moved by the tilings of a work that move least, and what no pass does without.
    double least_energy_of(std::size_t work) const {
        const LoopNest& nest = works_[work].nest;
        const EventPrices prices(target_.energy);
        const auto macs = static_cast<double>(macs_of(nest, whole_of(nest)));
        const auto bytes = static_cast<double>(target_.unit.element_bytes);
        return macs * (prices.multiply_accumulate + 4 * bytes * prices.register_byte) +
               static_cast<double>(least_moved_[work]) * (prices.dram_byte + prices.buffer_byte + prices.tsv_byte);
    }

    std::uint64_t least_moved_by(std::size_t work) {
        const LoopNest& nest = works_[work].nest;
        std::uint64_t least = UINT64_MAX;
        tilings_[work].for_each_small([&](const ByLoop& block, const RowBlocks& rows) {
            const Tile whole = whole_tile(nest, rows, target_.unit.element_bytes);
            for (const auto& order : tilings_[work].orders()) {
                least = std::min(least, moved_bytes(nest, whole, order, trips_of(nest, block)));
            }
        });
        return least == UINT64_MAX ? 0 : least;
    }

    /// Where a work is too small for the pin, another one may do.
    void add_pinned() {
        least_moved_.resize(works_.size());
        std::optional<ConfigError> mistake;
        for (std::size_t work = 0; work < works_.size(); ++work) {
            try {
                add_candidate(work, Candidate::Level::Pass, pinned_pass(target_.unit, works_[work].nest, *pin_), {});
            } catch (const ConfigError& error) {
                if (!mistake) mistake.emplace(error);
            }
        }
        if (candidates_.empty()) throw ConfigError(*mistake);
    }

    void add_passes(const Candidate& sets) {
        passes_.clear();
        model_of(sets.pass.dataflow).add_passes(passes_, target_.unit, works_[sets.work].nest, sets.pass);
        for (const PassShape& pass : passes_) {
            add_candidate(sets.work, Candidate::Level::Pass, pass, as_one_tile(sets.work, pass));
        }
    }

    /// A nest as one tile that moves as little as any tiling: hardly any takes less time or energy with a pass. Where
    /// channels do not divide evenly one may, by a few padded words.
    MappingChoice as_one_tile(std::size_t work, const PassShape& pass) const {
        const LoopNest& nest = works_[work].nest;
        const TileTiming timing = time_tile(target_.unit, nest, whole_of(nest), pass);
        const EventPrices prices(target_.energy);
        const double words = static_cast<double>(timing.array_words) * (prices.array_byte + prices.register_byte) +
                             static_cast<double>(timing.buffer_words) * prices.buffer_byte;
        return {{},
                timing.cycles.total(),
                least_energy_of(work) + words * static_cast<double>(target_.unit.element_bytes)};
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

    void add(const Candidate& candidate, const ByLoop& block, const RowBlocks& rows) {
        const UnitWork& work = works_[candidate.work];
        const Cycles most =
            goal_ == Goal::LeastCycles && !found_.empty() ? static_cast<Cycles>(limit()) : most_cycles_;
        const TiledNest tiled(target_, work, block, candidate.pass, rows, most);
        if (tiled.computing() > most) return;
        for (const auto& order : tilings_[candidate.work].orders()) add({candidate.work, tiled.in_order(order)});
    }

    void add(const BestWork& choice) {
        if (choice.mapping.cycles > most_cycles_ || is_too_much(measure(choice))) return;
        least_ = found_.empty() ? measure(choice) : std::min(least_, measure(choice));
        found_.push_back(choice);
    }

    static double cycles(const BestWork& choice) { return static_cast<double>(choice.mapping.cycles); }
    double energy(const BestWork& choice) const {
        return choice.mapping.picojoules * static_cast<double>(works_[choice.work].units);
    }
    double measure(const BestWork& choice) const {
        switch (goal_) {
            case Goal::LeastEnergy: return energy(choice);
            case Goal::LeastProduct: return energy(choice) * cycles(choice);
            default: return cycles(choice);
        }
    }
    double other(const BestWork& choice) const {
        return goal_ == Goal::LeastCycles ? energy(choice) : cycles(choice);
    }
    static double tolerated(double least) { return least + least / kTolerance; }
    double limit() const { return tolerated(least_); }
    bool is_too_much(double measure) const { return !found_.empty() && measure > limit(); }

    /// Of those that count as least of the goal, those that count as least in the other; of these the one of
    /// fewest tiles.
    BestWork best() const {
        std::vector<const BestWork*> good;
        double least_other = 0;
        for (const BestWork& choice : found_) {
            if (measure(choice) > limit()) continue;
            least_other = good.empty() ? other(choice) : std::min(least_other, other(choice));
            good.push_back(&choice);
        }
        const auto rank = [&](const BestWork& choice) {
            return std::make_tuple(other(choice) > tolerated(least_other), choice.mapping.tiles, measure(choice),
                                   other(choice));
        };
        return **std::min_element(good.begin(), good.end(),
                                  [&](const BestWork* a, const BestWork* b) { return rank(*a) < rank(*b); });
    }

    const MappingTarget& target_;
    const std::vector<UnitWork>& works_;
    const MappingPin* pin_;
    Goal goal_;
    Cycles most_cycles_;
    std::vector<Tilings> tilings_;
    std::vector<Candidate> candidates_;  ///< a heap, the least bound in front
    std::size_t candidates_added_ = 0;
    std::vector<PassShape> passes_;           ///< whose memory is used again
    std::vector<std::uint64_t> least_moved_;  ///< bytes of each work, once its sets are candidates
    std::vector<BestWork> found_;
    double least_ = 0;
};

}  // namespace

BestWork search_mapping(const MappingTarget& target, const std::vector<UnitWork>& works, const MappingPin* pin) {
    const MappingGoal& goal = target.unit.mapping.minimise;
    if (goal.kind != Goal::EnergyWithin) return MappingSearch(target, works, pin, goal.kind).search();
    MappingSearch fast(target, works, pin, Goal::LeastCycles);
    fast.search();
    const BestWork& fastest = fast.fastest();
    const Cycles longer = checked_multiply(fastest.mapping.cycles, goal.within) / MappingGoal::kParts;
    MappingSearch frugal(target, works, pin, Goal::LeastEnergy, checked_add(fastest.mapping.cycles, longer));
    frugal.add_known(fastest);
    return frugal.search();
}

}  // namespace hypar
