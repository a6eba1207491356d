#include "apps/terminal/version.h"

#include <fmt/format.h>

#include "sweep/results/models_version.h"

namespace hypar {

std::string program_version() {
    const std::string build = HYPAR_BUILD;
    return fmt::format("hypar {}, commit {}, models {}, {}{}", release(), program_commit(), models_version(),
                       HYPAR_COMPILER, build.empty() ? "" : ", " + build);
}

std::string release() { return HYPAR_VERSION; }

}  // namespace hypar
