#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "partition/direct.h"
#include "partition/exchange.h"
#include "tests/partition/support.h"

namespace hypar {

/// The oracle of the exchanges: every accelerator's memory, element by element. What is summed up are numbers, a
/// different one from everyone who contributes, so that a sum shows whether each has been added just once. Exchanges
/// are carried out as their pattern says; what is sent is counted one element at a time, from what the sender holds
/// and the receiver needs, with no formula.
///
/// Where `reversed` has bit k, the parts of level k change places, the last becoming the first.

/// A number of its own for each `who`, `what`.
inline std::uint64_t number_of(std::uint64_t who, std::uint64_t what) {
    std::uint64_t mixed = who * 0x9E3779B97F4A7C15U + what * 0xC2B2AE3D27D4EB4FU + 0x165667B19E3779F9U;
    for (const std::uint64_t factor : {0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU}) {
        mixed = (mixed ^ (mixed >> 29)) * factor;
    }
    return mixed ^ (mixed >> 32);
}

/// The accelerators and their places.
class TrackedArray {
public:
    TrackedArray(const Levels& levels, LevelSet reversed) : levels_(levels), reversed_(reversed) {
        for (std::uint64_t i = 0; i < levels.accelerators(); ++i) places_.push_back(places_of(i, levels));
    }

    const Levels& levels() const { return levels_; }
    LevelSet reversed() const { return reversed_; }
    std::uint64_t size() const { return places_.size(); }
    /// All parts that `i` has at the levels of `split` agree with those of `leaf`.
    bool owns(std::uint64_t leaf, LevelSet split, std::uint64_t i) const {
        for (std::size_t level = 0; level < levels_.count(); ++level) {
            if ((split >> level & 1U) != 0 && places_[leaf][level] != places_[i][level]) return false;
        }
        return true;
    }
    /// The name of `i` where no level is reversed, and the other way round.
    std::uint64_t renamed(std::uint64_t i) const {
        std::vector<std::uint64_t> places = places_[i];
        for (std::size_t level = 0; level < places.size(); ++level) {
            if ((reversed_ >> level & 1U) != 0) places[level] = levels_.size(level) - 1 - places[level];
        }
        return accelerator_at(places, levels_);
    }
    /// To whom `i` sends in a round: `offset` positions further in the group of the levels of `group`.
    std::uint64_t receiver(std::uint64_t i, LevelSet group, std::uint64_t offset) const {
        std::vector<std::uint64_t> places = places_[renamed(i)];
        for (; offset > 0; --offset) {
            for (std::size_t level = places.size(); level-- > 0;) {
                if ((group >> level & 1U) == 0) continue;
                places[level] = (places[level] + 1) % levels_.size(level);
                if (places[level] != 0) break;
            }
        }
        return renamed(accelerator_at(places, levels_));
    }
    /// The places of `i` at the levels of `set`, as one number.
    std::uint64_t key(std::uint64_t i, LevelSet set) const {
        std::uint64_t key = 0;
        for (std::size_t level = 0; level < levels_.count(); ++level) {
            if ((set >> level & 1U) != 0) key = key * 100 + 1 + places_[i][level];
        }
        return key;
    }

private:
    const Levels& levels_;
    LevelSet reversed_;
    std::vector<std::vector<std::uint64_t>> places_;
};

/// How a tensor lies: the levels at which its dimensions are split, and those at which its elements are sums.
struct Lies {
    LevelSet batch = 0;
    LevelSet channels = 0;
    LevelSet rows = 0;
    LevelSet sums = 0;

    friend bool operator==(const Lies& a, const Lies& b) {
        return a.batch == b.batch && a.channels == b.channels && a.rows == b.rows && a.sums == b.sums;
    }
};

inline Lies lies(const Sharding& sharding) {
    Lies result;
    for (std::size_t level = 0; level < sharding.size(); ++level) {
        const LevelSet bit = LevelSet{1} << level;
        if (sharding[level].placement == Placement::Partial) result.sums |= bit;
        if (sharding[level].placement != Placement::Split) continue;
        if (sharding[level].dimension == Dimension::Batch) result.batch |= bit;
        if (sharding[level].dimension == Dimension::Channels) result.channels |= bit;
        if (sharding[level].dimension == Dimension::Rows) result.rows |= bit;
    }
    return result;
}

/// What each choice is for: where a layer's work is divided.
inline LevelSet levels_with(const LayerPlan& choices, Parallelism parallelism) {
    LevelSet levels = 0;
    for (std::size_t level = 0; level < choices.size(); ++level) {
        if (choices[level] == parallelism) levels |= LevelSet{1} << level;
    }
    return levels;
}

/// The rows of a layer's result before pooling that belong to a row of its output: those of the window, and those
/// after it that are in no window.
inline std::vector<std::uint64_t> window_of(const Layer& layer, std::uint64_t row) {
    if (!layer.pool) return {row};
    const auto is_in = [&](std::uint64_t before, std::uint64_t of) {
        const std::uint64_t first = of * layer.pool->stride.height;
        const std::uint64_t padded = before + layer.pool->padding.top;
        return first <= padded && padded < first + layer.pool->size.height;
    };
    std::vector<std::uint64_t> rows;
    for (std::uint64_t before = 0; before < layer.unpooled_output.height; ++before) {
        bool is_in_one = false;
        std::uint64_t last_above = 0;
        for (std::uint64_t other = 0; other < layer.output.height; ++other) {
            is_in_one = is_in_one || is_in(before, other);
            if (other * layer.pool->stride.height <= before + layer.pool->padding.top) last_above = other;
        }
        if (is_in(before, row) || (!is_in_one && last_above == row)) rows.push_back(before);
    }
    return rows;
}

/// Whether a row of its input is met by the kernel for a row of its output, by rows of the input and of the output.
inline std::vector<std::vector<bool>> kernel_meets(const Layer& layer) {
    std::vector<std::vector<bool>> meets(layer.input.height, std::vector<bool>(layer.output.height));
    for (std::uint64_t output = 0; output < layer.output.height; ++output) {
        for (const std::uint64_t before : window_of(layer, output)) {
            for (std::uint64_t kernel = 0; kernel < layer.kernel.height; ++kernel) {
                const std::uint64_t padded = before * layer.stride.height + kernel * layer.dilation.height;
                const std::uint64_t above = layer.padding.top;
                if (padded < above || padded - above >= layer.input.height) continue;
                meets[padded - above][output] = true;
            }
        }
    }
    return meets;
}

/// The cells of a boundary tensor: samples x items x rows, each of some bytes. Sums that travel before pooling have
/// the rows before pooling, of which an accelerator has all that belong to its own rows.
struct Cells {
    const TrackedArray& array;
    std::vector<std::uint64_t> samples;  ///< the leaf of each
    std::vector<std::uint64_t> items;
    std::vector<std::uint64_t> rows;                 ///< after pooling
    std::vector<std::vector<std::uint64_t>> stored;  ///< the rows that belong to each
    std::uint64_t stored_rows = 0;
    std::uint64_t bytes = 0;  ///< of one

