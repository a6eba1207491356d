#pragma once

#include <string>

namespace hypar {

/// "hypar 1.0.0, commit 0123456789ab, models 0123456789abcdef, GNU 12.2.0, Release": what results depend on.
std::string program_version();

/// "1.0.0"
std::string release();

/// The commit of the sources that the program is built of, with "-changed" behind it where they are not as committed;
/// "unknown" where they are in no repository. Its file is written by the build.
std::string program_commit();

}  // namespace hypar
