#include "apps/terminal/version.h"

#include <fmt/format.h>

#include "sweep/results/models_version.h"

namespace hypar {

std::string program_version() {
    const std::string build = HYPAR_BUILD;
    return fmt::format("hypar {}, commit {}, models {}, {}{}", HYPAR_VERSION, program_commit(), models_version(),
                       HYPAR_COMPILER, build.empty() ? "" : ", " + build);
}

}  // namespace hypar
