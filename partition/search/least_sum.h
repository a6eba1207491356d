#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace hypar {

/// A part of a sum that depends on what some variables are.
template <typename Cost>
struct Term {
    std::vector<std::size_t> scope;                                     ///< variables, each once
    std::function<Cost(const std::vector<std::size_t>& options)> cost;  ///< of what they are, in the scope's order
    std::optional<std::size_t> like = {};  ///< terms of one number cost the same for the same options
};

/// A sum of terms over variables, each with options 0, 1, ...
template <typename Cost>
struct SumProblem {
    std::vector<std::size_t> options;  ///< how many a variable has
    std::vector<Term<Cost>> terms;

    Cost of(const std::vector<std::size_t>& choice) const {
        Cost sum{};
        for (const Term<Cost>& term : terms) sum = sum + term_cost(term, choice);
        return sum;
    }

    static Cost term_cost(const Term<Cost>& term, const std::vector<std::size_t>& choice) {
        std::vector<std::size_t> options;
        for (const std::size_t variable : term.scope) options.push_back(choice[variable]);
        return term.cost(options);
    }
};

/// What a search may take.
struct SearchLimits {
    std::size_t terms = 0;    ///< values of terms that are found
    std::size_t entries = 0;  ///< of a table
};

/// Terms as tables, from which one variable after the other is eliminated, the one with the fewest neighbours'
/// options first: Dechter, Artificial Intelligence 113, 1999 ("bucket elimination"). In a chain that is dynamic
/// programming.
template <typename Cost>
class Elimination {
public:
    Elimination(const SumProblem<Cost>& problem, const SearchLimits& limits)
        : options_(problem.options),
          most_entries_(limits.entries),
          is_left_(problem.options.size(), true),
          tables_of_(problem.options.size()) {
        std::size_t terms = 0;
        std::set<std::size_t> counted;
        for (const Term<Cost>& term : problem.terms) {
            if (term.like && !counted.insert(*term.like).second) continue;
            terms += std::min(entries_of(term.scope), limits.terms + 1);
        }
        fits_ = terms <= limits.terms;
        for (const Term<Cost>& term : problem.terms) add_table(term);
        for (std::size_t variable = 0; variable < options_.size(); ++variable) {
            entries_left_.push_back(entries_of(neighbours(variable)));
        }
    }

    /// None if it takes more than allowed.
    std::optional<std::vector<std::size_t>> least() {
        for (std::size_t count = 0; count < options_.size() && fits_; ++count) eliminate(cheapest());
        if (!fits_) return std::nullopt;
        std::vector<std::size_t> choice(options_.size());
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
            choice[step->variable] = step->best[index_of(step->scope, choice)];
        }
        return choice;
    }

