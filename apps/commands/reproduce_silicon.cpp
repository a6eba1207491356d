#include "apps/commands/reproduce_silicon.h"

#include <vector>

#include <fmt/format.h>

#include "apps/commands/run_experiment.h"
#include "apps/terminal/output.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/result_folder.h"
#include "base/error.h"
#include "report/silicon/compared.h"

namespace hypar {
namespace {

std::vector<ComparedMeasurements> compare_all(const std::vector<Measurements>& measurements) {
    std::size_t rows = 0;
    for (const Measurements& each : measurements) rows += each.rows.size();
    ProgressBar bar(static_cast<double>(rows), "rows");
    Remembered remembered;
    std::size_t done = 0;
    std::vector<ComparedMeasurements> compared;
    compared.reserve(measurements.size());
    for (const Measurements& each : measurements) {
        compared.push_back(compare(each, [&](const MeasuredRow& row) {
            RunReport report = run_experiment(row.experiment, Fidelity::Fast, remembered, [&](double fraction) {
                bar.show(static_cast<double>(done) + fraction, each.name);
            });
            if (report.is_partial()) throw RunError("stopped early: nothing is written");
            ++done;
            return report;
        }));
    }
    return compared;
}

}  // namespace

void reproduce_silicon(const std::string& format, const std::string& folder) {
    const std::vector<Measurements> measurements = load_measurements();
    const ResultFolder results(folder, PageKind::Silicon);
    const std::vector<ComparedMeasurements> compared = compare_all(measurements);
    const auto text = [&](const TextStyle& style) { return silicon_text(compared, style); };
    const Renderings result{text, silicon_json(compared), silicon_csv(compared)};
    results.write(result);
    print_result(result.of(format));
}

}  // namespace hypar