    std::size_t count() const { return samples.size() * items.size() * stored_rows; }

    std::vector<std::uint64_t> rows_of(LevelSet split, std::uint64_t i) const {
        std::vector<std::uint64_t> owned;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (array.owns(rows[row], split, i)) owned.insert(owned.end(), stored[row].begin(), stored[row].end());
        }
        std::sort(owned.begin(), owned.end());
        owned.erase(std::unique(owned.begin(), owned.end()), owned.end());
        return owned;
    }

    /// Calls `visit` with every cell of some rows that `i` has where the tensor lies so.
    template <typename Visit>
    void for_each(const Layout& layout, const std::vector<std::uint64_t>& some_rows, std::uint64_t i,
                  const Visit& visit) const {
        std::vector<std::size_t> own_items;
        for (std::size_t item = 0; item < items.size(); ++item) {
            if (array.owns(items[item], layout.channels, i)) own_items.push_back(item);
        }
        for (std::size_t sample = 0; sample < samples.size(); ++sample) {
            if (!array.owns(samples[sample], layout.batch, i)) continue;
            for (const std::size_t item : own_items) {
                for (const std::uint64_t row : some_rows) {
                    visit((sample * items.size() + item) * stored_rows + row, row);
                }
            }
        }
    }

    template <typename Visit>
    void for_each(const Layout& layout, std::uint64_t i, const Visit& visit) const {
        for_each(layout, rows_of(layout.rows, i), i, visit);
    }
};

inline Layout layout_of(const Lies& how) { return {how.batch, how.channels, how.rows, 0}; }

/// What all accelerators hold of a boundary tensor.
struct Held {
    std::vector<std::vector<char>> has;               ///< by accelerator and cell
    std::vector<std::vector<std::uint64_t>> numbers;  ///< sums so far

    explicit Held(const Cells& cells)
        : has(cells.array.size(), std::vector<char>(cells.count())),
          numbers(cells.array.size(), std::vector<std::uint64_t>(cells.count())) {}
};

/// Every accelerator has its part of `how`, complete, and nothing else.
inline testing::AssertionResult is_complete(const Cells& cells, const Held& held, const Lies& how,
                                            const std::vector<std::uint64_t>& totals) {
    if (how.sums != 0) return testing::AssertionFailure() << "are sums";
    for (std::uint64_t i = 0; i < cells.array.size(); ++i) {
        std::size_t expected = 0;
        bool complete = true;
        cells.for_each(layout_of(how), i, [&](std::size_t cell, std::uint64_t) {
            ++expected;
            complete = complete && held.has[i][cell] != 0 && held.numbers[i][cell] == totals[cell];
        });
        if (!complete) return testing::AssertionFailure() << "accelerator " << i << " lacks a part of a sum";
        const auto has = std::count(held.has[i].begin(), held.has[i].end(), 1);
        if (static_cast<std::size_t>(has) != expected) {
            return testing::AssertionFailure() << "accelerator " << i << " holds " << has;
        }
    }
    return testing::AssertionSuccess();
}

/// Bytes by round and accelerator.
using Sent = std::vector<std::vector<std::uint64_t>>;

/// Carries out a move of one level; returns what was sent.
inline Sent carry_out(const Cells& cells, Held& held, const Exchange& exchange) {
    const bool adds = exchange.pattern == Pattern::ReduceScatter;
    Held next(cells);
    for (std::uint64_t i = 0; i < cells.array.size(); ++i) {
        cells.for_each(exchange.after, i, [&](std::size_t cell, std::uint64_t) {
            next.has[i][cell] = held.has[i][cell];
            next.numbers[i][cell] = held.numbers[i][cell];
        });
    }
    Sent sent;
    for (const Round& round : exchange.rounds) {
        sent.emplace_back(cells.array.size());
        for (std::uint64_t i = 0; i < cells.array.size(); ++i) {
            const std::uint64_t to = cells.array.receiver(i, exchange.group, round.offset);
            EXPECT_NE(to, i) << "sends to itself";
            cells.for_each(exchange.after, to, [&](std::size_t cell, std::uint64_t) {
                if (held.has[i][cell] == 0) return;  // the receiver's lack would show in the end
                if (!adds && held.has[to][cell] != 0) return;
                EXPECT_TRUE(adds || next.has[to][cell] == 0) << "is sent twice";
                next.has[to][cell] = 1;
                next.numbers[to][cell] += held.numbers[i][cell];
                sent.back()[i] += cells.bytes;
            });
        }
    }
    held = std::move(next);
    return sent;
}

/// A layer's gradient, or numbers of its rows, element by element: which elements each accelerator holds, and their
/// sums.
class TrackedSums {
public:
    /// `elements` has, for each accelerator, the elements that it makes parts of, one for each of `makers`.
    TrackedSums(const TrackedArray& array, std::vector<std::vector<std::uint64_t>> elements,
                std::uint64_t element_bytes, std::uint64_t makers)
        : array_(array), element_bytes_(element_bytes), elements_(std::move(elements)) {
        for (std::uint64_t i = 0; i < array.size(); ++i) {
            ranges_.emplace_back(0, elements_[i].size());
            numbers_.emplace_back();
            for (const std::uint64_t element : elements_[i]) {
                numbers_.back().push_back(0);
                for (std::uint64_t maker = 0; maker < makers; ++maker) {
                    numbers_.back().back() += number_of(1000 * maker + i, element);
                }
                totals_[element] += numbers_.back().back();
            }
        }
    }

    Sent carry_out(const Exchange& exchange) {
        const bool adds = exchange.pattern == Pattern::ReduceScatter;
        const std::vector<Range> before = ranges_;
        const std::vector<std::vector<std::uint64_t>> numbers = numbers_;
        if (adds) divide(exchange.level);
        std::vector<std::uint64_t> together = lengths();
        Sent sent;
        for (const Round& round : exchange.rounds) {
            sent.emplace_back(array_.size());
            for (std::uint64_t i = 0; i < array_.size(); ++i) {
                const std::uint64_t to = array_.receiver(i, exchange.group, round.offset);
                EXPECT_EQ(elements_[i], elements_[to]) << "have different kernels";
                const Range taken = adds ? ranges_[to] : before[i];
                if (adds) {
                    EXPECT_EQ(before[i], before[to]) << "have different parts";
                } else {
                    join(ranges_[to], taken);
                }
                for (std::uint64_t element = taken.first; element < taken.second; ++element) {
                    numbers_[to][element] = numbers[i][element] + (adds ? numbers_[to][element] : 0);
                    sent.back()[i] += element_bytes_;
                }
                if (!adds) together[to] += taken.second - taken.first;
            }
        }
        EXPECT_EQ(lengths(), together) << "parts overlap or leave gaps";
        return sent;
    }

