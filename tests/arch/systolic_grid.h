#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace hypar::tests {

/// Folds that follow each other on rows x columns elements, each with streams of so many words.
struct FoldSeries {
    std::uint64_t rows;
    std::uint64_t columns;
    std::uint64_t streamed;
    std::uint64_t folds;
    std::uint64_t period;  ///< from the begin of one fold's streams to that of the next
    bool together;         ///< all elements change to the next fold in one cycle, or each as its words come
};

/// A value on its way, with what it belongs to.
struct Word {
    std::uint64_t fold;
    std::uint64_t index;  ///< in the stream, or the row where it stays
    std::int64_t value;
};

/// What has left at the bottom, by fold, row or place in the stream, and column; and the cycles that passed.
struct Left {
    std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, std::int64_t> values;
    std::uint64_t cycles = 0;
};

inline std::int64_t value_at(std::uint64_t fold, std::uint64_t line, std::uint64_t index) {
    return static_cast<std::int64_t>(1 + (fold * 7919 + line * 104729 + index * 1299709) % 1009);
}

using Grid = std::vector<std::vector<std::optional<Word>>>;

inline Grid empty_grid(const FoldSeries& of) { return Grid(of.rows, std::vector<std::optional<Word>>(of.columns)); }

/// The word of a stream that enters at the edge of a line, a cycle later for each line; nothing between folds.
inline std::optional<Word> entering(const FoldSeries& of, std::uint64_t now, std::uint64_t line, std::uint64_t salt) {
    if (now < line) return std::nullopt;
    const std::uint64_t since = now - line;
    for (std::uint64_t fold = 0; fold < of.folds; ++fold) {
        const std::uint64_t begin = fold * of.period;
        if (since >= begin && since < begin + of.streamed) {
            return Word{fold, since - begin, value_at(fold + salt, line, since - begin)};
        }
    }
    return std::nullopt;
}

/// Sums stay: two operands pass, one to the right and one down; a sum that is whole goes to a register of its own,
/// from which a column's sums move down once its lowest one is there. What is overwritten is lost.
inline Left run_output_stationary(const FoldSeries& of) {
    Grid right = empty_grid(of), down = empty_grid(of), sums = empty_grid(of), leaving = empty_grid(of);
    std::vector<std::uint64_t> whole(of.columns, 0);  // folds of which a column's sums may leave
    Left left;
    const std::uint64_t end = of.folds * (of.period + of.streamed) + 4 * (of.rows + of.columns);
    for (std::uint64_t now = 0; now < end; ++now) {
        for (std::uint64_t j = 0; j < of.columns; ++j) {
            for (std::uint64_t i = of.rows; i-- > 0;) {
                std::optional<Word>& place = leaving[i][j];
                if (!place || place->fold >= whole[j]) continue;
                if (i + 1 == of.rows) {
                    left.values[{place->fold, place->index, j}] = place->value;
                    left.cycles = now + 1;
                } else {
                    leaving[i + 1][j] = place;
                }
                place.reset();
            }
        }
        for (std::uint64_t i = of.rows; i-- > 0;) {
            for (std::uint64_t j = of.columns; j-- > 0;) {
                right[i][j] = j == 0 ? entering(of, now, i, 0) : right[i][j - 1];
                down[i][j] = i == 0 ? entering(of, now, j, 100) : down[i - 1][j];
                if (!right[i][j] || !down[i][j]) continue;
                if (right[i][j]->index == 0) sums[i][j] = Word{right[i][j]->fold, i, 0};
                sums[i][j]->value += right[i][j]->value * down[i][j]->value;
                const bool is_last = right[i][j]->index + 1 == of.streamed;
                if (!is_last || of.together) continue;
                leaving[i][j] = sums[i][j];
                if (i + 1 == of.rows) whole[j] = sums[i][j]->fold + 1;
            }
        }
        const auto& corner = right[of.rows - 1][of.columns - 1];
        if (of.together && corner && corner->index + 1 == of.streamed) {
            leaving = sums;
            whole.assign(of.columns, corner->fold + 1);
        }
    }
    return left;
}

