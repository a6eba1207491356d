#include "arch/unit/mapping_search.h"

#include <algorithm>
#include <limits>
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
/// where memory is the bound, thousands come to the same. Of energy, whose bounds are close, any number.
std::size_t most_in_vain(Goal goal) {
    switch (goal) {
        case Goal::LeastCycles: return 400;
        case Goal::LeastProduct: return 1600;
        default: return SIZE_MAX;
    }
}

constexpr double kUnknown = std::numeric_limits<double>::infinity();

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
        : target_(target),
          works_(works),
          pin_(pin),
          goal_(goal),
          most_cycles_(most_cycles),
          prices_(target.energy),
          floors_(works.size()) {
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
        for (std::size_t in_vain = 0; !candidates_.empty() && in_vain < most_in_vain(goal_);) {
            const Candidate candidate = take_candidate();
            if (is_too_much(candidate.bound)) break;
            if (candidate.level == Candidate::Level::Work) add_sets(candidate.work);
            if (candidate.level == Candidate::Level::Sets) add_passes(candidate.work, pass_of(candidate));
            if (candidate.level != Candidate::Level::Pass) continue;
            const double least_before = least_;
            try_tilings(candidate.work, pass_of(candidate));
            if (found_.empty()) {
                tried.push_back(candidate);
            } else {
                in_vain = least_ == least_before ? in_vain + 1 : 0;
            }
        }
        for (std::size_t index = 0; found_.empty() && index < tried.size(); ++index) {
            tilings_[tried[index].work].for_each_small([&](const ByLoop& block, const RowBlocks& rows) {
                add(tried[index].work, pass_of(tried[index]), block, rows);
            });
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

        /// Whether it is to be tried after the other.
        static bool later(const Candidate& a, const Candidate& b) {
            return std::tie(a.bound, a.computing, a.work, a.number) >
                   std::tie(b.bound, b.computing, b.work, b.number);
        }
    };

    /// What one unit takes at least.
    struct Least {
        Cycles cycles = 0;
        double picojoules = 0;
        double moving = 0;  ///< of these
    };

    /// `least` is what it computes, and takes of energy.
    void add_candidate(std::size_t work, Candidate::Level level, const PassShape& pass, const Least& least) {
        if (least.cycles > most_cycles_) return;
        const double bound = measure(work, std::max(least.cycles, floors_[work].cycles), least.picojoules);
        if (is_too_much(bound)) return;
        candidates_.push_back({bound, least.cycles, work, candidate_passes_.size(), level});
        candidate_passes_.push_back(pass);
        std::push_heap(candidates_.begin(), candidates_.end(), Candidate::later);
    }

    const PassShape& pass_of(const Candidate& candidate) const { return candidate_passes_[candidate.number]; }

    Candidate take_candidate() {
        std::pop_heap(candidates_.begin(), candidates_.end(), Candidate::later);
        const Candidate candidate = candidates_.back();
        candidates_.pop_back();
        return candidate;
    }

    /// Works, of each the sets that it may be laid in, and of these the passes are tried in the order of what they
    /// take at least.
    void add_works() {
        for (std::size_t work = 0; work < works_.size(); ++work) {
            const LoopNest& nest = works_[work].nest;
            const std::uint64_t macs = macs_of(nest, whole_of(nest));
            add_candidate(work, Candidate::Level::Work, {}, {ceil_divide(macs, target_.unit.pe_array.size()), 0});
        }
    }

    void add_sets(std::size_t work) {
        const LoopNest& nest = works_[work].nest;
        floors_[work] = floor_of(work);
        for (const PassShape& sets : array_sets(target_.unit, nest)) {
            const Cycles cycles = model_of(sets.dataflow).at_least(target_.unit, nest, sets);
            add_candidate(work, Candidate::Level::Sets, sets, {cycles, floors_[work].picojoules});
        }
    }

    /// What is moved by the tilings of a work that move least, and what no pass does without.
    Least floor_of(std::size_t work) {
        const LoopNest& nest = works_[work].nest;
        const std::uint64_t moved = tilings_[work].least_moved();
        const auto macs = static_cast<double>(macs_of(nest, whole_of(nest)));
        const auto bytes = static_cast<double>(target_.unit.element_bytes);
        const double moving = price_of_moving() * static_cast<double>(moved);
        const double multiplying = macs * (prices_.multiply_accumulate + 4 * bytes * prices_.register_byte);
        return {target_.cycles_to_move(moved, works_[work].units), multiplying + moving, moving};
    }

    /// Where a work is too small for the pin, another one may do.
    void add_pinned() {
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

    /// Before anything is found the pass with the least bound is tried before its turn: what it takes leaves
    /// out most of the others before they are candidates.
    void add_passes(std::size_t work, PassShape sets) {
        passes_.clear();
        model_of(sets.dataflow).add_passes(passes_, target_.unit, works_[work].nest, sets);
        const auto bound = [&](const PassShape& pass) {
            const Least least = least_of(work, pass);
            return measure(work, least.cycles, least.picojoules);
        };
        if (found_.empty() && !passes_.empty()) {
            const auto is_less = [&](const PassShape& a, const PassShape& b) { return bound(a) < bound(b); };
            try_tilings(work, *std::min_element(passes_.begin(), passes_.end(), is_less));
        }
        for (const PassShape& pass : passes_) {
            add_candidate(work, Candidate::Level::Pass, pass, least_of(work, pass));
        }
    }

    /// A nest as one tile that moves as little as any tiling: hardly any takes less time or energy with a pass. Where
    /// channels do not divide evenly one may, by a few padded words.
    Least least_of(std::size_t work, const PassShape& pass) const {
        const LoopNest& nest = works_[work].nest;
        const TileTiming timing = time_tile(target_.unit, nest, whole_of(nest), pass);
        const double words = static_cast<double>(timing.array_words) * (prices_.array_byte + prices_.register_byte) +
                             static_cast<double>(timing.buffer_words) * prices_.buffer_byte;
        return {timing.cycles.total(),
                floors_[work].picojoules + words * static_cast<double>(target_.unit.element_bytes)};
    }

    /// Where energy is minimised, those alone whose bytes leave it within the limit.
    void try_tilings(std::size_t work, PassShape pass) {
        const double fixed = goal_ == Goal::LeastEnergy ? least_of(work, pass).picojoules - floors_[work].moving : 0;
        tilings_[work].for_each(pass, [&](const ByLoop& block, const RowBlocks& rows) {
            if (goal_ == Goal::LeastEnergy && is_too_much(energy(work, fixed + least_moving(work, block, rows))))
                return;
            add(work, pass, block, rows);
        });
    }

    /// Energy of what a tiling moves in the order in which it moves least.
    double least_moving(std::size_t work, const ByLoop& block, const RowBlocks& rows) const {
        return price_of_moving() * static_cast<double>(tilings_[work].moved_by(block, rows));
    }

    double price_of_moving() const { return prices_.dram_byte + prices_.buffer_byte + prices_.tsv_byte; }

    [[noreturn]] void refuse() const {
        const BufferSpec& buffer = target_.unit.buffer;
        const Tile smallest = TileSchedule(works_.front().nest, {}, target_.unit.element_bytes).largest();
        throw ConfigError(
            "array.buffer.capacity",
            fmt::format("the smallest tile, with operands twice, needs {} bytes in banks of {}; the "
                        "buffer has {}",
                        smallest.buffer_bytes(buffer), buffer.capacity_bytes / buffer.banks, buffer.capacity_bytes));
    }

    void add(std::size_t work, const PassShape& pass, const ByLoop& block, const RowBlocks& rows) {
        const bool is_limited = goal_ == Goal::LeastCycles && !found_.empty();
        const Cycles most_computing = is_limited ? static_cast<Cycles>(most()) : most_cycles_;
        const TiledNest tiled(target_, works_[work], block, pass, rows, most_computing);
        if (tiled.computing() > most_computing) return;
        for (const auto& order : tilings_[work].orders()) add({work, tiled.in_order(order)});
    }

    void add(const BestWork& choice) {
        if (choice.mapping.cycles > most_cycles_ || is_too_much(measure(choice))) return;
        least_ = std::min(least_, measure(choice));
        found_.push_back(choice);
    }

    static double cycles(const BestWork& choice) { return static_cast<double>(choice.mapping.cycles); }
    double energy(const BestWork& choice) const { return energy(choice.work, choice.mapping.picojoules); }
    double energy(std::size_t work, double picojoules) const {
        return picojoules * static_cast<double>(works_[work].units);
    }
    double measure(const BestWork& choice) const {
        return measure(choice.work, choice.mapping.cycles, choice.mapping.picojoules);
    }
    double measure(std::size_t work, Cycles cycles, double picojoules) const {
        switch (goal_) {
            case Goal::LeastEnergy: return energy(work, picojoules);
            case Goal::LeastProduct: return energy(work, picojoules) * static_cast<double>(cycles);
            default: return static_cast<double>(cycles);
        }
    }
    double other(const BestWork& choice) const {
        return goal_ == Goal::LeastCycles ? energy(choice) : cycles(choice);
    }
    static double tolerated(double least) { return least + least / kTolerance; }
    double most() const { return tolerated(least_); }
    bool is_too_much(double measure) const { return measure > most(); }

    /// Of those that count as least of the goal, those that count as least in the other; of these the one of
    /// fewest tiles.
    BestWork best() const {
        std::vector<const BestWork*> good;
        double least_other = 0;
        for (const BestWork& choice : found_) {
            if (is_too_much(measure(choice))) continue;
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
    EventPrices prices_;
    std::vector<Least> floors_;  ///< of each work, whatever its passes, once its sets are candidates
    std::vector<Tilings> tilings_;
    std::vector<Candidate> candidates_;        ///< a heap, the least bound in front
    std::vector<PassShape> candidate_passes_;  ///< by number
    std::vector<PassShape> passes_;            ///< whose memory is used again
    std::vector<BestWork> found_;
    double least_ = kUnknown;  ///< of them
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