    /// Elements whose sums an accelerator has parts of, or has completed.
    std::uint64_t held(std::uint64_t i) const { return ranges_[i].second - ranges_[i].first; }

    testing::AssertionResult is_complete() const {
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            if (ranges_[i] != Range(0, elements_[i].size())) {
                return testing::AssertionFailure() << "accelerator " << i << " has only a part";
            }
            for (std::size_t element = 0; element < elements_[i].size(); ++element) {
                if (numbers_[i][element] != totals_.at(elements_[i][element])) {
                    return testing::AssertionFailure() << "accelerator " << i << " lacks a part of a sum";
                }
            }
        }
        return testing::AssertionSuccess();
    }

private:
    using Range = std::pair<std::uint64_t, std::uint64_t>;

    /// Each range goes to the parts of its group: dealt out like items.
    void divide(std::size_t level) {
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            const std::uint64_t place = array_.key(i, LevelSet{1} << level) - 1;
            const Levels alone({array_.levels().size(level)});
            const LevelSet reversed = array_.reversed() >> level & 1U;
            const std::vector<std::uint64_t> leaves =
                leaves_of(ranges_[i].second - ranges_[i].first, alone, reversed);
            const auto first = std::lower_bound(leaves.begin(), leaves.end(), place);
            const auto last = std::upper_bound(leaves.begin(), leaves.end(), place);
            const std::uint64_t begin = ranges_[i].first;
            ranges_[i] = {begin + static_cast<std::uint64_t>(first - leaves.begin()),
                          begin + static_cast<std::uint64_t>(last - leaves.begin())};
        }
    }

    std::vector<std::uint64_t> lengths() const {
        std::vector<std::uint64_t> all;
        for (const Range& range : ranges_) all.push_back(range.second - range.first);
        return all;
    }

    static void join(Range& own, const Range& other) {
        if (other.first == other.second) return;
        if (own.first == own.second) own = other;
        own = {std::min(own.first, other.first), std::max(own.second, other.second)};
    }

    const TrackedArray& array_;
    std::uint64_t element_bytes_;
    std::vector<std::vector<std::uint64_t>> elements_;
    std::vector<Range> ranges_;
    std::vector<std::vector<std::uint64_t>> numbers_;
    std::map<std::uint64_t, std::uint64_t> totals_;
};

/// Carries out all exchanges of a step and checks, at each, what every accelerator sends, and after each sequence
/// what every accelerator holds.
class TrackedStep {
public:
    TrackedStep(const Network& network, const Plan& plan, const StepShape& step, LevelSet reversed = 0)
        : network_(network),
          plan_(plan),
          step_(step),
          array_(plan.division(), reversed),
          moves_(redistributions(network, plan)),
          exchanges_(plan_exchanges(network, plan, step)),
          traffic_bytes_(plan.levels(), 0) {
        for (std::size_t layer = 0; layer < network.size(); ++layer) choices_.push_back(plan.layer(layer));
    }

    void carry_out() {
        ASSERT_EQ(exchanges_.size(), network_.size());
        ASSERT_EQ(moves_.size(), network_.size());
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            SCOPED_TRACE("layer " + std::to_string(layer));
            forward(layer);
            if (testing::Test::HasFailure()) return;
            backward(layer);
            if (testing::Test::HasFailure()) return;
            work(layer);
            if (testing::Test::HasFailure()) return;
            gradient(layer);
            if (testing::Test::HasFailure()) return;
        }
    }

    /// Bytes that were sent at each level.
    const std::vector<std::uint64_t>& traffic_bytes() const { return traffic_bytes_; }

