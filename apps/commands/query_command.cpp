#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/terminal.h"
#include "apps/terminal/waiting.h"
#include "base/error.h"
#include "sweep/results/query.h"

namespace hypar {
namespace {

struct Options {
    std::string folder;
    std::vector<std::string> where;
    std::string sort;
    std::string best;
    std::string pareto;
    std::string top;
    std::string columns;
    std::string format = "text";
};

/// Spaces around a figure are no part of it.
QueryFigure figure_of(const std::string& text, const std::string& option) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = text.find_last_not_of(' ');
    return {text.substr(begin, end == std::string::npos ? 0 : end + 1 - begin), option};
}

QueryOrder order_of(const std::string& text, const std::string& option) {
    const bool is_descending = text.size() > 1 && text.front() == '-';
    return {figure_of(is_descending ? text.substr(1) : text, option), is_descending};
}

Query query_of(const Options& options) {
    Query query;
    for (const std::string& condition : options.where) query.where.emplace_back(condition, "--where " + condition);
    if (!options.sort.empty()) query.sort = order_of(options.sort, "--sort " + options.sort);
    if (!options.best.empty()) {
        if (query.sort) throw CommandLineError("--best: it sorts; it cannot stand beside --sort");
        query.sort = order_of(options.best, "--best " + options.best);
        query.top = 1;
    }
    if (!options.top.empty()) query.top = read_count("--top " + options.top, options.top, 1);
    if (!options.columns.empty()) {
        const std::string option = "--columns " + options.columns;
        for (const std::string& column : read_list(option, options.columns)) {
            query.columns.push_back(figure_of(column, option));
        }
    }
    if (!options.pareto.empty()) {
        const std::string option = "--pareto " + options.pareto;
        const std::vector<std::string> figures = read_list(option, options.pareto);
        if (figures.size() != 2) {
            throw ConfigError("", "expected two figures, such as seconds,energy_joules", option);
        }
        query.front = {order_of(figures[0], option), order_of(figures[1], option)};
    }
    return query;
}

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "csv"});
    const Query query = query_of(options);
    const QueryTable table = run_query(ResultsStore::open(options.folder, waiting_to_read(print_error)), query);
    if (options.format == "text") {
        print_result(query_text(table, style_of(STDOUT_FILENO)));
    } else {
        print_result(options.format == "json" ? query_json(table) : query_csv(table));
    }
}

}  // namespace

void add_query_command(CommandLine& line) {
    Command command = line.add_command("query", "filter, sort and choose from the results of a sweep");
    const auto options = std::make_shared<Options>();
    command.add_argument("DIR", options->folder, "the folder of `hypar sweep`");
    command
        .add_values("--where", options->where, "CONDITION",
                    "a condition, such as \"network == vgg-a and seconds < 0.5\"")
        .not_empty();
    command.add_value(
        "--sort", options->sort, "FIGURE",
        "by a column or an expression (seconds * energy_joules), the least first; -FIGURE: the greatest");
    command.add_value("--best", options->best, "FIGURE",
                      "the point with the least of a column or an expression; -FIGURE: the most");
    command.add_value("--top", options->top, "N", "no more than so many");
    command.add_value("--pareto", options->pareto, "A,B", "what no other point is better than in one of two figures");
    command.add_value("--columns", options->columns, "FIGURE,...", "columns or expressions with commas between them");
    command.add_value("--format", options->format, "text|json|csv", "how it is printed; text if left out");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
