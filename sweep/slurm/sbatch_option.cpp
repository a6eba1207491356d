#include "sweep/slurm/sbatch_option.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"

namespace hypar {
namespace {

/// What the waiting rests on, and options that submit nothing.
constexpr const char* kOwnOptions[] = {
    "--array", "-a",         "--job-name",  "-J",     "--chdir", "-D", "--output", "-o",        "--open-mode", "-W",
    "--wait",  "--parsable", "--test-only", "--wrap", "--help",  "-h", "--usage",  "--version", "-V"};

}  // namespace

void check_sbatch_argument(const std::string& value) {
    const std::string place = "--sbatch " + value;
    if (value.size() < 2 || value[0] != '-') {
        throw ConfigError("", "expected an option of sbatch in one word, such as --partition=long", place);
    }
    const std::string name = value[1] == '-' ? value.substr(0, value.find('=')) : value.substr(0, 2);
    if (std::find(std::begin(kOwnOptions), std::end(kOwnOptions), name) != std::end(kOwnOptions)) {
        throw ConfigError("", "hypar sets this option of sbatch itself, or cannot do with it", place);
    }
}

}  // namespace hypar