private:
    template <typename List>
    static auto find(List& list, const Lies& how) {
        return std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == how; });
    }

    // ---- The table of splits, anew -------------------------------------------------------------------------------

    LevelSet at(std::size_t layer, Parallelism parallelism) const {
        return levels_with(choices_[layer], parallelism);
    }

    bool is_weighted(std::size_t layer) const { return network_.layer(layer).is_weighted(); }

    /// Where the channels that a layer makes are divided: a layer with weights chooses among them, of a product they
    /// are those of its heads, and all else makes of each channel the same one.
    LevelSet made_channels(std::size_t layer) const {
        if (is_weighted(layer)) return at(layer, Parallelism::Output);
        return read_channels(layer);
    }
    LevelSet read_channels(std::size_t layer) const {
        return at(layer, network_.layer(layer).is_product() ? Parallelism::Heads : Parallelism::Model);
    }
    /// Only layers with weights sum over channels.
    LevelSet summed_channels(std::size_t layer) const {
        return is_weighted(layer) ? at(layer, Parallelism::Model) : 0;
    }

    Lies made_output(std::size_t layer) const {
        Lies how = read_error(layer);
        how.sums = summed_channels(layer);
        return how;
    }
    Lies read_error(std::size_t layer) const {
        return {at(layer, Parallelism::Data), made_channels(layer), at(layer, Parallelism::Spatial), 0};
    }
    /// All rows of the one meet with each row of the other: keys and values with queries, a number for a channel with
    /// all of its elements.
    Lies read_input(std::size_t layer, std::size_t producer) const {
        const bool meets_all = network_.is_second_input(layer, producer);
        return {at(layer, Parallelism::Data), read_channels(layer), meets_all ? 0 : at(layer, Parallelism::Spatial),
                0};
    }
    Lies made_error(std::size_t layer, std::size_t producer) const {
        Lies how = read_input(layer, producer);
        how.sums = is_weighted(layer) ? at(layer, Parallelism::Output) : at(layer, Parallelism::Spatial) & ~how.rows;
        return how;
    }
    Lies loss(std::size_t layer) const {
        Lies how = read_error(layer);
        how.batch |= summed_channels(layer);
        return how;
    }

    // ---- Tensors -------------------------------------------------------------------------------------------------

    bool is_read_as_features(std::size_t layer) const {
        bool only_features = !network_.consumers(layer).empty();
        for (const std::size_t consumer : network_.consumers(layer)) {
            only_features = only_features && network_.layer(consumer).is_flat();
        }
        const bool in_channels = made_channels(layer) != 0 || at(layer, Parallelism::Spatial) != 0;
        return only_features && !in_channels && !travels_unpooled(layer);
    }
    bool travels_unpooled(std::size_t layer) const {
        return step_.partial_sums == PartialSums::BeforePooling && network_.layer(layer).pool &&
               summed_channels(layer) != 0;
    }
    std::uint64_t items_of(std::size_t layer) const {
        const FeatureShape& output = network_.layer(layer).output;
        return is_read_as_features(layer) ? output.elements() : output.channels / unit(layer);
    }
    /// Channels that stay together.
    std::uint64_t unit(std::size_t layer) const { return network_.layer(layer).channel_unit; }

    std::vector<std::uint64_t> leaves(std::uint64_t items) const {
        return leaves_of(items, array_.levels(), array_.reversed());
    }

    Cells cells_of(std::size_t layer, bool unpooled) const {
        const Layer& shape = network_.layer(layer);
        const bool features = is_read_as_features(layer);
        const std::uint64_t rows = features ? 1 : shape.output.height;
        const std::uint64_t columns = unpooled ? shape.unpooled_output.width : shape.output.width;
        const std::uint64_t width = features ? 1 : columns * unit(layer);
        Cells cells{array_, leaves(step_.batch),        leaves(items_of(layer)), leaves(rows), {},
                    rows,   width * step_.element_bytes};
        if (unpooled) cells.stored_rows = shape.unpooled_output.height;
        for (std::uint64_t row = 0; row < rows; ++row) {
            cells.stored.push_back(unpooled ? window_of(shape, row) : std::vector<std::uint64_t>{row});
        }
        return cells;
    }

    // ---- Exchanges -----------------------------------------------------------------------------------------------

    /// Compares what the exchange says with what was sent, and keeps it for the comparison with the plan's list.
    void check(const Exchange& exchange, const Sent& sent, const Redistribution& move) {
        const bool is_updated = move.tensor == Tensor::Gradient && exchange.pattern == Pattern::AllGather &&
                                divides_update(network_, step_, move.layer);
        ASSERT_EQ(exchange.tensor, is_updated ? Tensor::Weights : move.tensor);
        ASSERT_EQ(exchange.layer, move.layer);
        ASSERT_LT(exchange.level, plan_.levels());
        ASSERT_EQ(exchange.adds, exchange.pattern == Pattern::ReduceScatter ||
                                     (exchange.pattern == Pattern::Border && move.tensor == Tensor::Error));
        for (std::size_t round = 0; round < sent.size(); ++round) {
            ASSERT_EQ(exchange.rounds[round].sent_bytes.size(), array_.size());
            for (std::uint64_t i = 0; i < array_.size(); ++i) {
                ASSERT_EQ(exchange.rounds[round].sent_bytes[array_.renamed(i)], sent[round][i])
                    << name_of(move.tensor) << ", " << name_of(exchange.pattern) << " at level " << exchange.level
                    << ", round " << round << ", accelerator " << i;
                traffic_bytes_[exchange.level] += sent[round][i];
            }
        }
        done_.push_back(exchange);
    }

    /// The exchanges of the plan are those of its moves, in their order.
    void expect_all_done(const std::vector<Exchange>& exchanges) {
        ASSERT_EQ(exchanges.size(), done_.size());
        for (std::size_t index = 0; index < exchanges.size(); ++index) {
            ASSERT_EQ(exchanges[index].pattern, done_[index].pattern);
            ASSERT_EQ(exchanges[index].level, done_[index].level);
            ASSERT_EQ(exchanges[index].group, done_[index].group);
            ASSERT_EQ(exchanges[index].sent_bytes(), done_[index].sent_bytes());
        }
        done_.clear();
    }

    /// Brings what is held from where the move begins to where it ends. Sums that travel unpooled are pooled when
    /// they are complete.
    void bring(Held& held, const Redistribution& move, const std::vector<std::uint64_t>& unpooled_totals,
               const std::vector<std::uint64_t>& totals) {
        Lies now = lies(move.from);
        bool unpooled = !unpooled_totals.empty() && now.sums != 0;
        Layout layout = layout_of(now);
        for (const Exchange& exchange : direct_exchanges(move, network_, plan_, step_)) {
            const LevelSet bit = LevelSet{1} << exchange.level;
            ASSERT_EQ(exchange.group, bit);
            ASSERT_NE(exchange.pattern, Pattern::Border);
            const Cells cells = cells_of(move.layer, unpooled);
            ASSERT_NO_FATAL_FAILURE(check(exchange, hypar::carry_out(cells, held, exchange), move));
            if (exchange.pattern == Pattern::ReduceScatter) {
                ASSERT_NE(now.sums & bit, 0U) << "scatters what is no sum";
                now.sums &= ~bit;
            }
            layout = exchange.after;
            if (unpooled && now.sums == 0) {
                const Lies there{layout.batch, layout.channels, layout.rows, 0};
                ASSERT_TRUE(is_complete(cells, held, there, unpooled_totals));
                const Cells pooled = cells_of(move.layer, false);
                held = start(pooled, there, [&](std::uint64_t, std::size_t cell) { return totals[cell]; });
                unpooled = false;
            }
        }
        // What is left to do without an exchange is to let go.
        const Lies to = lies(move.to);
        ASSERT_EQ(now.sums, to.sums);
        const Cells cells = cells_of(move.layer, unpooled);
        Held left = start(cells, to, [](std::uint64_t, std::size_t) { return std::uint64_t{0}; });
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            for (std::size_t cell = 0; cell < cells.count(); ++cell) {
                ASSERT_TRUE(left.has[i][cell] == 0 || held.has[i][cell] != 0)
                    << name_of(move.tensor) << " do not arrive at accelerator " << i;
                if (left.has[i][cell] != 0) left.numbers[i][cell] = held.numbers[i][cell];
            }
        }
        held = std::move(left);
    }

    template <typename Number>
    Held start(const Cells& cells, const Lies& how, const Number& number) const {
        Held held(cells);
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            cells.for_each(layout_of(how), i, [&](std::size_t cell, std::uint64_t) {
                held.has[i][cell] = 1;
                held.numbers[i][cell] = number(i, cell);
            });
        }
        return held;
    }

    // ---- Forward -------------------------------------------------------------------------------------------------

    /// Sums of all that have a part of them: who differ at the levels of `sums`.
    std::vector<std::uint64_t> totals_of_sums(const Cells& cells, LevelSet sums) const {
        std::vector<std::uint64_t> keys;
        for (std::uint64_t i = 0; i < array_.size(); ++i) keys.push_back(array_.key(i, sums));
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        std::vector<std::uint64_t> totals(cells.count());
        for (std::size_t cell = 0; cell < totals.size(); ++cell) {
            for (const std::uint64_t key : keys) totals[cell] += number_of(key, cell);
        }
        return totals;
    }

    void forward(std::size_t layer) {
        const Lies made = made_output(layer);
        const bool unpooled = travels_unpooled(layer);
        const Cells pooled = cells_of(layer, false);
        const Cells cells = cells_of(layer, unpooled);
        const std::vector<std::uint64_t> totals = totals_of_sums(pooled, made.sums);
        const std::vector<std::uint64_t> unpooled_totals =
            unpooled ? totals_of_sums(cells, made.sums) : std::vector<std::uint64_t>{};
        const Held maker = start(cells, made, [&](std::uint64_t i, std::size_t cell) {
            return number_of(array_.key(i, made.sums), cell);
        });
        ASSERT_NO_FATAL_FAILURE(statistics(layer, moves_[layer].forward));
        std::vector<std::pair<Lies, Held>> readers;
        for (const Redistribution& move : moves_[layer].forward) {
            if (move.border_of || move.tensor == Tensor::Statistics) continue;
            const Lies from = lies(move.from);
            const auto source = find(readers, from);
            ASSERT_TRUE(from == made || source != readers.end()) << "is not there";
            ASSERT_TRUE(find(readers, lies(move.to)) == readers.end()) << "is there already";
            Held held = from == made ? maker : source->second;
            ASSERT_NO_FATAL_FAILURE(bring(held, move, unpooled_totals, totals));
            ASSERT_TRUE(is_complete(pooled, held, lies(move.to), totals));
            readers.emplace_back(lies(move.to), std::move(held));
        }
        std::vector<Lies> wanted;
        for (const std::size_t consumer : network_.consumers(layer)) wanted.push_back(read_input(consumer, layer));
        if (wanted.empty()) wanted.push_back(loss(layer));
        for (const Lies& how : wanted) ASSERT_TRUE(find(readers, how) != readers.end()) << "is not served";
        for (const auto& reader : readers) {
            ASSERT_NE(std::count(wanted.begin(), wanted.end(), reader.first), 0) << "nobody reads";
        }
        forward_borders(layer, pooled, readers);
        if (!testing::Test::HasFailure()) expect_all_done(exchanges_[layer].forward);
    }

    /// Rows beside the own ones that `i` needs of the input of `consumer`.
    std::vector<std::uint64_t> border_rows(const Cells& cells, std::size_t consumer, std::uint64_t i) const {
        const LevelSet split = at(consumer, Parallelism::Spatial);
        const std::vector<std::vector<bool>> meets = kernel_meets(network_.layer(consumer));
        const std::vector<std::uint64_t> outputs = leaves(network_.layer(consumer).output.height);
        std::vector<std::uint64_t> rows;
        for (std::uint64_t row = 0; row < cells.rows.size(); ++row) {
            if (array_.owns(cells.rows[row], split, i)) continue;
            for (std::size_t output = 0; output < outputs.size(); ++output) {
                if (!meets[row][output] || !array_.owns(outputs[output], split, i)) continue;
                rows.push_back(row);
                break;
            }
        }
        return rows;
    }

    /// What tells the borders of layers apart.
    std::vector<std::uint64_t> border_shape(std::size_t layer) const {
        const Layer& shape = network_.layer(layer);
        const Pool pool = shape.pool.value_or(Pool{PoolKind::Max, 1, 1});
        return {shape.kernel.height, shape.stride.height, shape.padding.top, shape.dilation.height,
                pool.size.height,    pool.stride.height,  pool.padding.top,  shape.output.height};
    }

    /// The layers that a border is for.
    std::vector<std::size_t> like(std::size_t layer, const Lies& how, std::size_t consumer, bool is_error) const {
        std::vector<std::size_t> all;
        for (const std::size_t other : network_.consumers(layer)) {
            const Lies own = is_error ? made_error(other, layer) : read_input(other, layer);
            if (own == how && border_shape(other) == border_shape(consumer)) all.push_back(other);
        }
        return all;
    }

    void forward_borders(std::size_t layer, const Cells& cells, std::vector<std::pair<Lies, Held>>& readers) {
        std::vector<std::size_t> served;
        for (const Redistribution& move : moves_[layer].forward) {
            if (!move.border_of) continue;
            const Lies how = lies(move.from);
            ASSERT_TRUE(how == lies(move.to));
            const auto reader = find(readers, how);
            ASSERT_TRUE(reader != readers.end());
            const Held& held = reader->second;
            std::vector<std::vector<std::uint64_t>> lacked;
            for (std::uint64_t i = 0; i < array_.size(); ++i)
                lacked.push_back(border_rows(cells, *move.border_of, i));
            std::vector<std::uint64_t> arrived(array_.size());
            for (const Exchange& exchange : direct_exchanges(move, network_, plan_, step_)) {
                ASSERT_EQ(exchange.pattern, Pattern::Border);
                ASSERT_EQ(exchange.group, how.rows);
                Sent sent;
                for (const Round& round : exchange.rounds) {
                    sent.emplace_back(array_.size());
                    for (std::uint64_t i = 0; i < array_.size(); ++i) {
                        const std::uint64_t to = array_.receiver(i, exchange.group, round.offset);
                        cells.for_each(layout_of(how), lacked[to], to, [&](std::size_t cell, std::uint64_t) {
                            if (held.has[i][cell] == 0) return;
                            ++arrived[to];
                            sent.back()[i] += cells.bytes;
                        });
                    }
                }
                ASSERT_NO_FATAL_FAILURE(check(exchange, sent, move));
            }
            for (std::uint64_t i = 0; i < array_.size(); ++i) {  // each row has one owner in the group
                std::uint64_t expected = 0;
                cells.for_each(layout_of(how), lacked[i], i, [&](std::size_t, std::uint64_t) { ++expected; });
                ASSERT_EQ(arrived[i], expected) << "border rows of accelerator " << i;
            }
            for (const std::size_t other : like(layer, how, *move.border_of, false)) served.push_back(other);
        }
        for (const std::size_t consumer : network_.consumers(layer)) {
            const bool has_border = read_input(consumer, layer).rows != 0;
            ASSERT_EQ(std::count(served.begin(), served.end(), consumer), has_border ? 1 : 0);
        }
    }

    // ---- Statistics ----------------------------------------------------------------------------------------------

    /// Numbers of all channels of a row: of norms the mean and the variance or the square's mean, of a softmax the
    /// largest and the sum.
    static std::uint64_t statistics_each(const Layer& shape) {
        switch (shape.type) {
            case LayerType::LayerNorm:
            case LayerType::Loss: return 2;
            case LayerType::RmsNorm: return 1;
            case LayerType::Softmax: return shape.heads > 1 ? 0 : 2;  // heads stay whole
            default: return 0;
        }
    }

    /// Those of the rows that `i` has.
    std::vector<std::uint64_t> statistics_elements(std::size_t layer, std::uint64_t i) const {
        const Layer& shape = network_.layer(layer);
        const std::uint64_t of_a_row = shape.output.width * statistics_each(shape);
        const std::vector<bool> samples = dealt(step_.batch, step_.batch, at(layer, Parallelism::Data), i);
        const std::vector<bool> rows =
            dealt(shape.output.height, shape.output.height, at(layer, Parallelism::Spatial), i);
        std::vector<std::uint64_t> elements;
        for (std::uint64_t row = 0; row < samples.size() * rows.size(); ++row) {
            if (!samples[row / rows.size()] || !rows[row % rows.size()]) continue;
            for (std::uint64_t number = 0; number < of_a_row; ++number) elements.push_back(row * of_a_row + number);
        }
        return elements;
    }

    /// Where channels are divided each has a part of its rows' numbers, forward and backward.
    void statistics(std::size_t layer, const std::vector<Redistribution>& moves) {
        const bool are_parts = statistics_each(network_.layer(layer)) != 0 && at(layer, Parallelism::Model) != 0;
        std::vector<std::vector<std::uint64_t>> elements;
        for (std::uint64_t i = 0; i < array_.size(); ++i) elements.push_back(statistics_elements(layer, i));
        TrackedSums tracked(array_, elements, step_.element_bytes, 1);
        std::uint64_t count = 0;
        for (const Redistribution& move : moves) {
            if (move.tensor != Tensor::Statistics) continue;
            ++count;
            for (const Exchange& exchange : direct_exchanges(move, network_, plan_, step_)) {
                ASSERT_EQ(exchange.group, LevelSet{1} << exchange.level);
                ASSERT_NO_FATAL_FAILURE(check(exchange, tracked.carry_out(exchange), move));
            }
        }
        ASSERT_EQ(count, are_parts ? 1U : 0U);
        ASSERT_TRUE(!are_parts || tracked.is_complete());
    }

    // ---- Backward ------------------------------------------------------------------------------------------------

    /// Errors beside the own rows, by accelerator and cell.
    using Beside = std::vector<std::map<std::size_t, std::uint64_t>>;

    /// What a consumer makes of the error: parts of the sums at all elements that its kernel meets.
    void make_errors(std::size_t consumer, const Lies& how, const Cells& cells, Held& held, Beside& beside,
                     std::vector<std::uint64_t>& totals) const {
        const std::vector<std::vector<bool>> meets = kernel_meets(network_.layer(consumer));
        const std::vector<std::uint64_t> outputs = leaves(network_.layer(consumer).output.height);
        const auto add = [&](std::uint64_t i, std::size_t cell, std::uint64_t& number) {
            const std::uint64_t own = number_of(1000 * (consumer + 1) + i, cell);
            number += own;
            totals[cell] += own;
        };
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            const auto is_met = [&](std::uint64_t row) {
                if (how.rows == 0) return true;
                for (std::size_t output = 0; output < outputs.size(); ++output) {
                    if (meets[row][output] && array_.owns(outputs[output], how.rows, i)) return true;
                }
                return false;
            };
            std::vector<bool> met;
            for (std::uint64_t row = 0; row < cells.rows.size(); ++row) met.push_back(is_met(row));
            cells.for_each(layout_of(how), i, [&](std::size_t cell, std::uint64_t row) {
                if (met[row]) add(i, cell, held.numbers[i][cell]);
            });
            if (how.rows == 0) continue;
            cells.for_each(layout_of(how), border_rows(cells, consumer, i), i,
                           [&](std::size_t cell, std::uint64_t) { add(i, cell, beside[i][cell]); });
        }
    }

    struct Maker {
        Held held;
        std::map<std::vector<std::uint64_t>, Beside> beside;  ///< by what tells borders apart
    };

    void backward(std::size_t layer) {
        const Cells cells = cells_of(layer, false);
        std::vector<std::uint64_t> totals(cells.count());
        std::vector<std::pair<Lies, Maker>> makers;
        const auto zero = [](std::uint64_t, std::size_t) { return std::uint64_t{0}; };
        for (const std::size_t consumer : network_.consumers(layer)) {
            const Lies how = made_error(consumer, layer);
            auto maker = find(makers, how);
            if (maker == makers.end()) maker = makers.insert(makers.end(), {how, {start(cells, how, zero), {}}});
            Beside& beside = maker->second.beside[border_shape(consumer)];
            beside.resize(array_.size());
            make_errors(consumer, how, cells, maker->second.held, beside, totals);
        }
        if (makers.empty()) {
            for (std::size_t cell = 0; cell < totals.size(); ++cell) totals[cell] = number_of(0, cell);
            const auto number = [&](std::uint64_t, std::size_t cell) { return totals[cell]; };
            makers.emplace_back(loss(layer), Maker{start(cells, loss(layer), number), {}});
        }
        backward_borders(layer, cells, makers);
        if (testing::Test::HasFailure()) return;
        const Lies read = read_error(layer);
        Held error = start(cells, read, zero);
        for (const Redistribution& move : moves_[layer].backward) {
            if (move.border_of || move.tensor == Tensor::Statistics) continue;
            const auto maker = find(makers, lies(move.from));
            ASSERT_TRUE(maker != makers.end()) << "is not there";
            Held held = std::move(maker->second.held);
            makers.erase(maker);
            ASSERT_NO_FATAL_FAILURE(bring(held, move, {}, totals));
            const auto other = find(makers, lies(move.to));
            ASSERT_TRUE(other != makers.end() || lies(move.to) == read) << "goes astray";
            Held& sum = other != makers.end() ? other->second.held : error;
            for (std::uint64_t i = 0; i < array_.size(); ++i) {
                ASSERT_EQ(sum.has[i], held.has[i]);
                for (std::size_t cell = 0; cell < cells.count(); ++cell)
                    sum.numbers[i][cell] += held.numbers[i][cell];
            }
        }
        ASSERT_TRUE(makers.empty()) << "an error stays where it is";
        ASSERT_TRUE(is_complete(cells, error, read, totals));
        ASSERT_NO_FATAL_FAILURE(statistics(layer, moves_[layer].backward));
        expect_all_done(exchanges_[layer].backward);
    }

    void backward_borders(std::size_t layer, const Cells& cells, std::vector<std::pair<Lies, Maker>>& makers) {
        bool has_moved = false;
        for (const Redistribution& move : moves_[layer].backward) {
            if (!move.border_of) {
                has_moved = true;
                continue;
            }
            ASSERT_FALSE(has_moved) << "borders come first";
            const Lies how = lies(move.from);
            const auto maker = find(makers, how);
            ASSERT_TRUE(maker != makers.end());
            Held& held = maker->second.held;
            Beside& beside = maker->second.beside[border_shape(*move.border_of)];
            for (const Exchange& exchange : direct_exchanges(move, network_, plan_, step_)) {
                ASSERT_EQ(exchange.pattern, Pattern::Border);
                ASSERT_EQ(exchange.group, how.rows);
                Sent sent;
                for (const Round& round : exchange.rounds) {
                    sent.emplace_back(array_.size());
                    for (std::uint64_t i = 0; i < array_.size(); ++i) {
                        const std::uint64_t to = array_.receiver(i, exchange.group, round.offset);
                        for (auto cell = beside[i].begin(); cell != beside[i].end();) {
                            if (held.has[to][cell->first] == 0) {
                                ++cell;
                                continue;
                            }
                            held.numbers[to][cell->first] += cell->second;
                            sent.back()[i] += cells.bytes;
                            cell = beside[i].erase(cell);
                        }
                    }
                }
                ASSERT_NO_FATAL_FAILURE(check(exchange, sent, move));
            }
        }
        for (const auto& maker : makers) {
            for (const auto& border : maker.second.beside) {
                for (const auto& left : border.second) ASSERT_TRUE(left.empty()) << "errors of a border stay";
            }
        }
    }

    // ---- Gradients -----------------------------------------------------------------------------------------------

    /// Channels, or features, of a layer's output that accelerator `i` has where the levels of `split` divide them.
    std::vector<bool> channels_of(std::size_t producer, LevelSet split, std::uint64_t i, bool as_features) const {
        const std::uint64_t plane = as_features ? network_.layer(producer).output.plane() : 1;
        const std::uint64_t each = is_read_as_features(producer) ? 1 : unit(producer) * plane;
        return dealt(items_of(producer) * each, items_of(producer), split, i);
    }

    /// Which of `channels` `i` has when they are dealt out in `parts`.
    std::vector<bool> dealt(std::uint64_t channels, std::uint64_t parts, LevelSet split, std::uint64_t i) const {
        std::vector<bool> owned;
        for (const std::uint64_t leaf : leaves(parts)) {
            owned.insert(owned.end(), channels / parts, array_.owns(leaf, split, i));
        }
        return owned;
    }

    /// How many parts a layer's work has whose channels are not summed.
    std::uint64_t parts_of(std::size_t layer) const { return network_.layer(layer).output.channels / unit(layer); }

    /// Input channels, or features, that accelerator `i` has as F arrived, producer by producer; of what is taken one
    /// by one, of one.
    std::vector<bool> input_channels(std::size_t layer, std::uint64_t i) const {
        const Layer& shape = network_.layer(layer);
        const LevelSet split = read_channels(layer);
        std::vector<bool> owned;
        for (const std::size_t producer : network_.producers(layer)) {
            if (network_.is_second_input(layer, producer) || owned.size() == shape.input.channels) continue;
            const std::vector<bool> part = channels_of(producer, split, i, shape.is_flat());
            owned.insert(owned.end(), part.begin(), part.end());
        }
        const std::uint64_t own = shape.input.channels - owned.size();  // of the network's own input
        const bool takes_parts = !is_weighted(layer) && split != 0;
        const std::vector<bool> part = dealt(own, takes_parts && own != 0 ? parts_of(layer) : own, split, i);
        owned.insert(owned.end(), part.begin(), part.end());
        return owned;
    }

    // ---- Work ----------------------------------------------------------------------------------------------------

    /// A layer that sums over no channels makes what it makes of what it has of every input, and has no more.
    void expect_work_meets(std::size_t layer, std::uint64_t i) const {
        const Layer& shape = network_.layer(layer);
        const LevelSet split = read_channels(layer);
        const std::uint64_t parts = parts_of(layer);
        const bool cuts_rows = at(layer, Parallelism::Spatial) != 0 && !shape.pool;
        ASSERT_TRUE(!cuts_rows || shape.input.height == shape.output.height) << "has other rows than it needs";
        if (split == 0) return;
        const bool in_heads = shape.is_product() || (shape.type == LayerType::Softmax && shape.heads > 1);
        ASSERT_NE(shape.type, LayerType::ResponseNorm) << "needs the channels of others";
        const std::uint64_t heads = shape.is_product() ? shape.kv_heads : shape.heads;
        ASSERT_TRUE(!in_heads || heads % parts == 0) << "cuts a head";
        ASSERT_TRUE(shape.is_product() || shape.input.channels == shape.output.channels);
        ASSERT_EQ(channels_of(layer, split, i, false), dealt(shape.output.channels, parts, split, i));
        for (const std::size_t producer : network_.producers(layer)) {
            const FeatureShape& read = network_.is_second_input(layer, producer) ? shape.second_input : shape.input;
            ASSERT_EQ(channels_of(producer, split, i, false), dealt(read.channels, parts, split, i))
                << "has other channels of " << network_.layer(producer).name << " than it needs";
        }
    }

    /// Every element of its output is made once: of a product each sample's, head's and query's.
    void expect_made_once(std::size_t layer) const {
        const Cells cells = cells_of(layer, false);
        std::vector<std::uint64_t> made(cells.count());
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            cells.for_each(layout_of(made_output(layer)), i, [&](std::size_t cell, std::uint64_t) { ++made[cell]; });
        }
        ASSERT_EQ(static_cast<std::size_t>(std::count(made.begin(), made.end(), 1)), made.size());
    }

    void work(std::size_t layer) const {
        if (is_weighted(layer)) return;
        for (std::uint64_t i = 0; i < array_.size(); ++i) expect_work_meets(layer, i);
        expect_made_once(layer);
    }

    // ---- Weights -------------------------------------------------------------------------------------------------

    /// Trained elements for a pair of channels, or for a channel.
    static std::uint64_t weights_each(const Layer& shape) {
        switch (shape.type) {
            case LayerType::Embedding: return shape.vocabulary;
            case LayerType::Position: return shape.output.height + (shape.has_class_token ? 1U : 0U);
            case LayerType::BatchNorm:
            case LayerType::LayerNorm: return 2;  // scale and shift
            case LayerType::RmsNorm: return 1;
            default: return shape.is_weighted() ? shape.kernel.height * shape.kernel.width : 0;
        }
    }

    std::vector<std::uint64_t> gradient_elements(std::size_t layer, std::uint64_t i) const {
        const Layer& shape = network_.layer(layer);
        const std::vector<bool> channels =
            is_weighted(layer) ? input_channels(layer, i) : std::vector<bool>{true};  // each by itself
        std::vector<bool> outputs = dealt(shape.output.channels, parts_of(layer), made_channels(layer), i);
        outputs.resize(outputs.size() / shape.groups);  // those that a channel meets with
        std::vector<std::uint64_t> elements;
        for (std::uint64_t channel = 0; channel < channels.size(); ++channel) {
            if (!channels[channel]) continue;
            for (std::uint64_t output = 0; output < outputs.size(); ++output) {
                if (!outputs[output]) continue;
                for (std::uint64_t weight = 0; weight < weights_each(shape); ++weight) {
                    elements.push_back((channel * outputs.size() + output) * weights_each(shape) + weight);
                }
            }
        }
        return elements;
    }

    /// Layers whose gradients are parts of that of `layer`, all of which divide it alike.
    std::uint64_t makers_of_gradient(std::size_t layer,
                                     const std::vector<std::vector<std::uint64_t>>& elements) const {
        std::uint64_t makers = 1;
        for (std::size_t user = layer + 1; user < network_.size(); ++user) {
            if (network_.weights_of(user) != layer || !moves_[user].gradient.empty()) continue;
            ++makers;
            for (std::uint64_t i = 0; i < array_.size(); ++i) {
                std::vector<std::uint64_t> own = elements[i];
                std::vector<std::uint64_t> others = gradient_elements(user, i);
                std::sort(own.begin(), own.end());
                std::sort(others.begin(), others.end());
                EXPECT_EQ(own, others) << "layer " << user << " has other weights at accelerator " << i;
            }
        }
        return makers;
    }

    void gradient(std::size_t layer) {
        std::vector<std::vector<std::uint64_t>> elements;
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            elements.push_back(gradient_elements(layer, i));
            expect_owned(layer, i, elements.back().size());
        }
        if (moves_[layer].gradient.empty()) {
            ASSERT_TRUE(network_.weights_of(layer)) << "its gradient goes nowhere";
            return expect_all_done(exchanges_[layer].gradient);
        }
        TrackedSums tracked(array_, elements, step_.element_bytes, makers_of_gradient(layer, elements));
        ASSERT_EQ(moves_[layer].gradient.size(), 1U);
        const Redistribution& move = moves_[layer].gradient.front();
        bool is_updated = false;
        for (const Exchange& exchange : direct_exchanges(move, network_, plan_, step_)) {
            ASSERT_EQ(exchange.group, LevelSet{1} << exchange.level);
            const bool gathers = exchange.pattern == Pattern::AllGather;
            if (gathers && !std::exchange(is_updated, true)) expect_updated(layer, tracked);
            ASSERT_NO_FATAL_FAILURE(check(exchange, tracked.carry_out(exchange), move));
        }
        if (!is_updated) expect_updated(layer, tracked);
        ASSERT_TRUE(tracked.is_complete());
        std::vector<Exchange> all = exchanges_[layer].gradient;
        all.insert(all.end(), exchanges_[layer].weights.begin(), exchanges_[layer].weights.end());
        expect_all_done(all);
    }

    /// Between the reduce-scatter and the all-gather: what an accelerator updates are the sums that it has, or all of
    /// its weights.
    void expect_updated(std::size_t layer, const TrackedSums& tracked) const {
        const bool is_divided = divides_update(network_, step_, layer);
        const std::vector<std::uint64_t> of_all = updated_weights_of_all(network_, plan_, step_, layer);
        for (std::uint64_t i = 0; i < array_.size(); ++i) {
            const std::uint64_t named = array_.renamed(i);
            const std::uint64_t expected =
                is_divided ? tracked.held(i) : owned_weights(network_, plan_, layer, step_.partial_sums, named);
            EXPECT_EQ(updated_weights(network_, plan_, step_, layer, named), expected);
            EXPECT_EQ(of_all[named], expected);
        }
    }

    /// What the program says that an accelerator holds of each tensor.
    void expect_owned(std::size_t layer, std::uint64_t i, std::uint64_t weights) const {
        const std::uint64_t named = array_.renamed(i);
        const auto says = [&](Operand operand) {
            return owned_elements(network_, plan_, step_, layer, operand, named);
        };
        EXPECT_EQ(owned_weights(network_, plan_, layer, step_.partial_sums, named), weights);
        EXPECT_EQ(says(Operand::Weights), weights);
        EXPECT_EQ(says(Operand::WeightGradient), weights);
        const Cells cells = cells_of(layer, false);
        const auto count = [&](const Lies& how) {
            std::uint64_t elements = 0;
            cells.for_each(layout_of(how), i, [&](std::size_t, std::uint64_t) { elements += cells.bytes; });
            return elements / step_.element_bytes;
        };
        EXPECT_EQ(says(Operand::Output), count(made_output(layer)));
        EXPECT_EQ(says(Operand::OutputError), count(read_error(layer)));
        const Layer& shape = network_.layer(layer);
        std::uint64_t samples = 0;
        for (const std::uint64_t leaf : leaves(step_.batch)) {
            samples += array_.owns(leaf, at(layer, Parallelism::Data), i) ? 1U : 0U;
        }
        const auto number = [](const std::vector<bool>& some) {
            return static_cast<std::uint64_t>(std::count(some.begin(), some.end(), true));
        };
        const std::uint64_t owned = number(input_channels(layer, i));
        Cells input{array_, {}, {}, leaves(shape.input.height), {}, shape.input.height, 0};
        for (std::uint64_t row = 0; row < shape.input.height; ++row) input.stored.push_back({row});
        std::uint64_t rows = input.rows_of(at(layer, Parallelism::Spatial), i).size();
        if (at(layer, Parallelism::Spatial) != 0) rows += border_rows(input, layer, i).size();
        EXPECT_EQ(says(Operand::Input), samples * owned * rows * shape.input.width);
        EXPECT_EQ(says(Operand::InputError), samples * owned * rows * shape.input.width);
        if (!shape.second) return;
        const std::uint64_t second =
            number(dealt(shape.second_input.channels, parts_of(layer), read_channels(layer), i));
        EXPECT_EQ(says(Operand::SecondInput), samples * second * shape.second_input.plane());
        EXPECT_EQ(says(Operand::SecondInputError), samples * second * shape.second_input.plane());
    }

    const Network& network_;
    const Plan& plan_;
    StepShape step_;
    TrackedArray array_;
    std::vector<LayerPlan> choices_;
    std::vector<LayerRedistributions> moves_;
    std::vector<LayerExchanges> exchanges_;
    std::vector<Exchange> done_;
    std::vector<std::uint64_t> traffic_bytes_;
};

}  // namespace hypar