private:
    using Scope = std::vector<std::size_t>;

    struct Table {
        Scope scope;  ///< the last variable's options change first
        std::vector<Cost> costs;
    };
    struct Step {
        std::size_t variable = 0;
        Scope scope;
        std::vector<std::size_t> best;
    };

    /// Of all options of a scope, or one more than allowed.
    std::size_t entries_of(const Scope& scope) const {
        std::size_t entries = 1;
        for (const std::size_t variable : scope) {
            if (entries > most_entries_ / options_[variable]) return most_entries_ + 1;
            entries *= options_[variable];
        }
        return entries;
    }

    std::size_t index_of(const Scope& scope, const std::vector<std::size_t>& choice) const {
        std::size_t index = 0;
        for (const std::size_t variable : scope) index = index * options_[variable] + choice[variable];
        return index;
    }

    /// Calls `visit` for every choice of a scope, in the order of a table.
    template <typename Visit>
    void for_each_choice(const Scope& scope, std::vector<std::size_t>& choice, const Visit& visit) const {
        for (const std::size_t variable : scope) choice[variable] = 0;
        const std::size_t entries = entries_of(scope);
        for (std::size_t entry = 0; entry < entries; ++entry) {
            visit();
            for (std::size_t position = scope.size(); position-- > 0;) {
                if (++choice[scope[position]] < options_[scope[position]]) break;
                choice[scope[position]] = 0;
            }
        }
    }

    void add_table(const Term<Cost>& term) {
        if (!fits_ || entries_of(term.scope) > most_entries_) {
            fits_ = false;
            return;
        }
        Table table{term.scope, {}};
        const auto known = term.like ? first_like_.find(*term.like) : first_like_.end();
        if (known != first_like_.end()) {
            table.costs = tables_[known->second].costs;
            return add(std::move(table));
        }
        if (term.like) first_like_[*term.like] = tables_.size();
        std::vector<std::size_t> choice(options_.size());
        for_each_choice(term.scope, choice,
                        [&] { table.costs.push_back(SumProblem<Cost>::term_cost(term, choice)); });
        add(std::move(table));
    }

    void add(Table table) {
        for (const std::size_t variable : table.scope) tables_of_[variable].push_back(tables_.size());
        tables_.push_back(std::move(table));
    }

    /// The variables that share a table with `variable`.
    Scope neighbours(std::size_t variable) const {
        Scope all;
        for (const std::size_t table : tables_of_[variable]) {
            all.insert(all.end(), tables_[table].scope.begin(), tables_[table].scope.end());
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        all.erase(std::remove(all.begin(), all.end(), variable), all.end());
        return all;
    }

    /// The first of those with the fewest entries in what would be left.
    std::size_t cheapest() const {
        std::size_t best = options_.size();
        for (std::size_t variable = 0; variable < options_.size(); ++variable) {
            if (!is_left_[variable]) continue;
            if (best == options_.size() || entries_left_[variable] < entries_left_[best]) best = variable;
        }
        return best;
    }

    void eliminate(std::size_t variable) {
        Step step{variable, neighbours(variable), {}};
        Scope with = step.scope;
        with.push_back(variable);
        if (entries_of(with) > most_entries_) {
            fits_ = false;
            return;
        }
        const std::vector<std::size_t> joined = tables_of_[variable];
        Table rest{step.scope, {}};
        std::vector<std::size_t> choice(options_.size());
        for_each_choice(with, choice, [&] {
            Cost cost{};
            for (const std::size_t table : joined) {
                cost = cost + tables_[table].costs[index_of(tables_[table].scope, choice)];
            }
            const std::size_t option = choice[variable];
            if (option == 0) {
                rest.costs.push_back(cost);
                step.best.push_back(0);
            } else if (cost < rest.costs.back()) {
                rest.costs.back() = cost;
                step.best.back() = option;
            }
        });
        replace(joined, std::move(rest));
        for (const std::size_t other : step.scope) entries_left_[other] = entries_of(neighbours(other));
        steps_.push_back(std::move(step));
        is_left_[variable] = false;
    }

    void replace(const std::vector<std::size_t>& joined, Table rest) {
        for (const std::size_t table : joined) {
            for (const std::size_t variable : tables_[table].scope) {
                auto& own = tables_of_[variable];
                own.erase(std::remove(own.begin(), own.end(), table), own.end());
            }
            tables_[table] = {};
        }
        add(std::move(rest));
    }

    std::vector<std::size_t> options_;
    std::size_t most_entries_;
    std::vector<bool> is_left_;
    std::vector<Table> tables_;
    std::map<std::size_t, std::size_t> first_like_;    ///< the table of the first term of a number
    std::vector<std::vector<std::size_t>> tables_of_;  ///< by variable
    std::vector<std::size_t> entries_left_;            ///< by variable: if it were eliminated next
    std::vector<Step> steps_;
    bool fits_ = true;
};

/// The choice of the least sum, a tie going to the lower options; none if that takes more than allowed.
template <typename Cost>
std::optional<std::vector<std::size_t>> least_sum(const SumProblem<Cost>& problem, const SearchLimits& limits) {
    return Elimination<Cost>(problem, limits).least();
}

/// From `choice` on, changes one variable at a time to its best option, until none is better.
template <typename Cost>
std::vector<std::size_t> descend(const SumProblem<Cost>& problem, std::vector<std::size_t> choice) {
    std::vector<std::vector<const Term<Cost>*>> terms_of(problem.options.size());
    for (const Term<Cost>& term : problem.terms) {
        for (const std::size_t variable : term.scope) terms_of[variable].push_back(&term);
    }
    const auto cost_around = [&](std::size_t variable) {
        Cost sum{};
        for (const Term<Cost>* term : terms_of[variable]) sum = sum + SumProblem<Cost>::term_cost(*term, choice);
        return sum;
    };
    for (bool is_better = true; is_better;) {
        is_better = false;
        for (std::size_t variable = 0; variable < choice.size(); ++variable) {
            std::size_t best = choice[variable];
            Cost least = cost_around(variable);
            for (std::size_t option = 0; option < problem.options[variable]; ++option) {
                choice[variable] = option;
                const Cost cost = cost_around(variable);
                if (!(cost < least)) continue;
                least = cost;
                best = option;
                is_better = true;
            }
            choice[variable] = best;
        }
    }
    return choice;
}

struct NearlyLeast {
    std::vector<std::size_t> choice;
    bool is_least = false;
};

/// The choice of the least sum, or where that takes more than allowed, what is found from the first options on.
template <typename Cost>
NearlyLeast nearly_least_sum(const SumProblem<Cost>& problem, const SearchLimits& limits) {
    if (auto least = least_sum(problem, limits)) return {std::move(*least), true};
    return {descend(problem, std::vector<std::size_t>(problem.options.size())), false};
}

}  // namespace hypar