/// The sums that should leave.
inline auto output_stationary_product(const FoldSeries& of) {
    Left left;
    for (std::uint64_t fold = 0; fold < of.folds; ++fold) {
        for (std::uint64_t i = 0; i < of.rows; ++i) {
            for (std::uint64_t j = 0; j < of.columns; ++j) {
                std::int64_t sum = 0;
                for (std::uint64_t t = 0; t < of.streamed; ++t) {
                    sum += value_at(fold, i, t) * value_at(fold + 100, j, t);
                }
                left.values[{fold, i, j}] = sum;
            }
        }
    }
    return left.values;
}

/// Weights stay (or inputs): they come from the top through registers of their own, the lowest row's first, and wait
/// there for their fold. Streams pass to the right, sums down; what leaves is a sum over the rows.
inline Left run_weight_stationary(const FoldSeries& of) {
    Grid right = empty_grid(of), sums = empty_grid(of), at_work = empty_grid(of), waiting = empty_grid(of);
    Left left;
    const std::uint64_t end = of.folds * (of.period + of.streamed) + 6 * (of.rows + of.columns);
    for (std::uint64_t now = 0; now < end; ++now) {
        // Streams begin when the first fold's weights are there.
        const bool streams = now >= of.rows;
        const std::uint64_t since = streams ? now - of.rows : 0;
        if (of.together && streams && since % of.period == 0 && since / of.period < of.folds) at_work = waiting;
        for (std::uint64_t i = of.rows; i-- > 0;) {
            for (std::uint64_t j = of.columns; j-- > 0;) {
                right[i][j] = j == 0 ? (streams ? entering(of, since, i, 0) : std::nullopt) : right[i][j - 1];
                sums[i][j].reset();
                if (!right[i][j]) continue;
                if (!of.together && right[i][j]->index == 0) at_work[i][j] = waiting[i][j];
                const std::int64_t above = i == 0 ? 0 : sums[i - 1][j] ? sums[i - 1][j]->value : -1'000'000'000;
                const std::int64_t weight = at_work[i][j] ? at_work[i][j]->value : -1;
                sums[i][j] = Word{right[i][j]->fold, right[i][j]->index, above + right[i][j]->value * weight};
                if (i + 1 < of.rows) continue;
                left.values[{right[i][j]->fold, right[i][j]->index, j}] = sums[i][j]->value;
                left.cycles = now + 1;
            }
        }
        for (std::uint64_t j = 0; j < of.columns; ++j) {
            for (std::uint64_t i = of.rows - 1; i-- > 0;) {
                if (waiting[i][j] && waiting[i][j]->index > i) waiting[i + 1][j] = waiting[i][j];
            }
            if (!of.together && now < j) continue;  // column by column, or all at once
            const std::uint64_t begun = of.together ? now : now - j;
            const std::uint64_t fold = begun / of.period;
            const std::uint64_t step = begun % of.period;
            if (fold >= of.folds || step >= of.rows) continue;
            const std::uint64_t row = of.rows - 1 - step;
            waiting[0][j] = Word{fold, row, value_at(fold + 100, j, row)};
        }
    }
    return left;
}

inline auto weight_stationary_product(const FoldSeries& of) {
    Left left;
    for (std::uint64_t fold = 0; fold < of.folds; ++fold) {
        for (std::uint64_t m = 0; m < of.streamed; ++m) {
            for (std::uint64_t j = 0; j < of.columns; ++j) {
                std::int64_t sum = 0;
                for (std::uint64_t i = 0; i < of.rows; ++i) {
                    sum += value_at(fold, i, m) * value_at(fold + 100, j, i);
                }
                left.values[{fold, m, j}] = sum;
            }
        }
    }
    return left.values;
}

}  // namespace hypar::tests
