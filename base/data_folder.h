#pragma once

#include <filesystem>

namespace hypar {

/// The folder of the files that come with the program, laid out as in the sources (configs, workloads/networks, ...):
/// share/hypar beside the bin of the running program; without one, as for a program that was built and not installed,
/// the sources; without these, share/hypar below the prefix that the build was configured for.
std::filesystem::path data_folder();

}  // namespace hypar
